import { expect, test } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { authorization, open, START, trello } from "./support.ts";

test("key and token are taken from the header or the query", async () => {
  const sandbox = await open();
  const byHeader = await trello(sandbox)("GET", "/members/me?fields=username");
  const byQuery = await fetch(
    `${sandbox.trelloUrl}/members/me?fields=username&key=${SEED.app.key}&token=${SEED.tokens.full}`,
  );
  expect(byHeader.json).toEqual({ id: SEED.admin.id, username: SEED.admin.username });
  expect(await byQuery.json()).toEqual(byHeader.json);
});

test.each([
  ["no key at all", "", "invalid key"],
  ["an unknown key", authorization(SEED.tokens.full, "other"), "invalid key"],
  ["no token", `OAuth oauth_consumer_key="${SEED.app.key}"`, "unauthorized permission requested"],
  ["an unknown token", authorization("other"), "invalid token"],
  ["an expired token", authorization(SEED.tokens.expired), "expired token"],
])("%s is refused in plain text", async (_name, header, text) => {
  const sandbox = await open();
  const response = await fetch(`${sandbox.trelloUrl}/members/me`, { headers: { authorization: header } });
  expect([response.status, await response.text()]).toEqual([401, text]);
  expect(response.headers.get("content-type")).toContain("text/plain");
});

test("a token expires by the sandbox's clock", async () => {
  let now = START;
  const sandbox = await open({ now: () => now });
  now += 89 * 86_400_000;
  expect((await trello(sandbox)("GET", "/members/me")).status).toBe(200);
  now += 2 * 86_400_000;
  expect((await trello(sandbox)("GET", "/members/me")).text).toBe("expired token");
});

test("a read-only token writes nothing", async () => {
  const sandbox = await open();
  const path = `/organizations/${SEED.workspaces.standard.id}/members/${SEED.leaver.id}`;
  const answer = await trello(sandbox, SEED.tokens.readOnly)("DELETE", path);
  expect([answer.status, answer.text]).toEqual([401, "unauthorized permission requested"]);
  const rows = sandbox.world.trello.workspaces.get(SEED.workspaces.standard.id)?.memberships ?? [];
  expect(rows.some((row) => row.idMember === SEED.leaver.id)).toBe(true);
});

test("only a token with account sees its own email and changes its own profile", async () => {
  const sandbox = await open();
  const full = trello(sandbox);
  const narrow = trello(sandbox, SEED.tokens.noAccount);
  expect((await full("GET", "/members/me")).json).toHaveProperty("email", SEED.admin.email);
  expect((await narrow("GET", "/members/me")).json).not.toHaveProperty("email");
  expect((await narrow("PUT", "/members/me?bio=hello")).status).toBe(401);
  expect((await full("PUT", "/members/me?bio=hello")).json).toHaveProperty("bio", "hello");
  expect((await full("PUT", `/members/${SEED.leaver.id}?bio=hello`)).status).toBe(401);
  expect(sandbox.world.trello.members.get(SEED.leaver.id)?.bio).toBe("");
});

test("a token shows its scopes and expiry to its owner, and is gone once revoked", async () => {
  const sandbox = await open();
  const call = trello(sandbox, SEED.tokens.readOnly);
  expect((await call("GET", `/tokens/${SEED.tokens.readOnly}`)).json).toMatchObject({
    idMember: SEED.admin.id,
    dateExpires: null,
    permissions: [
      { idModel: SEED.admin.id, modelType: "Member", read: false, write: false },
      { idModel: "*", modelType: "Board", read: true, write: false },
      { idModel: "*", modelType: "Organization", read: true, write: false },
    ],
  });
  expect((await call("GET", `/tokens/${SEED.tokens.normalMember}`)).status).toBe(404);
  expect((await call("DELETE", `/tokens/${SEED.tokens.readOnly}/`)).status).toBe(200);
  expect((await call("GET", "/members/me")).text).toBe("invalid token");
});
