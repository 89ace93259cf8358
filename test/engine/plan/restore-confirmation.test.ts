import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ConfirmationLevel } from "../../../src/domain/confirmation.ts";
import type { Run } from "../../../src/domain/run.ts";
import type { Rules } from "../../../src/policy/rules.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { failure } from "../../support/failure.ts";
import { confirmAndApply, OPEN_RULES, type Stack, startStack, writesIn } from "../../support/stack.ts";
import { expectRefusedBy } from "../refused.ts";

const { leaver } = SEED;
const OFFBOARD = { member: leaver.id, rung: "account", workspaces: [SEED.workspaces.enterprise.id] };
const NEW = { email: "new.colleague@example.com", givenName: "New", familyName: "Colleague" };

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
});
afterEach(() => stack.close());

const under = (tools: Record<string, ConfirmationLevel>, rules: Partial<Rules> = {}) =>
  stack.another({
    rules: {
      ...OPEN_RULES,
      ...rules,
      confirmation: { default: null, tools: new Map(Object.entries(tools)) },
    },
  });
const undoing = (run: Run, engine = stack.engine) =>
  engine.propose("restore_member", { runId: run.id }, stack.caller);
const userNamed = (name: string) =>
  [...stack.sandbox.world.atlassian.directory.users.values()].find(({ userName }) => userName === name);

describe("undoing the creation of a User", () => {
  test("wants the userName typed, and tells that it is for good", async () => {
    const run = await confirmAndApply(stack, "scim_create_user", NEW);
    const plan = await undoing(run);
    expect(plan).toMatchObject({ typedName: NEW.email, requires: "approval", impact: { irreversible: 1 } });
    expect(plan.impact.notes).toContainEqual(expect.stringContaining("No product is in use"));
    await stack.engine.storePlan(plan);
    const yes = { accepted: true, level: "approval", by: "a person" } as const;
    const untyped = stack.engine.decide(plan.id, yes);
    expect(await failure(untyped)).toMatchObject({ code: "INPUT_INVALID" });
    expect(userNamed(NEW.email)).toBeDefined();
    await stack.engine.decide(plan.id, { ...yes, typed: NEW.email });
    expect(await stack.engine.apply(plan.id, stack.caller)).toMatchObject({ state: "applied" });
    expect(userNamed(NEW.email)).toBeUndefined();
  });

  test("needs what the policy asks for deleting one, and no less", async () => {
    const run = await confirmAndApply(stack, "scim_create_user", NEW);
    const strict = under({ scim_delete_user: "four_eyes" });
    const plan = await undoing(run, strict);
    expect(plan.requires).toBe("four_eyes");
    expect((await undoing(run, under({ scim_delete_group: "four_eyes" }))).requires).toBe("approval");
    const yes = { accepted: true, level: "approval", by: "a person", typed: NEW.email } as const;
    // Also where the policy became stricter after a decision.
    const loose = await undoing(run);
    await stack.engine.storePlan(loose);
    await stack.engine.decide(loose.id, yes);
    const writes = writesIn(stack.sandbox).length;
    expect(await failure(strict.apply(loose.id, stack.caller))).toMatchObject({ code: "PLAN_STALE" });
    expect(writesIn(stack.sandbox)).toHaveLength(writes);
  });

  test("is bound to what the User has become, and shows it", async () => {
    const run = await confirmAndApply(stack, "scim_create_user", NEW);
    const [first] = (await undoing(run)).effects;
    const user = userNamed(NEW.email);
    if (user) user.title = "Director";
    const plan = await undoing(run);
    expect(plan.effects[0]?.before).toMatchObject({ userName: NEW.email, title: "Director" });
    expect(plan.effects[0]?.before).not.toEqual(first?.before);
  });

  test("does not touch whom the policy protects", async () => {
    const run = await confirmAndApply(stack, "scim_create_user", NEW);
    const writes = writesIn(stack.sandbox).length;
    const guarded = under({}, { protected: { members: [NEW.email], groups: [] } });
    expect(await failure(undoing(run, guarded))).toMatchObject({
      code: "POLICY_DENIED",
      details: { guard: "protected" },
    });
    expect(writesIn(stack.sandbox)).toHaveLength(writes);
  });
});

test("undoing the creation of a Group wants its name typed, and shows who is in it now", async () => {
  const run = await confirmAndApply(stack, "scim_create_group", { displayName: "Project Aurora" });
  await confirmAndApply(stack, "scim_update_group", {
    group: "Project Aurora",
    add: [leaver.email, SEED.successor.email],
  });
  const plan = await undoing(run);
  expect(plan.typedName).toBe("Project Aurora");
  expect(plan.effects.map(({ description }) => description)).toEqual([
    "Delete SCIM group Project Aurora with 2 members for good",
  ]);
});

describe("undoing an undoing", () => {
  async function offboardedAndRestored(): Promise<Run> {
    const run = await confirmAndApply(stack, "offboard_member", OFFBOARD);
    return confirmAndApply(stack, "restore_member", { runId: run.id });
  }

  test("needs what the policy asks for offboarding", async () => {
    const restored = await offboardedAndRestored();
    expect((await undoing(restored)).requires).toBe("approval");
    const named = {
      offboard_member: "client",
      scim_deactivate_user: "client",
      set_enterprise_member_deactivated: "client",
    } as const;
    expect((await undoing(restored, under(named))).requires).toBe("client");
    expect((await undoing(restored, under({ offboard_member: "client" }))).requires).toBe("approval");
    expect((await undoing(restored, under({ scim_deactivate_user: "four_eyes" }))).requires).toBe(
      "four_eyes",
    );
  });

  test("shows what goes with the account, and asks for more where nobody can see it", async () => {
    const restored = await offboardedAndRestored();
    const notes = (await undoing(restored)).impact.notes.filter((note) => note.includes("Loses "));
    expect(notes.length).toBeGreaterThan(0);
    const blind = await startStack({ sandbox: { rateLimits: false }, without: ["organization"] });
    try {
      const user = [...blind.sandbox.world.atlassian.directory.users.values()].find(
        ({ userName }) => userName === leaver.email,
      );
      if (user) user.active = false;
      const run = await confirmAndApply(blind, "scim_reactivate_user", { user: leaver.email });
      const plan = await blind.engine.propose("restore_member", { runId: run.id }, blind.caller);
      expect(plan.requires).toBe("approval");
    } finally {
      await blind.close();
    }
  });

  test("does not take the account that this server works with", async () => {
    const [user] = [...stack.sandbox.world.atlassian.directory.users.values()].filter(
      ({ userName }) => userName === SEED.admin.email,
    );
    if (user) user.active = false;
    const run = await confirmAndApply(stack, "scim_reactivate_user", { user: SEED.admin.email });
    const writes = writesIn(stack.sandbox).length;
    const refused = await failure(undoing(run));
    expect(refused).toMatchObject({ code: "POLICY_DENIED", details: { guard: "own_account" } });
    expect(writesIn(stack.sandbox)).toHaveLength(writes);
  });

  test("gives back at what giving asks for", async () => {
    const run = await confirmAndApply(stack, "offboard_member", OFFBOARD);
    const requires = async (tools: Record<string, ConfirmationLevel>) =>
      (await undoing(run, under(tools))).requires;
    expect(await requires({ offboard_member: "four_eyes", scim_deactivate_user: "four_eyes" })).toBe(
      "client",
    );
    expect(await requires({ scim_reactivate_user: "approval" })).toBe("approval");
    expect(await requires({ add_to_boards: "approval" })).toBe("approval");
  });
});

test("a tool that makes the same effects needs what the policy says of the other", async () => {
  const args = { workspace: SEED.workspaces.standard.id, member: leaver.id };
  const requires = async (tool: string) =>
    (await under({ [tool]: "four_eyes" }).propose("remove_from_workspace", args, stack.caller)).requires;
  expect(await requires("offboard_member")).toBe("four_eyes");
  expect(await requires("set_board_role")).toBe("client");
  await expectRefusedBy(
    stack,
    under({}, { protected: { members: [leaver.id], groups: [] } }).propose(
      "remove_from_workspace",
      args,
      stack.caller,
    ),
    "protected",
  );
});
