import { createHmac } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bearerAuthorization,
  type Parameter,
  signature,
  signatureBaseString,
  signedAuthorization,
  trelloAuthorization,
} from "../../../src/gateway/http/authorization.ts";
import { addressOf } from "../../../src/gateway/http/request.ts";

/** The request of RFC 5849 section 3.4.1.1, its form body decoded. */
const rfc = {
  url: new URL("http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b"),
  form: [
    ["c2", ""],
    ["a3", "2 q"],
  ] as const,
  parameters: {
    oauth_consumer_key: "9djdj82h48djs9d2",
    oauth_token: "kkk9d7dh3k39sjv7",
    oauth_signature_method: "HMAC-SHA1",
    oauth_timestamp: "137131201",
    oauth_nonce: "7d8f3e4a",
  },
  credentials: {
    consumerKey: "9djdj82h48djs9d2",
    consumerSecret: "j49sk3j29djd",
    token: "kkk9d7dh3k39sjv7",
    tokenSecret: "dh893hdasih9",
  },
};

describe("RFC 5849 section 3.4.1", () => {
  it("gives the signature base string of its example", () => {
    expect(signatureBaseString("post", rfc.url, rfc.form, rfc.parameters)).toBe(
      "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q" +
        "%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2" +
        "%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201" +
        "%26oauth_token%3Dkkk9d7dh3k39sjv7",
    );
  });

  it("gives its signature (as errata 2550 corrects it)", () => {
    expect(signature("POST", rfc.url, rfc.form, rfc.parameters, rfc.credentials)).toBe(
      "r6/TJjbCOr97/+UU0NsvSne7s5g=",
    );
  });
});

// The RFC's words, written out once more from its text, to compare with.
const escaped = (text: string) =>
  [...Buffer.from(text)]
    .map((byte) =>
      /[A-Za-z0-9\-._~]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : hex(byte),
    )
    .join("");
const hex = (byte: number) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
function expected(method: string, url: URL, all: readonly Parameter[], key: string): string {
  const pairs = all
    .map(([name, value]) => [escaped(name), escaped(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  const base = [method, `${url.protocol}//${url.host}${url.pathname}`, pairs].map(escaped).join("&");
  return createHmac("sha1", key).update(base).digest("base64");
}

it("signs any request as the RFC says, whatever is in its parameters", () => {
  const name = fc
    .string({ minLength: 1, unit: "grapheme" })
    .filter((text) => !/^oauth_|^__proto__$/.test(text));
  const value = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom("a+b", "%2B", "a&b=c", "!*'()", "~", ""),
  );
  const query = fc.array(fc.tuple(name, value), { maxLength: 6 });
  const secret = fc.string({ minLength: 1, unit: "grapheme-ascii" });
  const path = fc.webPath().filter((text) => text.startsWith("/"));
  fc.assert(
    fc.property(query, secret, secret, path, (pairs, consumerSecret, tokenSecret, pathname) => {
      const url = new URL(`https://API.Example.com:443${pathname}`);
      for (const [key, text] of pairs) url.searchParams.append(key, text);
      const given = signature("PUT", url, [], rfc.parameters, {
        ...rfc.credentials,
        consumerSecret,
        tokenSecret,
      });
      const all: Parameter[] = [...url.searchParams, ...Object.entries(rfc.parameters)];
      expect(given).toBe(expected("PUT", url, all, `${escaped(consumerSecret)}&${escaped(tokenSecret)}`));
    }),
    { numRuns: 2_000 },
  );
}, 120_000);

describe("the Authorization header", () => {
  const plain = { apiKey: "the-key", apiToken: "the-token" };
  const url = addressOf("https://api.trello.com/1", "/batch", { urls: "/a?fields=id%2Cname,/b" });

  it("carries key and token as Trello documents, and the address carries neither", () => {
    const header = trelloAuthorization(plain, Date.now)("GET", url);
    expect(header).toBe('OAuth oauth_consumer_key="the-key", oauth_token="the-token"');
    expect(url.href).not.toContain("the-");
  });

  it("is signed where both secrets are known, with a new nonce each time", () => {
    const authorize = trelloAuthorization(
      { ...plain, apiSecret: "app-secret", tokenSecret: "token-secret" },
      () => 1_700_000_000_999,
    );
    const [first, second] = [authorize("GET", url), authorize("GET", url)];
    expect(first).toMatch(
      /^OAuth .*oauth_nonce="[0-9a-f]{32}".*oauth_signature="[^"]+".*oauth_timestamp="1700000000"/,
    );
    expect(first).not.toBe(second);
    // With a hyphen, which no base64 has: a signature cannot hold them by chance.
    expect(first).not.toMatch(/app-secret|token-secret/);
  });

  it("is signed over what is in the query", () => {
    const credentials = { consumerKey: "k", consumerSecret: "c", token: "t", tokenSecret: "s" };
    const sign = (query: Record<string, string>) =>
      signedAuthorization("GET", addressOf("https://h/1", "/p", query), credentials, "n", 0);
    expect(sign({ a: "1" })).not.toBe(sign({ a: "2" }));
    expect(sign({ a: "1", b: "x y+z" })).toBe(sign({ b: "x y+z", a: "1" }));
  });

  it("is a bearer token for Atlassian", () => {
    expect(bearerAuthorization("scim")("GET", url)).toBe("Bearer scim");
  });
});
