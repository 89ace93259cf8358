import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Sandbox, SEED } from "../../../src/sandbox/index.ts";
import { failure } from "../../support/failure.ts";
import { confirm, type Stack, startStack, writesIn } from "../../support/stack.ts";

// What a person read of losses and costs is part of what was decided: if it changes, the person is asked anew.

const { leaver, guest, boards, workspaces } = SEED;

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
});
afterEach(() => stack.close());

const account = ({ world }: Sandbox) => {
  const found = [...world.atlassian.accounts.values()].find(({ email }) => email === leaver.email);
  if (!found) throw new Error("the leaver has no account");
  return found;
};

/** Somebody who is in no workspace of the boards that are guests'. */
const stranger = SEED.alexOfDesign.id;

const DRIFTS: readonly (readonly [
  name: string,
  tool: string,
  args: Record<string, string | readonly string[]>,
  drift: (sandbox: Sandbox) => void,
])[] = [
  ...(
    [
      ["scim_deactivate_user", { user: leaver.email, how: "suspend" }],
      ["scim_deactivate_user", { user: leaver.email }],
      ["scim_deactivate_user", { user: leaver.email, how: "disable" }],
      ["offboard_member", { member: leaver.id, rung: "account" }],
    ] as const
  ).flatMap(([tool, args]) => [
    [
      `${JSON.stringify(args)}: a product more is lost`,
      tool,
      args,
      (sandbox: Sandbox) => {
        account(sandbox).products.push({ key: "opsgenie", name: "Opsgenie", lastActive: null });
      },
    ] as const,
    [
      `${JSON.stringify(args)}: a group more is lost`,
      tool,
      args,
      (sandbox: Sandbox) => {
        account(sandbox).groups.push("Board of directors");
      },
    ] as const,
  ]),
  [
    "a guest becomes billable",
    "add_to_boards",
    { workspace: workspaces.standard.id, members: [guest.id], boards: [boards.secondGuests.id] },
    ({ world }) => {
      // Somebody of another workspace comes as a guest meanwhile, and onto a second board.
      for (const id of [boards.guests.id, boards.secondGuests.id]) {
        world.trello.boards.get(id)?.memberships.push({
          id: `65b${id.slice(3)}`,
          idMember: stranger,
          memberType: "normal",
          unconfirmed: false,
          deactivated: false,
        });
      }
    },
  ],
];

describe("a plan whose costs changed after the decision", () => {
  test.each(DRIFTS)("%s", async (_name, tool, args, drift) => {
    const plan = await confirm(stack, tool, args);
    drift(stack.sandbox);
    const error = await failure(stack.engine.apply(plan.id, stack.caller));
    expect(error).toMatchObject({ code: "PLAN_STALE", retry: "replan" });
    expect(writesIn(stack.sandbox)).toEqual([]);
    // The new plan says what is lost now.
    const fresh = await stack.engine.propose(tool, args, stack.caller);
    expect(fresh.digest).not.toBe(plan.digest);
    expect(fresh.impact.notes).not.toEqual(plan.impact.notes);
  });
});

test("a plan whose costs are as they were read is applied", async () => {
  const plan = await confirm(stack, "scim_deactivate_user", { user: leaver.email });
  const run = await stack.engine.apply(plan.id, stack.caller);
  expect(run).toMatchObject({ state: "applied", evidence: { result: "PASS" } });
});
