import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Plan } from "../../../src/domain/plan.ts";
import {
  boardsWith,
  confirmAndApply,
  inWorkspace,
  type Stack,
  startStack,
  writesIn,
} from "../../support/stack.ts";
import {
  atVendor,
  company,
  emailOf,
  linkAll,
  memberId,
  numbers,
  PLACE,
  rosterRows,
  TEAM_BOARDS,
} from "./company.ts";

const PEOPLE = 501;
const ROWS = rosterRows(PEOPLE);
const HALF = ROWS.slice(0, 251);

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    sandbox: { world: company(PEOPLE), rateLimits: false },
    without: ["scim", "organization", "enterprise"],
    vendors: true,
    rules: {
      teamBoards: TEAM_BOARDS,
      limits: { peoplePerDay: 25, destructiveEffectsPerDay: 2000, percentOfWorkspace: 20 },
    },
  });
  await linkAll(stack.store, PEOPLE);
});
afterAll(() => stack.close());

const asTable = (rows: typeof ROWS) => ({
  csv: ["email,name,team", ...rows.map(({ email, name, team }) => `${email},${name},${team ?? ""}`)].join(
    "\n",
  ),
});
/** The same people at a vendor. Okta shows them on three pages. */
function asOkta(rows: typeof ROWS) {
  const { people } = stack.sandbox.world.vendors;
  people.splice(0, people.length, ...atVendor(rows));
  return { roster: "okta" };
}
const WAYS = [
  ["given roster", asTable],
  ["okta", asOkta],
] as const;
const propose = (args: ReturnType<typeof asTable> | ReturnType<typeof asOkta>) =>
  stack.engine.propose("plan_roster_changes", args, stack.caller);

describe.each(WAYS)("a roster of 500: %s", (name, given) => {
  it("cut in half makes no plan, and says why", async () => {
    await expect(propose(given(HALF))).rejects.toMatchObject({
      code: "POLICY_DENIED",
      message: expect.stringMatching(/251 of 50\d known people would leave at once.*No plan is made/s),
    });
    expect(writesIn(stack.sandbox).filter(({ upstream }) => upstream !== "vendors")).toEqual([]);
  });

  it("with 5 joiners, 4 movers and 6 leavers becomes one plan of exactly those", async () => {
    const plan = await propose(given(ROWS));
    expect(plan.summary).toBe(`${name}: 5 joiners, 4 movers, 6 leavers`);
    expect(plan.impact.notes.filter((note) => /^(Joins|Moves|Leaves)/.test(note))).toHaveLength(15);
    expect(changesOf(plan)).toEqual([
      ...numbers(5, 600).flatMap((n) => [
        `invite_workspace_member ${emailOf(n)}`,
        `invite_board_member ${emailOf(n)}`,
      ]),
      ...numbers(4).map((n) => `set_board_member ${memberId(n)}`),
      ...numbers(4).map((n) => `remove_board_member ${memberId(n)}`),
      ...numbers(6, 495).map((n) => `remove_workspace_member_everywhere ${memberId(n)}`),
    ]);
  });
});

const changesOf = ({ effects }: Plan): readonly string[] =>
  effects.map(({ op, target }) => `${op} ${target["idMember"] ?? target["email"]}`);

it("cut in half after it was read whole makes none either, because it shrank", async () => {
  await expect(propose(asOkta(HALF))).rejects.toMatchObject({
    code: "POLICY_DENIED",
    message: expect.stringMatching(/okta has 251 people and had 501 when a plan was last made of it/),
  });
});

it("is applied to exactly those, and then changes nothing more", async () => {
  const { evidence } = await confirmAndApply(stack, "plan_roster_changes", asOkta(ROWS));
  expect(evidence?.result).not.toBe("FAIL");
  const { world } = stack.sandbox;
  const invited = [...world.trello.members.values()].filter(
    ({ memberType, email }) => memberType === "ghost" && email.endsWith("@corp.example"),
  );
  expect(invited.map(({ email }) => email)).toEqual(numbers(5, 600).map(emailOf));
  for (const ghost of invited)
    expect(boardsWith(stack.sandbox, ghost.id).map(({ name }) => name)).toEqual(["Operations board"]);
  for (const n of numbers(4))
    expect(boardsWith(stack.sandbox, memberId(n)).map(({ name }) => name)).toEqual(["Engineering board"]);
  const there = numbers(PEOPLE).filter((n) => inWorkspace(stack.sandbox, PLACE, memberId(n)) !== undefined);
  expect(there).toEqual(numbers(495));
  for (const [name, given] of WAYS) {
    const plan = await propose(given(ROWS));
    expect([plan.effects.length, plan.summary]).toEqual([0, `${name}: 0 joiners, 0 movers, 0 leavers`]);
  }
});
