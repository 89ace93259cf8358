import { afterEach, beforeEach, expect, test } from "vitest";
import { refusesAll } from "../../../src/effects/workspace-members.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import {
  boardsWith,
  confirm,
  confirmAndApply,
  type Stack,
  startStack,
  writesIn,
} from "../../support/stack.ts";

const { enterprise, premium } = SEED.workspaces;
const REMOVE = { workspace: enterprise.id, member: SEED.leaver.id };

let stack: Stack;
beforeEach(async () => {
  stack = await startStack();
});
afterEach(() => stack.close());

/** Applies a plan to remove everywhere while the workspace does not offer what its tier promises. */
async function refused() {
  const plan = await confirm(stack, "remove_from_workspace", REMOVE);
  expect(plan.effects.map(({ op }) => op)).toEqual(["remove_workspace_member_everywhere"]);
  const workspace = stack.sandbox.world.trello.workspaces.get(enterprise.id);
  const engine = stack.another({
    newId: (prefix) => {
      // After the plan was compared and before the first write.
      if (prefix === "run" && workspace) workspace.tier = "standard";
      return `${prefix}_refused`;
    },
  });
  const run = await engine.apply(plan.id, stack.caller);
  if (workspace) workspace.tier = "enterprise";
  return run;
}

test("a workspace that refuses to remove everywhere is remembered, and nothing was removed", async () => {
  const run = await refused();
  expect(run).toMatchObject({ state: "failed", evidence: { result: "FAIL" } });
  expect(run.effects[0]?.error).toMatchObject({ code: "UPSTREAM_FORBIDDEN" });
  expect(boardsWith(stack.sandbox, SEED.leaver.id, enterprise.id)).toHaveLength(6);
  expect(await stack.store.facts.get(refusesAll(enterprise.id))).toBe(true);
  expect(await stack.store.facts.get(refusesAll(premium.id))).toBeNull();
});

test("the next plan for it goes board by board, and comes to its end", async () => {
  await refused();
  stack.sandbox.resetRequests();
  const run = await confirmAndApply(stack, "remove_from_workspace", REMOVE);
  expect(run).toMatchObject({ state: "applied", evidence: { result: "PASS" } });
  expect(run.effects.map(({ effect }) => effect.op)).toEqual([
    ...Array.from({ length: 6 }, () => "remove_board_member"),
    "remove_workspace_member",
  ]);
  expect(writesIn(stack.sandbox)).toHaveLength(7);
});

test("a plan made before it was learnt is stale afterwards", async () => {
  const plan = await confirm(stack, "remove_from_workspace", REMOVE);
  await stack.store.facts.set(refusesAll(enterprise.id), true);
  await expect(stack.engine.apply(plan.id, stack.caller)).rejects.toMatchObject({ code: "PLAN_STALE" });
});
