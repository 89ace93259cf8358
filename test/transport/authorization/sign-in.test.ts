import { createHash } from "node:crypto";
import type { JWTPayload } from "jose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { PendingSignIn } from "../../../src/domain/sign-in.ts";
import { createIssuers } from "../../../src/transport/authorization/issuers.ts";
import { createSignIn, type SignInDeps } from "../../../src/transport/authorization/sign-in.ts";
import { failure } from "../../support/failure.ts";
import { makeKey, startIssuer, type TestIssuer } from "./issuer.ts";

const REDIRECT = "https://identity.example/approvals/callback";
const CLIENT = "page";
let issuer: TestIssuer;
const logged: string[] = [];
beforeAll(async () => {
  issuer = await startIssuer("/t1");
});
afterAll(() => issuer.close());
beforeEach(() => {
  logged.length = 0;
  issuer.people = null;
});

const signIn = (over: Partial<SignInDeps> = {}) =>
  createSignIn({
    issuers: createIssuers({ issuers: [issuer.url], get: fetch, now: Date.now, keysCooldownMs: 0 }),
    issuer: issuer.url,
    clientId: CLIENT,
    clientSecret: null,
    redirectUri: REDIRECT,
    asksScope: true,
    scopePrefix: "",
    subjectClaims: ["sub"],
    get: fetch,
    now: Date.now,
    log: (level, facts, message) => void logged.push(JSON.stringify({ level, facts, message })),
    ...over,
  });

interface Told {
  /** Changes of the id token's good claims. */
  readonly claims?: () => Readonly<Record<string, unknown>>;
  /** Changes of the token answer. */
  readonly answer?: object;
  readonly idToken?: (good: JWTPayload) => Promise<string>;
  readonly userinfo?: object | null;
  readonly namesItself?: boolean;
}

/** Signs in at an issuer that tells this, and gives back what came of it. */
async function sign(
  told: Told,
  over: Partial<SignInDeps> = {},
  query: (pending: PendingSignIn) => object = () => ({}),
) {
  let pending: PendingSignIn | null = null;
  issuer.people = {
    userinfo: told.userinfo ?? null,
    ...(told.namesItself !== undefined && { namesItself: told.namesItself }),
    async tokens() {
      const at = Math.floor(Date.now() / 1000);
      const good = {
        iss: issuer.name,
        aud: CLIENT,
        sub: "ada",
        iat: at,
        exp: at + 60,
        nonce: pending?.nonce,
      };
      const claims = { ...good, ...told.claims?.() } as JWTPayload;
      const id_token = told.idToken ? await told.idToken(claims) : await issuer.sign(claims);
      return { id_token, access_token: "opaque", token_type: "Bearer", ...told.answer };
    },
  };
  const page = signIn(over);
  ({ pending } = await page.begin({ again: false }));
  return await page.finish({ code: "c0de", state: pending.state, ...query(pending) }, pending);
}

test("the address of the issuer asks for a code with PKCE, state and nonce, and keeps the issuer's own query", async () => {
  issuer.people = { userinfo: null, tokens: async () => ({}) };
  const { address, pending } = await signIn({ scopePrefix: "api://x/" }).begin({ again: true });
  const url = new URL(address);
  expect(url.origin + url.pathname).toBe(`${issuer.url}/auth`);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    tenant: "1",
    response_type: "code",
    client_id: CLIENT,
    redirect_uri: REDIRECT,
    scope: "openid profile email api://x/identity:approve",
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: createHash("sha256").update(pending.verifier).digest("base64url"),
    code_challenge_method: "S256",
    prompt: "login",
  });
  expect(address).not.toContain(pending.verifier);
  expect(new Set(Object.values(pending)).size).toBe(3);
  const listed = await signIn({ asksScope: false }).begin({ again: false });
  expect(new URL(listed.address).searchParams.get("scope")).toBe("openid profile email");
});

test.each([
  ["a public client", null, undefined, null, { client_id: CLIENT }],
  [
    "a secret in the header, form-encoded",
    "s:+/%",
    ["client_secret_post", "client_secret_basic"],
    "page:s%3A%2B%2F%25",
    { client_id: null, client_secret: null },
  ],
  [
    "a secret in the form",
    "s:+/%",
    ["client_secret_post"],
    null,
    { client_id: CLIENT, client_secret: "s:+/%" },
  ],
])("the code is exchanged by %s", async (_what, clientSecret, methods, header, fields) => {
  const seen: { form: URLSearchParams; authorization: string | undefined }[] = [];
  issuer.people = {
    userinfo: null,
    ...(methods && { methods }),
    async tokens(form, authorization) {
      seen.push({ form, authorization });
      throw new Error("invalid_grant");
    },
  };
  const page = signIn({ clientSecret });
  const { pending } = await page.begin({ again: false });
  await failure(page.finish({ code: "c0de", state: pending.state }, pending));
  const [{ form, authorization } = { form: new URLSearchParams(), authorization: "" }] = seen;
  expect(authorization).toBe(header === null ? undefined : `Basic ${Buffer.from(header).toString("base64")}`);
  for (const [name, value] of Object.entries(fields)) expect(form.get(name)).toBe(value);
  expect(form.get("code_verifier")).toBe(pending.verifier);
  expect(form.get("redirect_uri")).toBe(REDIRECT);
});

describe("an answer of the issuer is refused, and no one is signed in", () => {
  const now = () => Math.floor(Date.now() / 1000);
  test.each<[string, Told]>([
    ["another nonce", { claims: () => ({ nonce: "another" }) }],
    ["no nonce", { claims: () => ({ nonce: undefined }) }],
    ["another audience", { claims: () => ({ aud: "another-app" }) }],
    ["two audiences without a party", { claims: () => ({ aud: [CLIENT, "another-app"] }) }],
    ["another party", { claims: () => ({ aud: [CLIENT], azp: "another-app" }) }],
    ["another issuer", { claims: () => ({ iss: "https://evil.example" }) }],
    ["expired", { claims: () => ({ exp: now() - 60 }) }],
    ["without an end", { claims: () => ({ exp: undefined }) }],
    ["not valid yet", { claims: () => ({ nbf: now() + 600 }) }],
    ["without a subject", { claims: () => ({ sub: undefined }) }],
    ["an empty subject", { claims: () => ({ sub: "" }) }],
    ["another key", { idToken: async (claims) => issuer.sign(claims, await makeKey("first")) }],
    [
      "a key that is not published",
      { idToken: async (claims) => issuer.sign(claims, await makeKey("other")) },
    ],
    [
      "without a signature",
      {
        idToken: async (claims) =>
          `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.`,
      },
    ],
    ["no token at all", { answer: { id_token: undefined } }],
    ["a token that is no JWT", { answer: { id_token: "opaque" } }],
    ["no issuer although it names itself", { namesItself: true }],
  ])("%s", async (_what, told) => {
    expect(await failure(sign(told))).toMatchObject({ code: "UNAUTHENTICATED", next: "Sign in again." });
  });

  test.each<[string, (pending: PendingSignIn) => object]>([
    ["another state", () => ({ state: "another" })],
    ["no state", () => ({ state: undefined })],
    ["a state twice", ({ state }) => ({ state: [state, state] })],
    ["no code", () => ({ code: undefined })],
    ["an error", () => ({ error: "access_denied" })],
    ["another issuer's name", () => ({ iss: "https://evil.example" })],
  ])("%s in the address", async (_what, query) => {
    expect(await failure(sign({}, {}, query))).toMatchObject({ code: "UNAUTHENTICATED" });
  });

  test("an issuer that is away", async () => {
    issuer.people = { userinfo: null, tokens: async () => ({}) };
    const page = signIn();
    const { pending } = await page.begin({ again: false });
    const away = signIn({
      get: (address, how) =>
        fetch(
          typeof address === "string" && address.endsWith("/token") ? "http://127.0.0.1:1/token" : address,
          how,
        ),
    });
    expect(await failure(away.finish({ code: "c", state: pending.state }, pending))).toMatchObject({
      code: "UPSTREAM_UNAVAILABLE",
    });
  });
});

describe("who signed in, and whether the person may decide", () => {
  test.each<
    [
      string,
      Told,
      Partial<SignInDeps>,
      { readonly id: string; readonly email: string | null; readonly mayApprove: boolean },
    ]
  >([
    [
      "the id token alone",
      { claims: () => ({ email: "ada@example.com" }) },
      {},
      { id: "ada", email: "ada@example.com", mayApprove: false },
    ],
    [
      "an email that is not verified",
      { claims: () => ({ email: "boss@example.com", email_verified: false }) },
      {},
      { id: "ada", email: null, mayApprove: false },
    ],
    [
      "the email of userinfo",
      { userinfo: { sub: "ada", email: "ada@example.com", email_verified: true } },
      {},
      { id: "ada", email: "ada@example.com", mayApprove: false },
    ],
    [
      "userinfo of another person",
      { userinfo: { sub: "eve", email: "boss@example.com" } },
      {},
      { id: "ada", email: null, mayApprove: false },
    ],
    [
      "userinfo with an email that is not verified",
      { userinfo: { sub: "ada", email: "boss@example.com", email_verified: false } },
      {},
      { id: "ada", email: null, mayApprove: false },
    ],
    [
      "an unverified email, verified by nobody else",
      {
        claims: () => ({ email: "boss@example.com", email_verified: false }),
        userinfo: { sub: "ada", email: "boss@example.com" },
      },
      {},
      { id: "ada", email: null, mayApprove: false },
    ],
    [
      "Entra",
      { claims: () => ({ sub: "pairwise", oid: "o", tid: "t" }) },
      { subjectClaims: ["oid", "tid"] },
      { id: "o,t", email: null, mayApprove: false },
    ],
    [
      "oid of userinfo, which is not signed",
      { claims: () => ({ oid: "o", tid: "t" }), userinfo: { sub: "ada", oid: "boss", tid: "t" } },
      { subjectClaims: ["oid", "tid"] },
      { id: "o,t", email: null, mayApprove: false },
    ],
    [
      "the scope",
      { answer: { scope: "openid identity:approve" } },
      {},
      { id: "ada", email: null, mayApprove: true },
    ],
    [
      "the scope with its prefix",
      { answer: { scope: "openid api://x/identity:approve" } },
      { scopePrefix: "api://x/" },
      { id: "ada", email: null, mayApprove: true },
    ],
    [
      "a role of that name",
      { claims: () => ({ roles: ["identity:approve"] }) },
      {},
      { id: "ada", email: null, mayApprove: true },
    ],
    [
      "a permission of that name",
      { claims: () => ({ permissions: ["identity:approve"] }) },
      {},
      { id: "ada", email: null, mayApprove: true },
    ],
    [
      "a scope that only begins so",
      { answer: { scope: "identity:approve-nothing xidentity:approve" } },
      {},
      { id: "ada", email: null, mayApprove: false },
    ],
    [
      "other scopes",
      { answer: { scope: "openid identity:destructive" } },
      {},
      { id: "ada", email: null, mayApprove: false },
    ],
  ])("%s", async (_what, told, over, { id, email, mayApprove }) => {
    const proven = await sign(told, over);
    expect(proven).toMatchObject({ person: { id: `${issuer.name}#${id}`, email }, mayApprove });
  });

  test("a key that the issuer began to use meanwhile is fetched", async () => {
    const key = await makeKey("rotated");
    const proven = await sign({
      idToken: async (claims) => {
        issuer.keys = [key];
        return await issuer.sign(claims, key);
      },
    });
    expect(proven.person.id).toBe(`${issuer.name}#ada`);
  });

  test("no token is in the log", async () => {
    let token = "";
    await failure(sign({ idToken: async (claims) => (token = await issuer.sign({ ...claims, aud: "x" })) }));
    expect(logged.join("")).toContain("an id token was refused");
    expect(logged.join("")).not.toContain(token.split(".")[2]);
  });
});
