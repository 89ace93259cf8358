import { writeFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Sandbox, SEED, startSandbox } from "../../src/sandbox/index.ts";
import { MEMORY } from "../support/memory.ts";
import { boardsWith, writesIn } from "../support/stack.ts";
import { call } from "../transport/authorization/guarded.ts";
import { startCommand } from "./http-command.ts";
import { resultOf } from "./tenants-harness.ts";

const BEARER = "token-of-the-callers";
const NEW = "sandbox-token-of-tomorrow";

let sandbox: Sandbox;
let folder: string;
beforeEach(async () => {
  sandbox = await startSandbox({ rateLimits: false });
  folder = await mkdtemp(join(MEMORY, "rotation-"));
});
afterEach(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true });
});

const file = () => join(folder, "trello-token");

/** Gives a member of the sandbox one more token. */
function addToken(token: string, like: string = SEED.tokens.full, scopes?: readonly string[]) {
  const { tokens } = sandbox.world.trello;
  const old = tokens.get(like);
  if (!old) throw new Error(`no token ${like}`);
  tokens.set(token, { ...old, token, revoked: false, ...(scopes && { scopes: new Set(scopes) }) });
}

/** `http` whose Trello token is in a file. */
async function startHttp(token: string = SEED.tokens.full) {
  await writeFile(file(), `${token}\n`);
  const server = await startCommand(folder, {
    ...sandbox.env,
    TRELLO_API_TOKEN: `file:${file()}`,
    IDENTITY_STORE_URL: `sqlite:${join(folder, "identity.db")}`,
    IDENTITY_HTTP_TOKEN: BEARER,
    IDENTITY_METRICS_TOKEN: "metrics-token-of-the-test",
    IDENTITY_CONFIRMATION: "two_step",
  });
  const tool = async (name: string, args: object) => {
    const { result = {} } = resultOf((await call(server.url, BEARER, name, args)).body);
    return (result["structuredContent"] ?? result) as Readonly<Record<string, never>>;
  };
  const logged = (text: string) =>
    server
      .stderr()
      .split("\n")
      .filter((line) => line.includes(text))
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const metrics = async () =>
    (
      await fetch(new URL("/metrics", server.url), {
        headers: { authorization: "Bearer metrics-token-of-the-test" },
      })
    ).text();
  return { ...server, tool, logged, metrics };
}

/** 30 changes. */
const LEAVER = { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id };
const IN_USE = "new credentials are in use";
const NOT_USED = "new credentials are not used";

test("a token that is revoked in the middle of a run, with the new one in the file: the run ends, each effect once", async () => {
  addToken(NEW);
  const { tool, logged, stderr } = await startHttp();
  const planned = await tool("remove_from_boards", LEAVER);
  expect(planned).toMatchObject({ status: "awaiting_confirmation" });
  // The token ends when the third write has arrived; the new one is in the file a moment before.
  const old = sandbox.world.trello.tokens.get(SEED.tokens.full);
  let isOver = false;
  Object.defineProperty(old, "revoked", {
    get() {
      if (!isOver && writesIn(sandbox).length >= 3) {
        writeFileSync(file(), NEW);
        isOver = true;
      }
      return isOver;
    },
  });
  sandbox.resetRequests();
  const applied = await tool("apply_plan", { planId: planned["planId"] });
  expect(applied).toMatchObject({ status: "applied", run: { evidence: { result: "PASS" } } });
  expect(boardsWith(sandbox, LEAVER.member, LEAVER.workspace)).toEqual([]);
  const made = writesIn(sandbox).filter(({ status }) => status === 200);
  expect(new Set(made.map(({ method, path }) => `${method} ${path}`)).size).toBe(made.length);
  expect(writesIn(sandbox).filter(({ status }) => status === 401).length).toBeGreaterThan(0);
  expect(logged(IN_USE)).toMatchObject([{ upstreams: ["Trello"] }]);
  expect(stderr()).not.toContain(NEW);
});

test("a new token is used at SIGHUP; the budget of the key goes on, and the new token has its own", async () => {
  addToken(NEW);
  const { tool, hangUp, logged } = await startHttp();
  await tool("list_workspaces", {});
  const budgets = async () =>
    (await tool("check_connection", {}))["budgets"] as unknown as readonly { readonly id: string }[];
  const idOf = (all: readonly { id: string }[], kind: string) =>
    all.find(({ id }) => id.startsWith(kind))?.id;
  const before = await budgets();
  await writeFile(file(), NEW);
  hangUp();
  await vi.waitFor(() => expect(logged(IN_USE)).toHaveLength(1), { timeout: 60_000 });
  sandbox.world.trello.tokens.delete(SEED.tokens.full);
  const after = await budgets();
  expect(idOf(after, "trello-key:")).toBe(idOf(before, "trello-key:"));
  expect(idOf(after, "trello-token:")).toBeDefined();
  expect(idOf(after, "trello-token:")).not.toBe(idOf(before, "trello-token:"));
});

test.each([
  [
    "a token that Trello does not know",
    "not-a-token-of-trello",
    "UNAUTHENTICATED",
    /does not know the token/,
  ],
  ["a token that has expired", SEED.tokens.expired, "UNAUTHENTICATED", /has expired/],
  ["half of a token", NEW.slice(0, 12), "UNAUTHENTICATED", /does not know the token/],
  ["the token of another member", SEED.tokens.normalMember, "UNAUTHENTICATED", /another Trello member/],
  [
    "a token without a scope of the old one",
    SEED.tokens.readOnly,
    "UPSTREAM_FORBIDDEN",
    /lacks .*: write, account/,
  ],
])("%s is not used: the old one goes on, and log and metrics say so", async (_title, token, code, reason) => {
  addToken(NEW);
  const { tool, hangUp, logged, metrics } = await startHttp();
  await tool("list_workspaces", {});
  await writeFile(file(), token);
  hangUp();
  await vi.waitFor(() => expect(logged(NOT_USED)).toHaveLength(1), { timeout: 60_000 });
  expect(logged(NOT_USED)).toMatchObject([
    { upstream: "Trello", code, reason: expect.stringMatching(reason) },
  ]);
  expect(await metrics()).toContain('identity_new_credentials_not_used{upstream="Trello"} 1');
  expect(await tool("update_my_profile", { bio: "still here" })).toMatchObject({ status: "applied" });
  // The right one afterwards is taken.
  await writeFile(file(), NEW);
  hangUp();
  await vi.waitFor(() => expect(logged(IN_USE)).toHaveLength(1), { timeout: 60_000 });
  expect(await metrics()).not.toContain("identity_new_credentials_not_used{");
  expect(await readFile(file(), "utf8")).toBe(NEW);
});

test("an empty or missing file is told and changes nothing", async () => {
  const { tool, hangUp, logged } = await startHttp();
  await writeFile(file(), "");
  hangUp();
  await vi.waitFor(() => expect(logged("a changed file is not used")).toHaveLength(1), { timeout: 60_000 });
  expect(JSON.stringify(logged("a changed file is not used"))).toContain(
    "TRELLO_API_TOKEN names a file that is empty",
  );
  await rm(file());
  hangUp();
  await vi.waitFor(() => expect(logged("a changed file is not used")).toHaveLength(2), { timeout: 60_000 });
  expect(await tool("update_my_profile", { bio: "still here" })).toMatchObject({ status: "applied" });
});

test("a run that waits because its token was revoked goes on with the new token of the same member", async () => {
  const { tool, logged } = await startHttp();
  const planned = await tool("remove_from_boards", LEAVER);
  const old = sandbox.world.trello.tokens.get(SEED.tokens.full);
  Object.defineProperty(old, "revoked", { get: () => writesIn(sandbox).length >= 2 });
  sandbox.resetRequests();
  const refused = await tool("apply_plan", { planId: planned["planId"] });
  expect(JSON.stringify(refused)).toContain("UNAUTHENTICATED");
  addToken(NEW);
  await writeFile(file(), NEW);
  // The same call goes on with the run that the old token began. Its first request finds the new token.
  const ended = await tool("apply_plan", { planId: planned["planId"] });
  expect(ended).toMatchObject({ status: "applied", run: { evidence: { result: "PASS" } } });
  const made = writesIn(sandbox).filter(({ status }) => status === 200);
  expect(new Set(made.map(({ method, path }) => `${method} ${path}`)).size).toBe(made.length);
  expect(logged(IN_USE)).toHaveLength(1);
});

describe("an invitation, which no read shows, that is refused because the token was revoked", () => {
  const PERSON = { workspace: SEED.workspaces.standard.id, member: "new.person@example.org" };
  const invitations = () =>
    sandbox.requests.filter(({ operation }) => operation === "PUT /organizations/{id}/members");
  /** The token ends when the invitation arrives. */
  const revokeAtInvitation = (before: () => void = () => {}) => {
    const old = sandbox.world.trello.tokens.get(SEED.tokens.full);
    let isOver = false;
    Object.defineProperty(old, "revoked", {
      get() {
        if (!isOver && invitations().length > 0) {
          isOver = true;
          before();
        }
        return isOver;
      },
    });
  };

  test("is sent with the new token in the file, once", async () => {
    addToken(NEW);
    const { tool } = await startHttp();
    revokeAtInvitation(() => writeFileSync(file(), NEW));
    const { planId } = await tool("invite_member", PERSON);
    expect(await tool("apply_plan", { planId })).toMatchObject({ status: "applied" });
    expect(invitations().map(({ status }) => status)).toEqual([401, 200]);
  });

  test("is sent by the waiting run when the new token comes, once", async () => {
    addToken(NEW);
    const { tool, hangUp, logged } = await startHttp();
    revokeAtInvitation();
    const { planId } = await tool("invite_member", PERSON);
    const waits = JSON.stringify(await tool("apply_plan", { planId }));
    expect(waits).toContain("UNAUTHENTICATED");
    const runId = /run_[0-9a-f]+/.exec(waits)?.[0] ?? "";
    await writeFile(file(), NEW);
    hangUp();
    await vi.waitFor(() => expect(logged("unfinished run continued")).toMatchObject([{ runId }]), {
      timeout: 60_000,
    });
    expect(invitations().map(({ status }) => status)).toEqual([401, 200]);
    expect(await tool("get_run", { runId })).toMatchObject({ state: "applied" });
  });
});
