import { afterEach, expect, test } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { confirmAndApply, type Stack, startStack } from "../../support/stack.ts";

let stack: Stack;
afterEach(() => stack.close());

test("somebody who has an account of their own is invited, and the evidence says that Trello hides whose email it is", async () => {
  // Nothing configured shows emails, and the search does not find by them.
  stack = await startStack({ without: ["enterprise", "scim", "organization"] });
  const { world } = stack.sandbox;
  const { id, email } = SEED.guest;
  const workspace = world.trello.workspaces.get(SEED.workspaces.premium.id);
  const isInside = () => workspace?.memberships.some(({ idMember }) => idMember === id);
  expect(isInside()).toBe(false);

  const run = await confirmAndApply(stack, "invite_member", {
    workspace: SEED.workspaces.premium.id,
    member: email,
  });

  expect(isInside()).toBe(true);
  expect(run.state).toBe("applied");
  expect(run.evidence).toMatchObject({ result: "PASS", unfinished: [] });
  expect(run.evidence?.blindSpots).toEqual([
    `Invite ${email} to workspace Brightpath Design as normal: accepted by Trello, which does not show who owns the email.`,
  ]);
  // Nothing proved it, so nothing was learnt.
  expect(await stack.store.links.byEmail(email)).toEqual([]);
});
