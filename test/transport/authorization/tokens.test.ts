import {
  type CryptoKey,
  exportSPKI,
  generateSecret,
  importJWK,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { AUDIENCE, call, challengeOf, type Guarded, send, startGuarded } from "./guarded.ts";
import { makeKey, startIssuer, type TestIssuer } from "./issuer.ts";

let guarded: Guarded;
let other: TestIssuer;
beforeAll(async () => {
  guarded = await startGuarded();
  other = await startIssuer();
});
afterAll(async () => {
  await guarded.close();
  await other.close();
});
let before: { held: number; callers: number; logs: number };
beforeEach(() => {
  before = { held: guarded.held.length, callers: guarded.callers.length, logs: guarded.logs.length };
});

const remove = (token: string | null) => call(guarded.server.url, token, "remove_thing", { thing: "x" });
const seconds = (after: number) => Math.floor(Date.now() / 1000) + after;
const without = (claim: string): JWTPayload =>
  Object.fromEntries(Object.entries(guarded.claims()).filter(([name]) => name !== claim));

/** Each makes a token that must be refused; the name of the claim in the log, and a word of what the client is told. */
const REFUSED: readonly (readonly [string, () => Promise<string>, string, RegExp])[] = [
  ["expired", () => guarded.token({ exp: seconds(-60) }), "exp", /expired/],
  ["that expired a year ago", () => guarded.token({ exp: seconds(-31_536_000) }), "exp", /expired/],
  ["without an end", () => guarded.issuer.sign(without("exp")), "exp", /expired|claim/],
  ["not valid yet", () => guarded.token({ nbf: seconds(120) }), "nbf", /not valid yet/],
  ["for another audience", () => guarded.token({ aud: "https://other.example/mcp" }), "aud", /audience/],
  ["for a longer audience", () => guarded.token({ aud: `${AUDIENCE}/more` }), "aud", /audience/],
  ["for no audience", () => guarded.issuer.sign(without("aud")), "aud", /audience/],
  ["for a list of others", () => guarded.token({ aud: ["a", "b"] }), "aud", /audience/],
  ["of another issuer", () => other.sign({ ...guarded.claims(), iss: other.url }), "iss", /issuer/],
  ["of no issuer", () => guarded.issuer.sign(without("iss")), "iss", /issuer/],
  ["whose issuer is a list", () => guarded.token({ iss: [guarded.issuer.url] as never }), "iss", /issuer/],
  ["of an issuer with a slash more", () => guarded.token({ iss: `${guarded.issuer.url}/` }), "iss", /issuer/],
  [
    "of the issuer, signed by another with the same key id",
    () => other.sign(guarded.claims()),
    "signature",
    /signature/,
  ],
  [
    "with claims changed after it was signed",
    async () => {
      const [head, , mark] = (await guarded.token()).split(".");
      const body = Buffer.from(JSON.stringify(guarded.claims({ sub: "eve" }))).toString("base64url");
      return `${head}.${body}.${mark}`;
    },
    "signature",
    /signature/,
  ],
  [
    "without a signature",
    async () => (await guarded.token()).replace(/[^.]+$/, ""),
    "",
    /access token|bearer/,
  ],
  [
    "with alg none",
    async () => new UnsecuredJWT(guarded.claims()).encode(),
    "",
    /algorithm|signature|JWT|bearer/,
  ],
  [
    "with alg NoNe in the head of a signed one",
    async () => {
      const [, body, mark] = (await guarded.token()).split(".");
      return `${Buffer.from('{"alg":"NoNe","kid":"first"}').toString("base64url")}.${body}.${mark}`;
    },
    "alg",
    /algorithm/,
  ],
  [
    "with the public key as the secret of HS256",
    async () => {
      const jwk = guarded.issuer.keys[0]?.publicJwk ?? {};
      const spki = await exportSPKI((await importJWK(jwk, "RS256", { extractable: true })) as CryptoKey);
      return new SignJWT(guarded.claims())
        .setProtectedHeader({ alg: "HS256", kid: "first" })
        .sign(new TextEncoder().encode(spki));
    },
    "alg",
    /algorithm/,
  ],
  [
    "with a secret of its own",
    async () =>
      new SignJWT(guarded.claims()).setProtectedHeader({ alg: "HS512" }).sign(await generateSecret("HS512")),
    "alg",
    /algorithm/,
  ],
  [
    "that brings its own key along",
    async () => {
      const own = await makeKey("own");
      return guarded.issuer.sign(guarded.claims(), own, { jwk: own.publicJwk, jku: `${other.url}/jwks` });
    },
    "kid",
    /key/,
  ],
  ["that tells nobody", () => guarded.issuer.sign(without("sub")), "sub", /does not identify a person/],
  ["whose subject is empty", () => guarded.token({ sub: " " }), "sub", /does not identify a person/],
  ["that is opaque", async () => "ya29.A0ARrdaM-k9Vq7GzY2pL4mN8sT1bQfHxJcUeWv", "format", /not a signed JWT/],
  ["that is opaque and short", async () => "0123456789abcdef", "format", /not a signed JWT/],
  ["with three empty parts", async () => "a.b.c", "format", /not a signed JWT/],
];

describe("a token", () => {
  test.each(REFUSED)("%s is refused with 401, and nothing is done", async (_what, make, claim, told) => {
    const token = await make();
    const answer = await remove(token);
    expect(answer.status).toBe(401);
    const { error_description, ...challenge } = challengeOf(answer);
    expect(challenge).toEqual({
      ...(error_description !== undefined && { error: "invalid_token" }),
      scope: "identity:read identity:write offline_access",
      resource_metadata: `${guarded.origin}/.well-known/oauth-protected-resource/mcp`,
    });
    expect(error_description).toMatch(told);
    expect(JSON.parse(answer.body)).toMatchObject({
      jsonrpc: "2.0",
      error: { message: expect.stringMatching(/Sign in/) },
    });
    expect(guarded.held).toHaveLength(before.held);
    expect(guarded.callers).toHaveLength(before.callers);
    const logged = guarded.logs.slice(before.logs).map(({ facts }) => facts);
    if (claim !== "")
      expect(logged).toMatchObject([{ claim, expected: expect.anything(), got: expect.anything() }]);
    const [, , mark = token] = token.split(".");
    expect(JSON.stringify(guarded.logs)).not.toContain(mark === "" || mark.length < 8 ? token : mark);
    expect(answer.body).not.toContain(token);
  });

  test.each([
    ["none", {}],
    ["none, but a password", { authorization: "Basic YTpi" }],
    ["an empty one", { authorization: "Bearer " }],
    ["two", { authorization: "Bearer a b" }],
    ["one with a line's end", { authorization: "Bearer a,b" }],
  ])("%s is refused with 401", async (_what, headers: Readonly<Record<string, string>>) => {
    for (const method of ["POST", "GET", "DELETE"]) {
      const answer = await send(guarded.server.url, {
        method,
        headers: { "content-type": "application/json", ...headers },
      });
      expect(answer.status).toBe(401);
      expect(challengeOf(answer)["resource_metadata"]).toMatch(/oauth-protected-resource\/mcp$/);
      expect(challengeOf(answer)["error"]).toBe("authorization" in headers ? "invalid_token" : undefined);
    }
  });

  test("in the address is not read", async () => {
    const url = `${guarded.server.url}?access_token=${await guarded.token()}`;
    expect((await call(url, null, "look", { name: "x" })).status).toBe(401);
  });

  test.each<[string, JWTPayload]>([
    ["as it should be", {}],
    ["for several audiences", { aud: ["x", AUDIENCE] }],
    ["for the audience with a slash", { aud: `${AUDIENCE}/` }],
    ["for the other audience", { aud: "api://other-name" }],
    ["that began now", { nbf: Math.floor(Date.now() / 1000) }],
    ["of a clock that is a little ahead", { nbf: Math.floor(Date.now() / 1000) + 3 }],
  ])("%s is taken", async (_what, changes) => {
    expect((await call(guarded.server.url, await guarded.token(changes), "look", { name: "x" })).status).toBe(
      200,
    );
  });

  test.each(["RS512", "PS256", "ES256", "EdDSA"])("signed by %s is taken", async (alg) => {
    const key = await makeKey(`key-${alg}`, alg);
    guarded.issuer.keys.push(key);
    const token = await guarded.issuer.sign(guarded.claims(), key);
    expect((await call(guarded.server.url, token, "look", { name: "x" })).status).toBe(200);
  });

  test("without a key id is tried with each key that it could be of", async () => {
    const key = await makeKey("second");
    guarded.issuer.keys.push(key);
    const refresh = await guarded.issuer.sign(guarded.claims(), key);
    expect((await call(guarded.server.url, refresh, "look", { name: "x" })).status).toBe(200);
    const bare = await guarded.issuer.sign(guarded.claims(), key, { kid: undefined as never });
    expect((await call(guarded.server.url, bare, "look", { name: "x" })).status).toBe(200);
    const strange = await guarded.issuer.sign(guarded.claims(), await makeKey("x"), {
      kid: undefined as never,
    });
    expect((await call(guarded.server.url, strange, "look", { name: "x" })).status).toBe(401);
  });
});

test("a key that the issuer has withdrawn counts no longer once its keys are read again", async () => {
  const rotating = await startGuarded();
  const look = async (token: string) =>
    (await call(rotating.server.url, token, "look", { name: "x" })).status;
  const old = await rotating.token();
  expect(await look(old)).toBe(200);
  const fresh = await makeKey("fresh");
  rotating.issuer.keys = [fresh];
  expect(await look(await rotating.issuer.sign(rotating.claims(), fresh))).toBe(200);
  expect(await look(old)).toBe(401);
  expect(rotating.logs.at(-1)?.facts).toMatchObject({ claim: "kid", got: '"first"' });
  await rotating.close();
});

test("while the issuer does not answer, a token is neither taken nor called wrong", async () => {
  const issuer = await startIssuer();
  issuer.isUp = false;
  const down = await startGuarded({ issuer });
  const token = await down.token();
  const answer = await call(down.server.url, token, "remove_thing", { thing: "x" });
  expect(answer.status).toBe(503);
  expect(answer.headers["retry-after"]).toBe("10");
  expect(answer.headers["www-authenticate"]).toBeUndefined();
  expect(down.held).toEqual([]);
  issuer.isUp = true;
  down.pass(60_000);
  expect((await call(down.server.url, token, "look", { name: "x" })).status).toBe(200);
  await down.close();
});
