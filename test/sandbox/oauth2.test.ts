/** The authorization server of Trello's OAuth 2.0 in the sandbox, and what an access token reaches. */
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { SCOPE_RULES, TRELLO_SCOPES } from "../../src/sandbox/oauth2/scopes.ts";
import { SEED, type Sandbox } from "../../src/sandbox/index.ts";
import { trelloRoutes } from "../../src/sandbox/routes.ts";
import { createClock, open } from "./support.ts";

const VERIFIER = "a-verifier-of-more-than-forty-three-characters-1";
const CALLBACK = "http://127.0.0.1:8724/callback";
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");

type Words = Readonly<Record<string, string>>;

/** Allows or denies; answers where the browser is sent. */
async function decide(sandbox: Sandbox, query: Words = {}, decision: Words = { decision: "allow" }) {
  const address = new URL(`${sandbox.atlassianUrl}/authorize`);
  address.search = new URLSearchParams({
    client_id: SEED.oauth2.confidential.id,
    redirect_uri: CALLBACK,
    response_type: "code",
    scope: [...TRELLO_SCOPES, "offline_access"].join(" "),
    state: "s",
    code_challenge: CHALLENGE,
    code_challenge_method: "S256",
    ...query,
  }).toString();
  const body = new URLSearchParams(decision);
  const response = await fetch(address, { method: "POST", body, redirect: "manual" });
  return {
    status: response.status,
    to: Object.fromEntries(new URL(response.headers.get("location") ?? "http://none").searchParams),
  };
}

async function ask(sandbox: Sandbox, body: Words, path = "token") {
  const { id, secret } = SEED.oauth2.confidential;
  const response = await fetch(`${sandbox.atlassianUrl}/oauth/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_id: id, client_secret: secret, ...body }),
  });
  const text = await response.text();
  return { status: response.status, ...(text === "" ? {} : (JSON.parse(text) as Words)) } as {
    status: number;
  } & Words;
}

const exchanged = (code = "", more: Words = {}): Words => ({
  grant_type: "authorization_code",
  code,
  redirect_uri: CALLBACK,
  code_verifier: VERIFIER,
  ...more,
});
const refreshed = (token = ""): Words => ({ grant_type: "refresh_token", refresh_token: token });

async function signIn(sandbox: Sandbox, query: Words = {}, decision?: Words) {
  const { to } = await decide(sandbox, query, decision);
  return await ask(sandbox, exchanged(to["code"]));
}

async function get(sandbox: Sandbox, token: string, path: string, method = "GET") {
  const response = await fetch(`${sandbox.trelloUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

test("every Trello route has its rule of scopes, and no rule is left over", () => {
  expect(Object.keys(SCOPE_RULES).toSorted()).toEqual(trelloRoutes.map(({ name }) => name).toSorted());
});

test("a sign-in gives an access token of an hour, which reads without a key", async () => {
  const sandbox = await open();
  const { access_token: token = "", ...more } = await signIn(sandbox);
  expect(more).toMatchObject({ status: 200, expires_in: 3600, token_type: "Bearer" });
  const me = await get(sandbox, token, "/members/me");
  expect(JSON.parse(me.text)).toMatchObject({ id: SEED.admin.id, email: SEED.admin.email });
});

test("without offline_access there is no refresh token", async () => {
  const sandbox = await open();
  const answer = await signIn(sandbox, { scope: "read:member:trello" });
  expect(answer).toMatchObject({ status: 200, scope: "read:member:trello" });
  expect(answer["refresh_token"]).toBeUndefined();
});

test.each([
  [{ client_id: "nobody" }, 400, {}],
  [{ redirect_uri: `${CALLBACK}/` }, 400, {}],
  [{ redirect_uri: "http://127.0.0.1:8725/callback" }, 400, {}],
  [{ code_challenge_method: "plain" }, 302, { error: "invalid_request", state: "s" }],
  [{ code_challenge: "" }, 302, { error: "invalid_request", state: "s" }],
  [{ scope: "read:trello" }, 302, { error: "invalid_scope", state: "s" }],
] as [Words, number, Words][])("an authorization request with %j", async (query, status, to) => {
  expect(await decide(await open(), query)).toEqual({ status, to });
});

test("a refusal comes back as access_denied", async () => {
  const { to } = await decide(await open(), {}, { decision: "deny" });
  expect(to).toEqual({ error: "access_denied", state: "s" });
});

test.each([
  ["another verifier", { code_verifier: `${VERIFIER}x` }, 400, "invalid_grant"],
  ["another address", { redirect_uri: "http://localhost:8724/callback" }, 400, "invalid_grant"],
  ["another client", { client_id: SEED.oauth2.public.id }, 400, "invalid_grant"],
  ["an unknown client", { client_id: "x" }, 401, "invalid_client"],
  ["a wrong secret", { client_secret: "x" }, 401, "access_denied"],
] as [string, Words, number, string][])(
  "a code with %s gives nothing",
  async (_what, more, status, error) => {
    const sandbox = await open();
    const { to } = await decide(sandbox);
    expect(await ask(sandbox, exchanged(to["code"], more))).toMatchObject({ status, error });
  },
);

test("a code works once, and for some minutes", async () => {
  const clock = createClock();
  const sandbox = await open({ now: clock });
  const [once, late] = [await decide(sandbox), await decide(sandbox)];
  expect((await ask(sandbox, exchanged(once.to["code"]))).status).toBe(200);
  expect((await ask(sandbox, exchanged(once.to["code"]))).status).toBe(400);
  clock.advance(301_000);
  expect((await ask(sandbox, exchanged(late.to["code"]))).status).toBe(400);
});

test("every refresh gives a new token; the last one may be repeated for ten minutes", async () => {
  const clock = createClock();
  const sandbox = await open({ now: clock });
  const first = await signIn(sandbox);
  const second = await ask(sandbox, refreshed(first["refresh_token"]));
  expect(second["refresh_token"]).not.toBe(first["refresh_token"]);
  clock.advance(599_000);
  const again = await ask(sandbox, refreshed(first["refresh_token"]));
  expect(again.status).toBe(200);
  // The answer that was lost is void: its token never arrived anywhere.
  expect((await ask(sandbox, refreshed(second["refresh_token"]))).status).toBe(403);
  expect((await ask(sandbox, refreshed(again["refresh_token"]))).status).toBe(200);
});

test.each([
  ["after the leeway", 600_000, false],
  ["after the next token was used", 0, true],
])("a refresh token that is used twice %s ends the grant", async (_when, ms, isNextUsed) => {
  const clock = createClock();
  const sandbox = await open({ now: clock });
  const first = await signIn(sandbox);
  let last = await ask(sandbox, refreshed(first["refresh_token"]));
  if (isNextUsed) last = await ask(sandbox, refreshed(last["refresh_token"]));
  clock.advance(ms);
  expect(await ask(sandbox, refreshed(first["refresh_token"]))).toMatchObject({
    status: 403,
    error: "invalid_grant",
    error_description: "Unknown or invalid refresh token.",
  });
  expect((await ask(sandbox, refreshed(last["refresh_token"]))).status).toBe(403);
  expect((await get(sandbox, last["access_token"] ?? "", "/members/me")).status).toBe(401);
});

test("an access token expires, and a grant that is not used for 90 days ends", async () => {
  const clock = createClock();
  const sandbox = await open({ now: clock });
  const first = await signIn(sandbox);
  clock.advance(3_600_000);
  expect(await get(sandbox, first["access_token"] ?? "", "/members/me")).toMatchObject({
    status: 401,
    text: "invalid token",
  });
  const second = await ask(sandbox, refreshed(first["refresh_token"]));
  expect((await get(sandbox, second["access_token"] ?? "", "/members/me")).status).toBe(200);
  clock.advance(90 * 86_400_000);
  expect((await ask(sandbox, refreshed(second["refresh_token"]))).status).toBe(403);
});

test("a revoked grant ends at once", async () => {
  const sandbox = await open();
  const first = await signIn(sandbox);
  expect((await ask(sandbox, { token: first["refresh_token"] ?? "" }, "revoke")).status).toBe(200);
  expect((await get(sandbox, first["access_token"] ?? "", "/members/me")).status).toBe(401);
  expect((await ask(sandbox, refreshed(first["refresh_token"]))).status).toBe(403);
});

const { standard, premium } = SEED.workspaces;

test.each([
  ["read:member:trello", "GET", `/organizations/${standard.id}`, 401],
  ["read:organization:trello", "GET", `/organizations/${standard.id}`, 200],
  ["read:organization:trello", "GET", `/organizations/${standard.id}/boards`, 401],
  ["read:board:trello", "GET", `/organizations/${standard.id}/boards`, 200],
  [
    "read:organization:trello",
    "PUT",
    `/organizations/${standard.id}/members/${SEED.leaver.id}?type=admin`,
    401,
  ],
  ["read:member:trello", "GET", "/members/me", 200],
  // Key and token only, whatever the grant has.
  [TRELLO_SCOPES.join(" "), "PUT", `/enterprises/${SEED.enterprise.id}/admins/${SEED.deputy.id}`, 401],
])("scope %s: %s %s", async (scope, method, path, status) => {
  const sandbox = await open();
  const { access_token: token = "" } = await signIn(sandbox, { scope });
  expect((await get(sandbox, token, path, method)).status).toBe(status);
});

test("a Power-Up sees the workspaces that the person chose", async () => {
  const sandbox = await open();
  const { id, secret } = SEED.oauth2.powerUp;
  const chosen = { decision: "allow", workspaces: standard.id };
  const { to } = await decide(sandbox, { client_id: id }, chosen);
  const { access_token: token = "" } = await ask(
    sandbox,
    exchanged(to["code"], { client_id: id, client_secret: secret }),
  );
  expect((await get(sandbox, token, `/organizations/${standard.id}`)).status).toBe(200);
  expect((await get(sandbox, token, `/organizations/${premium.id}`)).status).toBe(403);
});

test("the limits count by grant, not by access token", async () => {
  const sandbox = await open();
  const first = await signIn(sandbox);
  const left = async (token = "") =>
    Number((await get(sandbox, token, "/members/me/boards")).headers.get("x-rate-limit-api-token-remaining"));
  const before = await left(first["access_token"]);
  const second = await ask(sandbox, refreshed(first["refresh_token"]));
  expect(await left(second["access_token"])).toBe(before - 1);
});
