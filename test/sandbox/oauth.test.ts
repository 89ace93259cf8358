import { createHmac } from "node:crypto";
import OAuth from "oauth-1.0a";
import { describe, expect, test } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { signatureBaseString } from "../../src/sandbox/trello/oauth.ts";
import { open, START } from "./support.ts";

test("the base string is that of RFC 5849 section 3.4.1.1", () => {
  const base = signatureBaseString({
    method: "POST",
    url: new URL("http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b"),
    oauth: new Map([
      ["realm", "Example"],
      ["oauth_consumer_key", "9djdj82h48djs9d2"],
      ["oauth_token", "kkk9d7dh3k39sjv7"],
      ["oauth_signature_method", "HMAC-SHA1"],
      ["oauth_timestamp", "137131201"],
      ["oauth_nonce", "7d8f3e4a"],
      ["oauth_signature", "bYT5CMsGcbgUdFHObYMEfcx6bsw="],
    ]),
    form: new URLSearchParams("c2&a3=2+q"),
  });
  expect(base).toBe(
    "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26" +
      "c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26" +
      "oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7",
  );
});

describe("a signed request", () => {
  const client = new OAuth({
    consumer: { key: SEED.app.key, secret: SEED.app.secret },
    signature_method: "HMAC-SHA1",
    hash_function: (base, key) => createHmac("sha1", key).update(base).digest("base64"),
  });
  const path = "/members/me?fields=username,fullName&note=a%20b!";

  function signed(sandbox: Sandbox, secret: string = SEED.tokenSecret): string {
    client.getTimeStamp = () => Math.floor(sandbox.world.now() / 1_000);
    const data = client.authorize(
      { url: `${sandbox.trelloUrl}${path}`, method: "GET" },
      { key: SEED.tokens.full, secret },
    );
    return client.toHeader(data).Authorization;
  }

  async function send(sandbox: Sandbox, header: string, at = path): Promise<[number, string]> {
    const response = await fetch(`${sandbox.trelloUrl}${at}`, { headers: { authorization: header } });
    const text = await response.text();
    return [response.status, response.ok ? "" : text];
  }

  test("is accepted once, and refused when it is replayed", async () => {
    const sandbox = await open();
    const header = signed(sandbox);
    expect(await send(sandbox, header)).toEqual([200, ""]);
    expect(await send(sandbox, header)).toEqual([401, "nonce already used"]);
    expect(await send(sandbox, signed(sandbox))).toEqual([200, ""]);
  });

  test("is refused when it was altered or signed with another secret", async () => {
    const sandbox = await open();
    expect(await send(sandbox, signed(sandbox), `${path}&more=1`)).toEqual([401, "invalid signature"]);
    expect(await send(sandbox, signed(sandbox, "guess"))).toEqual([401, "invalid signature"]);
  });

  test("is refused when it is stale", async () => {
    let now = START;
    const sandbox = await open({ now: () => now });
    const header = signed(sandbox);
    now += 301_000;
    expect(await send(sandbox, header)).toEqual([401, "invalid timestamp"]);
  });
});
