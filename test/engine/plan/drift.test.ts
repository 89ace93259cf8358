import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Plan } from "../../../src/domain/plan.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { failure } from "../../support/failure.ts";
import {
  boardsWith,
  confirm,
  hastyClock,
  inWorkspace,
  type Stack,
  startStack,
  writesIn,
} from "../../support/stack.ts";

const { standard, enterprise } = SEED.workspaces;
const OFFBOARD = { workspace: standard.id, member: SEED.leaver.id };

let stack: Stack;
beforeEach(async () => {
  stack = await startStack();
});
afterEach(() => stack.close());

const world = () => stack.sandbox.world.trello;
const row = (index: number) => {
  const board = boardsWith(stack.sandbox, SEED.leaver.id, standard.id)[index];
  return { board, membership: board?.memberships.find(({ idMember }) => idMember === SEED.leaver.id) };
};

async function expectStale(plan: Plan, effects: number | null): Promise<void> {
  const error = await failure(stack.engine.apply(plan.id, stack.caller));
  expect(error).toMatchObject({ code: "PLAN_STALE", applied: "no", retry: "replan" });
  const fresh = error.details["plan"] as Plan | undefined;
  expect(fresh?.effects.length ?? null).toBe(effects);
  expect(fresh?.digest).not.toBe(plan.digest);
  expect(writesIn(stack.sandbox)).toEqual([]);
  // The decision is worth nothing any more, even if everything were put back.
  expect((await stack.store.plans.get(plan.id))?.state).toBe("void");
  expect(await failure(stack.engine.apply(plan.id, stack.caller))).toMatchObject({ code: "PLAN_STALE" });
  expect(await stack.store.runs.list({ limit: 1 })).toEqual([]);
  const events = (await stack.store.audit.read({ limit: 100 })).map(({ event }) => event);
  expect(events).toEqual(["plan.held", "plan.decided", "plan.stale"]);
}

describe("between the decision and its application", () => {
  test("the person was put on one more board: the plan is stale, and the new one has it", async () => {
    const plan = await confirm(stack, "remove_from_workspace", OFFBOARD);
    const other = [...world().boards.values()].find(
      (board) =>
        board.idOrganization === standard.id &&
        !board.memberships.some(({ idMember }) => idMember === SEED.leaver.id),
    );
    other?.memberships.push({
      id: "f".repeat(24),
      idMember: SEED.leaver.id,
      memberType: "normal",
      unconfirmed: false,
      deactivated: false,
    });
    await expectStale(plan, 32);
  });

  test("the person left a board", async () => {
    const plan = await confirm(stack, "remove_from_workspace", OFFBOARD);
    const { board } = row(4);
    if (board) board.memberships = board.memberships.filter(({ idMember }) => idMember !== SEED.leaver.id);
    await expectStale(plan, 30);
  });

  test("the person's role on a board changed", async () => {
    const plan = await confirm(stack, "remove_from_workspace", OFFBOARD);
    const { membership } = row(0);
    expect(membership?.memberType).toBe("normal");
    if (membership) membership.memberType = "admin";
    await expectStale(plan, 31);
  });

  test("the person's role in the workspace changed", async () => {
    const plan = await confirm(stack, "remove_from_workspace", OFFBOARD);
    const membership = inWorkspace(stack.sandbox, standard.id, SEED.leaver.id);
    if (membership) membership.memberType = "admin";
    await expectStale(plan, 31);
  });

  test("the plan tier changed, and with it the way to remove", async () => {
    const plan = await confirm(stack, "remove_from_workspace", { ...OFFBOARD, workspace: enterprise.id });
    const workspace = world().workspaces.get(enterprise.id);
    if (workspace) Object.assign(workspace, { tier: "standard", idEnterprise: null });
    await expectStale(plan, 7);
  });

  test("a board joined those that one request would take along", async () => {
    const plan = await confirm(stack, "remove_from_workspace", { ...OFFBOARD, workspace: enterprise.id });
    const [, last] = [...world().boards.values()].filter(
      (board) =>
        board.idOrganization === enterprise.id &&
        !board.memberships.some(({ idMember }) => idMember === SEED.leaver.id),
    );
    last?.memberships.push({
      id: "f".repeat(24),
      idMember: SEED.leaver.id,
      memberType: "normal",
      unconfirmed: false,
      deactivated: false,
    });
    await expectStale(plan, 1);
  });

  test("somebody else removed the person altogether: stale too, though there is nothing to plan any more", async () => {
    const plan = await confirm(stack, "remove_from_workspace", OFFBOARD);
    for (const board of world().boards.values()) {
      board.memberships = board.memberships.filter(({ idMember }) => idMember !== SEED.leaver.id);
    }
    const workspace = world().workspaces.get(standard.id);
    if (workspace)
      workspace.memberships = workspace.memberships.filter(({ idMember }) => idMember !== SEED.leaver.id);
    await expectStale(plan, null);
  });

  test("the account was deactivated by somebody else", async () => {
    const plan = await confirm(stack, "scim_deactivate_user", {
      user: SEED.leaver.email,
      how: "deactivate",
    });
    const user = stack.sandbox.world.atlassian.directory.users.get(SEED.leaver.idScim ?? "");
    if (user) user.active = false;
    await expectStale(plan, 0);
  });

  test.each([
    ["another name", { displayName: "The Boss" }],
    ["another email", { emails: [{ value: "boss@example.com", type: "work", primary: true }] }],
  ])("the directory gave the account %s", async (_what, change) => {
    const plan = await confirm(stack, "scim_deactivate_user", { user: SEED.leaver.idScim ?? "" });
    const user = stack.sandbox.world.atlassian.directory.users.get(SEED.leaver.idScim ?? "");
    if (!user) throw new Error("the seed has no such User");
    Object.assign(user, change);
    const error = await failure(stack.engine.apply(plan.id, stack.caller));
    expect(error).toMatchObject({ code: "PLAN_STALE", applied: "no", retry: "replan" });
    expect(writesIn(stack.sandbox)).toEqual([]);
    expect((await stack.store.plans.get(plan.id))?.state).toBe("void");
  });

  test("a guard came to refuse it: it says which, and the decision is void", async () => {
    const plan = await confirm(stack, "remove_from_workspace", OFFBOARD);
    const { board, membership } = row(4);
    for (const other of board?.memberships ?? []) other.memberType = "normal";
    if (membership) membership.memberType = "admin";
    const error = await failure(stack.engine.apply(plan.id, stack.caller));
    expect(error).toMatchObject({ code: "POLICY_DENIED", details: { guard: "last_admin" } });
    expect((await stack.store.plans.get(plan.id))?.state).toBe("void");
    expect(writesIn(stack.sandbox)).toEqual([]);
  });

  test("the upstream does not answer just now: nothing is known to have drifted, so the decision stands", async () => {
    await stack.close();
    const faults: { operation: string; attempt: "every"; kind: "503" }[] = [];
    stack = await startStack({ sandbox: { faults }, clock: hastyClock });
    const plan = await confirm(stack, "remove_from_workspace", OFFBOARD);
    faults.push({ operation: "GET /batch", attempt: "every", kind: "503" });
    expect(await failure(stack.engine.apply(plan.id, stack.caller))).toMatchObject({
      code: "UPSTREAM_UNAVAILABLE",
    });
    expect((await stack.store.plans.get(plan.id))?.state).toBe("accepted");
    faults.length = 0;
    expect(await stack.engine.apply(plan.id, stack.caller)).toMatchObject({ state: "applied" });
  });
});

describe("what does not concern the plan", () => {
  test("leaves the decision standing: other people, other boards, names of boards and of the workspace", async () => {
    const plan = await confirm(stack, "remove_from_workspace", OFFBOARD);
    const { board } = row(0);
    if (board) board.name = "Renamed meanwhile";
    const workspace = world().workspaces.get(standard.id);
    if (workspace) Object.assign(workspace, { name: "renamedslug", displayName: "Renamed Operations" });
    const deputy = inWorkspace(stack.sandbox, standard.id, SEED.successor.id);
    if (deputy) deputy.memberType = "admin";
    for (const other of boardsWith(stack.sandbox, SEED.hostile.id, standard.id)) {
      other.memberships = other.memberships.filter(({ idMember }) => idMember !== SEED.hostile.id);
    }
    const leaver = world().members.get(SEED.leaver.id);
    if (leaver) Object.assign(leaver, { fullName: "Jonas L.", username: "jonasl" });
    const run = await stack.engine.apply(plan.id, stack.caller);
    expect(run).toMatchObject({ state: "applied", evidence: { result: "PASS" } });
  });
});
