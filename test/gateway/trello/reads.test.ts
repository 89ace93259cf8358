import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { requireScim } from "../../../src/domain/reads.ts";
import type { Gateway, Pass } from "../../../src/gateway/gateway.ts";
import { type Fault, type Sandbox, SEED, startSandbox } from "../../../src/sandbox/index.ts";
import { gatewayTo, hastyClock, operations } from "../harness.ts";

const faults: Fault[] = [];
let sandbox: Sandbox;
let gateway: Gateway;
/** How many questions each batch carried, the fullest first: those of one call leave together and arrive in any order. */
const batchSizes = () =>
  sandbox.requests.map(({ subrequests }) => subrequests.length).toSorted((a, b) => b - a);
const pass = (): Pass & { usage: { requests: number } } => ({
  priority: "interactive",
  usage: { requests: 0 },
});

beforeAll(async () => {
  sandbox = await startSandbox({ faults, rateLimits: false });
});
afterAll(() => sandbox.close());
afterEach(async () => {
  faults.length = 0;
  sandbox.resetRequests();
  await gateway.close();
});

async function fresh(overrides: Parameters<typeof gatewayTo>[1] = {}) {
  const made = await gatewayTo(sandbox.env, { clock: hastyClock, ...overrides });
  gateway = made.gateway;
  return made;
}

describe("a workspace", () => {
  it("is one batch, the token's owner included", async () => {
    await fresh();
    const mine = pass();
    const reads = gateway.reads(mine);
    const [me, snapshot] = await Promise.all([
      reads.trello.me(),
      reads.trello.workspace(SEED.workspaces.standard.id),
    ]);
    expect(operations(sandbox)).toEqual(["GET /batch"]);
    expect(mine.usage.requests).toBe(1);
    expect(me.id).toBe(SEED.admin.id);
    expect(snapshot.workspace.id).toBe(SEED.workspaces.standard.id);
    expect(snapshot.tier).toBe("standard");
    expect(snapshot.boards).toHaveLength(100);
    const onBoards = snapshot.boards.filter((board) =>
      board.memberships.some(({ idMember }) => idMember === SEED.leaver.id),
    );
    expect(onBoards).toHaveLength(SEED.leaverBoards.standard);
    expect(snapshot.memberships.find(({ idMember }) => idMember === SEED.leaver.id)?.member.fullName).toBe(
      sandbox.world.trello.members.get(SEED.leaver.id)?.fullName,
    );
  });

  it("asks for the owner once in the life of the gateway, and for the workspace once a pass", async () => {
    await fresh();
    const first = gateway.reads(pass()).trello;
    await first.workspace(SEED.workspaces.standard.id);
    await first.workspace(SEED.workspaces.standard.id);
    await first.me();
    expect(operations(sandbox)).toEqual(["GET /batch"]);
    expect(sandbox.requests[0]?.subrequests).toHaveLength(4);
    const second = gateway.reads(pass()).trello;
    await second.workspace(SEED.workspaces.standard.id);
    await second.me();
    expect(operations(sandbox)).toEqual(["GET /batch", "GET /batch"]);
    expect(sandbox.requests[1]?.subrequests).toHaveLength(3);
  });

  it("whose batch fails or is cancelled leaves the owner to the call that wants to know", async () => {
    await fresh();
    const abort = new AbortController();
    const first = gateway.reads({ ...pass(), signal: abort.signal }).trello;
    const snapshot = first.workspace(SEED.workspaces.standard.id);
    const owner = gateway.reads(pass()).trello.me();
    abort.abort();
    await expect(snapshot).rejects.toMatchObject({ details: { cancelled: true } });
    expect((await owner).id).toBe(SEED.admin.id);
    expect(operations(sandbox)).toEqual(["GET /members/{id}"]);
  });

  it("is found by its slug as by its id", async () => {
    await fresh();
    const { workspace } = await gateway.reads(pass()).trello.workspace(SEED.workspaces.premium.name);
    expect(workspace.id).toBe(SEED.workspaces.premium.id);
  });

  it("of every tier is told apart", async () => {
    await fresh();
    const { free, standard, premium, enterprise } = SEED.workspaces;
    const refs = [free.id, standard.id, premium.id, enterprise.id];
    const snapshots = await gateway.reads(pass()).trello.workspaceSnapshots(refs);
    expect(snapshots.map(({ workspace }) => workspace.id)).toEqual(refs);
    expect(snapshots.map(({ tier }) => tier)).toEqual(["free", "standard", "premium", "enterprise"]);
    expect(batchSizes()).toEqual([10, 3]);
  });

  it("that does not exist is NOT_FOUND, and does not stop another in the same batch", async () => {
    await fresh();
    const reads = gateway.reads(pass()).trello;
    const missing = "0".repeat(24);
    const both = reads.workspaceSnapshots([missing, SEED.workspaces.free.id]);
    await expect(both).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining(`the id or slug ${missing}`),
      next: expect.stringContaining("list_workspaces"),
      details: { status: 404, upstream: "trello" },
    });
    await expect(reads.workspace(SEED.workspaces.free.id)).resolves.toMatchObject({ tier: "free" });
    expect(operations(sandbox)).toEqual(["GET /batch"]);
  });

  it("is asked again after a failure, in the same pass", async () => {
    await fresh();
    const reads = gateway.reads(pass()).trello;
    faults.push({ operation: "GET /organizations/{id}", attempt: "every", kind: "wrong_body" });
    await expect(reads.workspace(SEED.workspaces.free.id)).rejects.toMatchObject({
      code: "UPSTREAM_CONTRACT",
    });
    faults.length = 0;
    await expect(reads.workspace(SEED.workspaces.free.id)).resolves.toMatchObject({ tier: "free" });
  });

  it("needs only what failed again where part of a batch was refused for a moment", async () => {
    await fresh();
    faults.push(
      { operation: "GET /organizations/{id}/boards", attempt: 1, kind: "429" },
      { operation: "GET /organizations/{id}/memberships", attempt: 1, kind: "503" },
    );
    const { boards } = await gateway.reads(pass()).trello.workspace(SEED.workspaces.standard.id);
    expect(boards).toHaveLength(100);
    expect(sandbox.requests.map(({ subrequests }) => subrequests.length)).toEqual([4, 2]);
  });
});

describe("other reads", () => {
  it("give the owner's workspaces", async () => {
    await fresh();
    const found = await gateway.reads(pass()).trello.workspaces();
    expect(found.map(({ id }) => id)).toContain(SEED.workspaces.standard.id);
  });

  it("give the token's scopes and expiry", async () => {
    await fresh();
    const token = await gateway.reads(pass()).trello.token();
    expect(token.idMember).toBe(SEED.admin.id);
    expect(Date.parse(token.dateExpires ?? "")).toBeGreaterThan(Date.now());
    expect(token.permissions.some(({ write }) => write)).toBe(true);
  });

  it("give boards with their people, five to a batch", async () => {
    await fresh();
    const ids = [...sandbox.world.trello.boards.values()]
      .filter(({ idOrganization }) => idOrganization === SEED.workspaces.standard.id)
      .slice(0, 6)
      .map(({ id }) => id);
    const boards = await gateway.reads(pass()).trello.boards(ids);
    expect(boards.map(({ board }) => board.id)).toEqual(ids);
    expect(boards[0]?.memberships[0]?.member.username).toEqual(expect.any(String));
    expect(batchSizes()).toEqual([10, 2]);
  });

  it("give a board by its short link", async () => {
    await fresh();
    const [board] = sandbox.world.trello.boards.values();
    const found = await gateway.reads(pass()).trello.board(board?.shortLink ?? "");
    expect(found.board.id).toBe(board?.id);
  });

  it("are signed by OAuth 1.0 where both secrets are set", async () => {
    const { TRELLO_API_BASE_URL: baseUrl = "" } = sandbox.env;
    await fresh({
      trello: {
        baseUrl,
        apiKey: SEED.app.key,
        apiToken: SEED.tokens.full,
        apiSecret: SEED.app.secret,
        tokenSecret: SEED.tokenSecret,
      },
    });
    const { trello } = gateway.reads(pass());
    const snapshot = await trello.workspace(SEED.workspaces.free.name);
    expect(snapshot.workspace.id).toBe(SEED.workspaces.free.id);
    await expect(trello.searchMembers("a+b & c, d")).resolves.toEqual([]);
  });

  it("find people by name", async () => {
    await fresh();
    const leaver = sandbox.world.trello.members.get(SEED.leaver.id);
    const found = await gateway.reads(pass()).trello.searchMembers(leaver?.fullName ?? "");
    expect(found.map(({ id }) => id)).toContain(SEED.leaver.id);
  });

  it("find a SCIM user by userName, and by id", async () => {
    await fresh();
    const scim = requireScim(gateway.reads(pass()));
    const page = await scim.users({ filter: { attribute: "userName", value: SEED.leaver.email } });
    expect(page.totalResults).toBe(1);
    const [user] = page.Resources;
    expect((await scim.user(user?.id ?? "")).userName).toBe(SEED.leaver.email);
    await expect(scim.user("nobody")).rejects.toMatchObject({
      code: "NOT_FOUND",
      details: { upstream: "scim" },
    });
  });

  it("find an Atlassian account by email with what it reaches, in one request", async () => {
    await fresh();
    const { organization } = gateway.reads(pass());
    const account = await organization?.accountByEmail(SEED.leaver.email.toUpperCase());
    expect(account).toMatchObject({ email: SEED.leaver.email, status: "active", managed: true });
    expect(account?.products.map(({ product }) => product)).toEqual(
      expect.arrayContaining(["Jira", "Confluence"]),
    );
    expect(sandbox.requests).toHaveLength(1);
    await expect(organization?.accountByEmail("nobody@nowhere.example")).resolves.toBeNull();
  });

  it("find an enterprise member with the email that Trello shows nowhere else", async () => {
    await fresh();
    const page = await gateway.reads(pass()).enterprise?.members({ search: SEED.leaver.email });
    expect(page?.rows.map(({ member }) => [member.id, member.email])).toEqual([
      [SEED.leaver.id, SEED.leaver.email],
    ]);
    expect(page?.cursor).toBeNull();
  });
});
