import { afterEach, beforeEach, expect, test } from "vitest";
import type { Plan } from "../../../src/domain/plan.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { catalog } from "../../../src/tools/catalog.ts";
import { failure } from "../../support/failure.ts";
import { leaveHalfway } from "../halfway.ts";
import {
  boardsWith,
  confirmAndApply,
  inWorkspace,
  type Stack,
  startStack,
  writesIn,
} from "../../support/stack.ts";

const { standard } = SEED.workspaces;

let stack: Stack;
let plan: Plan;
let runId: string;

// A run that a person cancelled after a third of it.
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
  ({ plan, runId } = await leaveHalfway(stack, { cancelled: () => true }));
});
afterEach(() => stack.close());

test("a cancelled run goes on when it is asked for, and does what was left", async () => {
  const run = await stack.engine.apply(plan.id, stack.caller);
  expect(run).toMatchObject({ id: runId, state: "applied", evidence: { result: "PASS" } });
  expect(writesIn(stack.sandbox)).toHaveLength(31);
  expect(inWorkspace(stack.sandbox, standard.id, SEED.leaver.id)).toBeUndefined();
});

test("what was restored meanwhile is not done again by the old decision", async () => {
  const restored = await confirmAndApply(stack, "restore_member", { runId });
  expect(restored).toMatchObject({ state: "applied", evidence: { result: "PASS" } });
  expect(boardsWith(stack.sandbox, SEED.leaver.id, standard.id)).toHaveLength(30);
  const { length } = writesIn(stack.sandbox);

  expect(await failure(stack.engine.apply(plan.id, stack.caller))).toMatchObject({
    code: "PLAN_STALE",
    retry: "replan",
    details: { runId },
  });
  expect(writesIn(stack.sandbox)).toHaveLength(length);
  expect(await stack.store.runs.get(runId)).toMatchObject({ state: "cancelled", evidence: null });
});

test("what has another state now than the one that was decided on is not done", async () => {
  const [board] = boardsWith(stack.sandbox, SEED.leaver.id, standard.id);
  for (const row of board?.memberships ?? []) row.memberType = "admin";
  const { length } = writesIn(stack.sandbox);
  expect(await failure(stack.engine.apply(plan.id, stack.caller))).toMatchObject({ code: "PLAN_STALE" });
  expect(writesIn(stack.sandbox)).toHaveLength(length);
});

test("a guard that refuses now refuses the rest", async () => {
  const rules = {
    ...stack.deps.rules,
    protected: { ...stack.deps.rules.protected, members: [SEED.leaver.id] },
  };
  const { length } = writesIn(stack.sandbox);
  expect(await failure(stack.another({ rules }).apply(plan.id, stack.caller))).toMatchObject({
    code: "POLICY_DENIED",
    details: { guard: "protected" },
  });
  expect(writesIn(stack.sandbox)).toHaveLength(length);
});

test("what somebody else did meanwhile is no reason to stop", async () => {
  // The last ones: the cancelled run had asked for some of the first.
  for (const board of boardsWith(stack.sandbox, SEED.leaver.id, standard.id).slice(-5))
    board.memberships = board.memberships.filter(({ idMember }) => idMember !== SEED.leaver.id);
  const run = await stack.engine.apply(plan.id, stack.caller);
  expect(run).toMatchObject({ state: "applied", evidence: { result: "PASS" } });
  expect(run.effects.filter(({ state }) => state === "already")).toHaveLength(5);
});

test("a cancelled run shows what is left of it, and how to go on or back", async () => {
  const context = stack.engine.context(stack.caller);
  const tool = catalog.find(({ name }) => name === "get_run");
  if (tool?.effect !== "read") throw new Error("get_run reads");
  const shown = await tool.read({ runId, format: "json" }, context as never);
  const next = `Call apply_plan with planId ${plan.id} to do what is left, or restore_member with runId ${runId} to undo what was done.`;
  expect(shown).toMatchObject({ state: "cancelled", next });
  const text = tool.text(shown);
  expect(text).toContain(next);
  const named = /^Left:\n((?:- .+\n)+)/m.exec(text)?.[1]?.trimEnd().split("\n") ?? [];
  expect(named.filter((line) => /^- Remove .+ from /.test(line))).toHaveLength(10);
  expect(named).toHaveLength(10);
  expect(text).toMatch(/^Left: \d+ more$/m);
});
