import { afterEach, beforeEach, expect, test } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { OPEN_RULES, type Stack, startStack } from "../../support/stack.ts";

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
});
afterEach(() => stack.close());

test.each([
  ["scim_deactivate_user", "account", "four_eyes"],
  ["set_enterprise_member_deactivated", "account", "four_eyes"],
  ["set_enterprise_member_deactivated", "enterprise", "four_eyes"],
  ["scim_deactivate_user", "workspaces", "client"],
  ["scim_reactivate_user", "account", "approval"],
] as const)("a policy on %s binds offboarding up to %s: %s", async (tool, rung, requires) => {
  const engine = stack.another({
    rules: { ...OPEN_RULES, confirmation: { default: null, tools: new Map([[tool, "four_eyes"]]) } },
  });
  const plan = await engine.propose("offboard_member", { member: SEED.leaver.id, rung }, stack.caller);
  expect(plan.requires).toBe(requires);
});

test("of several accounts each person has one note", async () => {
  const members = [SEED.leaver.email, SEED.scimOnly.email];
  const plan = await stack.engine.propose("offboard_member", { members, rung: "account" }, stack.caller);
  const about = (email: string) => plan.impact.notes.filter((note) => note.includes(email));
  expect(about(SEED.leaver.email)).toHaveLength(1);
  expect(about(SEED.leaver.email)[0]).toMatch(/Loses .*; Loses /);
  expect(about(SEED.scimOnly.email).length).toBeLessThanOrEqual(1);
});
