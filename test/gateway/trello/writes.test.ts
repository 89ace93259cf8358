import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { AppError } from "../../../src/domain/error.ts";
import type { TrelloWrites } from "../../../src/domain/writes.ts";
import type { Gateway, Pass } from "../../../src/gateway/gateway.ts";
import { type Fault, type Sandbox, SEED, startSandbox } from "../../../src/sandbox/index.ts";
import { gatewayTo, hastyClock, operations } from "../harness.ts";

let faults: Fault[];
let sandbox: Sandbox;
let gateway: Gateway;
let writes: TrelloWrites;
const pass: Pass = { priority: "interactive" };
const { standard, premium } = SEED.workspaces;

beforeEach(async () => {
  faults = [];
  sandbox = await startSandbox({ faults, rateLimits: false });
  await use(sandbox.env);
});
afterEach(async () => {
  await gateway.close();
  await sandbox.close();
});

async function use(env: Readonly<Record<string, string>>): Promise<void> {
  ({ gateway } = await gatewayTo(env, { clock: hastyClock }));
  writes = gateway.writes(pass).trello;
}

const inWorkspace = (id: string, idMember: string) =>
  sandbox.world.trello.workspaces.get(id)?.memberships.find((row) => row.idMember === idMember);
const onBoard = (id: string, idMember: string) =>
  sandbox.world.trello.boards.get(id)?.memberships.find((row) => row.idMember === idMember);
const boardsWith = (idOrganization: string, idMember: string) =>
  [...sandbox.world.trello.boards.values()].filter(
    (board) =>
      board.idOrganization === idOrganization && board.memberships.some((row) => row.idMember === idMember),
  );

async function failure(promise: Promise<unknown>): Promise<AppError> {
  return promise.then(
    () => expect.unreachable("it should have failed"),
    (thrown: unknown) => thrown as AppError,
  );
}

describe("each write does the one thing it is named for", () => {
  it("invites to a workspace by email, as a ghost where nobody has that address", async () => {
    await writes.inviteWorkspaceMember(standard.id, "new+person@example.com", "New Person", "normal");
    const [ghost] = [...sandbox.world.trello.members.values()].filter(
      ({ email }) => email === "new+person@example.com",
    );
    expect(ghost).toMatchObject({ memberType: "ghost", fullName: "New Person" });
    expect(inWorkspace(standard.id, ghost?.id ?? "")).toMatchObject({
      unconfirmed: true,
      memberType: "normal",
    });
  });

  it("changes a role in a workspace", async () => {
    await writes.setWorkspaceMember(standard.id, SEED.leaver.id, "admin");
    expect(inWorkspace(standard.id, SEED.leaver.id)?.memberType).toBe("admin");
  });

  it("removes from a workspace and leaves the boards", async () => {
    await writes.removeWorkspaceMember(standard.id, SEED.leaver.id);
    expect(inWorkspace(standard.id, SEED.leaver.id)).toBeUndefined();
    expect(boardsWith(standard.id, SEED.leaver.id)).toHaveLength(SEED.leaverBoards.standard);
  });

  it("removes from a workspace and its boards where the tier offers it", async () => {
    const { enterprise } = SEED.workspaces;
    expect(boardsWith(enterprise.id, SEED.leaver.id)).not.toHaveLength(0);
    await writes.removeWorkspaceMemberEverywhere(enterprise.id, SEED.leaver.id);
    expect(inWorkspace(enterprise.id, SEED.leaver.id)).toBeUndefined();
    expect(boardsWith(enterprise.id, SEED.leaver.id)).toHaveLength(0);
    expect(operations(sandbox)).toEqual(["DELETE /organizations/{id}/members/{idMember}/all"]);
  });

  it("invites to a board, changes the role there, and removes", async () => {
    const [board] = boardsWith(standard.id, SEED.leaver.id);
    const id = board?.id ?? "";
    await writes.inviteBoardMember(id, "guest@example.com", "A Guest", "normal");
    const guest = [...sandbox.world.trello.members.values()].find(
      ({ email }) => email === "guest@example.com",
    );
    expect(guest?.fullName).toBe("A Guest");
    expect(onBoard(id, guest?.id ?? "")?.memberType).toBe("normal");
    await writes.setBoardMember(id, SEED.leaver.id, "admin", false);
    expect(onBoard(id, SEED.leaver.id)?.memberType).toBe("admin");
    await writes.removeBoardMember(id, SEED.leaver.id);
    expect(onBoard(id, SEED.leaver.id)).toBeUndefined();
  });

  it("deactivates a SCIM user", async () => {
    const user = [...sandbox.world.atlassian.directory.users.values()].find(
      ({ userName }) => userName === SEED.leaver.email,
    );
    const scim = gateway.writes(pass).scim;
    await scim?.patchUser(user?.id ?? "", [{ op: "replace", path: "active", value: false }]);
    expect(user?.active).toBe(false);
  });
});

describe("a refusal says what to do", () => {
  it("names the scope that the token lacks", async () => {
    await use({ ...sandbox.env, TRELLO_API_TOKEN: SEED.tokens.readOnly });
    const error = await failure(writes.setWorkspaceMember(standard.id, SEED.leaver.id, "admin"));
    expect(error).toMatchObject({
      code: "UPSTREAM_FORBIDDEN",
      applied: "no",
      details: { upstream: "trello", status: 401, reason: "scope_missing", scope: "write" },
    });
    expect(error.message).toContain("`write`");
  });

  it("does not blame the scope where the person lacks the right", async () => {
    await use({ ...sandbox.env, TRELLO_API_TOKEN: SEED.tokens.normalMember });
    const error = await failure(writes.setWorkspaceMember(standard.id, SEED.leaver.id, "admin"));
    expect(error).toMatchObject({ code: "UPSTREAM_FORBIDDEN", details: { reason: "not_permitted" } });
  });

  it.each([
    ["expired", { TRELLO_API_TOKEN: SEED.tokens.expired }, "token_expired"],
    ["unknown", { TRELLO_API_TOKEN: "no-such-token" }, "token_invalid"],
    ["without a known key", { TRELLO_API_KEY: "no-such-key" }, "key_invalid"],
  ])("tells a token that is %s", async (_what, env, reason) => {
    await use({ ...sandbox.env, ...env });
    const error = await failure(writes.removeWorkspaceMember(standard.id, SEED.leaver.id));
    expect(error).toMatchObject({ code: "UNAUTHENTICATED", applied: "no", details: { reason } });
    expect(error.next).toMatch(/TRELLO_API_(TOKEN|KEY)/);
  });

  it("tells a plan tier that does not offer it", async () => {
    const error = await failure(writes.removeWorkspaceMemberEverywhere(standard.id, SEED.leaver.id));
    expect(error).toMatchObject({
      code: "UPSTREAM_FORBIDDEN",
      applied: "no",
      details: { reason: "plan_tier" },
    });
  });

  it("tells the last admin", async () => {
    const { id } = SEED.workspaces.free;
    const admins = sandbox.world.trello.workspaces.get(id)?.memberships ?? [];
    for (const row of admins) if (row.idMember !== SEED.admin.id) row.memberType = "normal";
    const error = await failure(writes.removeWorkspaceMember(id, SEED.admin.id));
    expect(error).toMatchObject({ code: "CONFLICT", applied: "no", details: { reason: "last_admin" } });
  });

  it("tells a role that is not offered", async () => {
    const [board] = boardsWith(standard.id, SEED.leaver.id);
    const error = await failure(writes.setBoardMember(board?.id ?? "", SEED.leaver.id, "observer", false));
    expect(error).toMatchObject({ code: "INPUT_INVALID", details: { reason: "role_unavailable" } });
  });

  it("tells what is not there", async () => {
    const error = await failure(writes.removeBoardMember("f".repeat(24), SEED.leaver.id));
    expect(error).toMatchObject({ code: "NOT_FOUND", applied: "no", details: { status: 404 } });
  });

  it("tells a refused SCIM token", async () => {
    await use({ ...sandbox.env, ATLASSIAN_SCIM_TOKEN: "wrong-scim-token" });
    const error = await failure(gateway.writes(pass).scim?.patchUser("x", []) ?? Promise.resolve());
    expect(error.code).toMatch(/UNAUTHENTICATED|UPSTREAM_FORBIDDEN/);
    expect(error.next).toContain("ATLASSIAN_SCIM_TOKEN");
  });
});

describe("a write is sent again only where it was provably not applied", () => {
  const remove = "DELETE /boards/{id}/members/{idMember}";
  let idBoard: string;
  beforeEach(() => {
    idBoard = boardsWith(standard.id, SEED.leaver.id)[0]?.id ?? "";
  });

  it.each(["reset_before", "reset_after"] as const)("not after a lost answer (%s)", async (kind) => {
    faults.push({ operation: remove, attempt: "every", kind });
    const error = await failure(writes.removeBoardMember(idBoard, SEED.leaver.id));
    expect(error).toMatchObject({ code: "OUTCOME_UNKNOWN", applied: "unknown", retry: "reconcile" });
    expect(operations(sandbox)).toEqual([remove]);
    // Which of the two it was cannot be told from here.
    expect(onBoard(idBoard, SEED.leaver.id) === undefined).toBe(kind === "reset_after");
  });

  it("not after a 503", async () => {
    faults.push({ operation: remove, attempt: 1, kind: "503" });
    const error = await failure(writes.removeBoardMember(idBoard, SEED.leaver.id));
    expect(error).toMatchObject({ code: "OUTCOME_UNKNOWN", applied: "unknown", details: { status: 503 } });
    expect(operations(sandbox)).toEqual([remove]);
  });

  it("not after a stalled answer", async () => {
    // Longer than the test may take: it ends with the sandbox.
    faults.push({ operation: remove, attempt: 1, kind: "slow", ms: 60_000 });
    await gateway.close();
    ({ gateway } = await gatewayTo(sandbox.env, { clock: hastyClock, http: { timeoutMs: 500 } }));
    const error = await failure(gateway.writes(pass).trello.removeBoardMember(idBoard, SEED.leaver.id));
    expect(error.code).toBe("OUTCOME_UNKNOWN");
    // Given up, it may arrive all the same.
    await expect.poll(() => operations(sandbox), { timeout: 20_000 }).toEqual([remove]);
  });

  it("and is done where its 2xx came and only the body was cut", async () => {
    faults.push({ operation: remove, attempt: 1, kind: "truncated" });
    await writes.removeBoardMember(idBoard, SEED.leaver.id);
    expect(operations(sandbox)).toEqual([remove]);
  });

  it("after a 429, which is never applied", async () => {
    faults.push({ operation: remove, attempt: 1, kind: "429" });
    await writes.removeBoardMember(idBoard, SEED.leaver.id);
    expect(operations(sandbox)).toEqual([remove, remove]);
    expect(onBoard(idBoard, SEED.leaver.id)).toBeUndefined();
  });

  it("until 429 goes on for too long", async () => {
    faults.push({ operation: remove, attempt: "every", kind: "429" });
    const error = await failure(writes.removeBoardMember(idBoard, SEED.leaver.id));
    expect(error).toMatchObject({ code: "RATE_LIMITED", applied: "no", retry: "later" });
    expect(sandbox.requests).toHaveLength(6);
  });

  it("and says so where no connection could be made", async () => {
    const port = await closedPort();
    await use({ ...sandbox.env, TRELLO_API_BASE_URL: `http://127.0.0.1:${port}/1` });
    const error = await failure(writes.removeBoardMember(idBoard, SEED.leaver.id));
    expect(error).toMatchObject({ code: "UPSTREAM_UNAVAILABLE", applied: "no", retry: "later" });
  });
});

it("a write under way is not cut by its signal, so that its outcome is known", async () => {
  const abort = new AbortController();
  faults.push({ operation: "PUT /organizations/{id}/members/{idMember}", attempt: 1, kind: "slow", ms: 150 });
  const write = gateway
    .writes({ priority: "interactive", signal: abort.signal })
    .trello.setWorkspaceMember(premium.id, SEED.admin.id, "admin");
  while (sandbox.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
  abort.abort();
  await expect(write).resolves.toBeUndefined();
});

/** A port on which nobody listens, nor can while the test runs: one end of a connection has it. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  await once(socket, "connect");
  return socket.localPort ?? 0;
}
