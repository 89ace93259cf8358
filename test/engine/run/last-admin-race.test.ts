import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import type { Gateway } from "../../../src/gateway/gateway.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import type { Store } from "../../../src/store/store.ts";
import { failure } from "../../support/failure.ts";
import { confirm, hastyClock, type Stack, startStack, writesIn } from "../../support/stack.ts";
import { gatewayTo } from "../../support/wiring.ts";

const { leaver, successor, workspaces } = SEED;
const workspace = workspaces.standard.id;

let stack: Stack;
/** The same store, with the token of the successor. */
let theirs: Gateway;
let board: string;
beforeEach(async () => {
  stack = await startStack({ clock: hastyClock });
  theirs = gatewayTo(stack.sandbox.env, stack.store, { token: SEED.tokens.normalMember });
  const { trello } = stack.sandbox.world;
  const rows = trello.workspaces.get(workspace)?.memberships ?? [];
  const admins: readonly string[] = [SEED.admin.id, successor.id];
  for (const row of rows) row.memberType = admins.includes(row.idMember) ? "admin" : "normal";
  const found = [...trello.boards.values()].find(
    ({ idOrganization, memberships, closed }) =>
      idOrganization === workspace && !closed && memberships.some(({ idMember }) => idMember === leaver.id),
  );
  board = found?.id ?? "";
  const [row] = found?.memberships ?? [];
  if (!found || !row) throw new Error("the world has no such board");
  found.memberships = [leaver, successor].map(({ id }) => ({
    ...row,
    id: `row-${id}`,
    idMember: id,
    memberType: "admin",
    unconfirmed: false,
    deactivated: false,
  }));
});
afterEach(async () => {
  await theirs.close();
  await stack.close();
});

function adminsOf(place: "board" | "workspace"): readonly string[] {
  const { trello } = stack.sandbox.world;
  const rows = place === "board" ? trello.boards.get(board) : trello.workspaces.get(workspace);
  return (rows?.memberships ?? []).flatMap((row) => (row.memberType === "admin" ? [row.idMember] : []));
}

type Call = readonly [tool: string, args: (member: string) => Readonly<Record<string, string | string[]>>];
const CALLS: Readonly<Record<string, Call>> = {
  "lowers the role on a board": [
    "set_board_role",
    (member) => ({ workspace, board, member, role: "normal" }),
  ],
  "takes out of the workspace": ["remove_from_workspace", (member) => ({ workspace, member })],
  "takes off the board": ["remove_from_boards", (member) => ({ workspace, boards: [board], member })],
  "offboards from all boards": [
    "offboard_member",
    (member) => ({ workspaces: [workspace], member, rung: "boards" }),
  ],
};

/** A store whose runs begin only after `first` has happened: then the world was read before it, and is written after it. */
function startingAfter(first: () => Promise<unknown>): Store {
  const { plans } = stack.store;
  return {
    ...stack.store,
    plans: {
      ...plans,
      async startRun(...given) {
        await first();
        return plans.startRun(...given);
      },
    },
  };
}

/** Two calls that each take one of two admins: two engines, as in two processes. */
async function pair(one: Call, other: Call) {
  const [oneTool, oneArgs] = one;
  const [otherTool, otherArgs] = other;
  const first = await confirm(stack, oneTool, oneArgs(leaver.id));
  const second = await confirm(stack, otherTool, otherArgs(successor.id));
  return { first: first.id, second: second.id };
}

const PAIRS = Object.entries(CALLS).flatMap(([name, call]) =>
  Object.entries(CALLS)
    .filter(([other]) => other >= name)
    .map(([other, second]) => [name, other, call, second] as const),
);

test.each(PAIRS)("one call %s, another %s: the later to begin is refused", async (_n, _o, one, other) => {
  const { first, second } = await pair(one, other);
  const late = stack.another({
    store: startingAfter(() => stack.engine.apply(first, stack.caller)),
    clock: hastyClock,
  });
  const refused = await failure(late.apply(second, stack.caller));
  expect(refused).toMatchObject({ code: "POLICY_DENIED", applied: "no", details: { guard: "last_admin" } });
  expect(adminsOf("board")).toEqual([successor.id]);
  expect((await stack.store.runs.list({ limit: 5 })).length).toBe(1);
});

test("a run that has begun and sent nothing yet counts", async () => {
  const call = CALLS["takes off the board"];
  if (!call) throw new Error("no such call");
  const { first, second } = await pair(call, call);
  let go = (): void => {};
  const paused = new Promise<void>((resolve) => (go = resolve));
  let begun = (): void => {};
  const hasBegun = new Promise<void>((resolve) => (begun = resolve));
  const { runs } = stack.store;
  const slow: Store = {
    ...stack.store,
    runs: {
      ...runs,
      async append(...given) {
        begun();
        await paused;
        return runs.append(...given);
      },
    },
  };
  const applying = stack.another({ store: slow, clock: hastyClock }).apply(first, stack.caller);
  await hasBegun;
  const refused = await failure(stack.engine.apply(second, stack.caller));
  expect(refused).toMatchObject({ code: "POLICY_DENIED", details: { guard: "last_admin" } });
  expect(writesIn(stack.sandbox)).toEqual([]);
  go();
  expect(await applying).toMatchObject({ state: "applied" });
  expect(adminsOf("board")).toEqual([successor.id]);
});

test.each(["set_workspace_role", "remove_from_workspace"])(
  "two admins who take each other's workspace by %s leave one",
  async (tool) => {
    const role = tool === "set_workspace_role" ? { role: "normal" } : {};
    const other = stack.another({ gateway: theirs, clock: hastyClock });
    // The one board of which they are admins stays out of it.
    const { trello } = stack.sandbox.world;
    for (const { memberships, idOrganization } of trello.boards.values())
      if (idOrganization === workspace)
        for (const row of memberships) row.memberType = row.idMember === leaver.id ? "admin" : "normal";
    const mine = await confirm(stack, tool, { workspace, member: successor.id, ...role });
    const hers = await confirm({ engine: other, caller: stack.caller }, tool, {
      workspace,
      member: SEED.admin.id,
      ...role,
    });
    const late = stack.another({
      gateway: theirs,
      store: startingAfter(() => stack.engine.apply(mine.id, stack.caller)),
      clock: hastyClock,
    });
    expect(await failure(late.apply(hers.id, stack.caller))).toMatchObject({
      code: "POLICY_DENIED",
      details: { guard: "last_admin" },
    });
    expect(adminsOf("workspace")).toEqual([SEED.admin.id]);
  },
);

test("both at once: one is made, and one admin stays", async () => {
  const call = CALLS["lowers the role on a board"];
  if (!call) throw new Error("no such call");
  const { first, second } = await pair(call, call);
  const other: Engine = stack.another({ clock: hastyClock });
  const ended = await Promise.allSettled([
    stack.engine.apply(first, stack.caller),
    other.apply(second, stack.caller),
  ]);
  expect(ended.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(adminsOf("board")).toHaveLength(1);
});

test("an admin who was taken and brought back meanwhile counts again", async () => {
  const roleOf = (member: string, role: string) =>
    confirm(stack, "set_board_role", { workspace, board, member, role });
  const down = await roleOf(leaver.id, "normal");
  const last = await roleOf(successor.id, "normal");
  await stack.engine.apply(down.id, stack.caller);
  const up = await roleOf(leaver.id, "admin");
  await stack.engine.apply(up.id, stack.caller);
  expect(await stack.engine.apply(last.id, stack.caller)).toMatchObject({ state: "applied" });
  expect(adminsOf("board")).toEqual([leaver.id]);
});
