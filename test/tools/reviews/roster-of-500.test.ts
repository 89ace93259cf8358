import { afterAll, beforeAll, expect, it } from "vitest";
import { SEED, type World } from "../../../src/sandbox/index.ts";
import { freshWorld } from "../../support/fresh-world.ts";
import {
  boardsWith,
  confirmAndApply,
  inWorkspace,
  type Stack,
  startStack,
  writesIn,
} from "../../support/stack.ts";

const PLACE = "65a9".padEnd(24, "0");
const PEOPLE = 501;
const id = (kind: string, n: number): string => `65a0${kind}${n.toString(16).padStart(18, "0")}`;
const email = (n: number): string => `p${n}@corp.example`;
const numbers = (length: number, from = 0) => Array.from({ length }, (_, n) => from + n);
/** 0 to 3 are on the board of Ops, everybody else on that of Eng. */
const onOps = (n: number): boolean => n < 4;

/** One workspace of 501 members and the token's owner, with a board for each of two teams. */
function company(): World {
  const world = freshWorld();
  const { trello } = world;
  for (const map of [trello.workspaces, trello.boards, trello.cards]) map.clear();
  const row = (n: number, idMember: string, memberType: "normal" | "admin" = "normal") => ({
    id: id("02", n),
    idMember,
    memberType,
    unconfirmed: false,
    deactivated: false,
  });
  const owner = row(9_999, SEED.admin.id, "admin");
  const members = numbers(PEOPLE).map((n) => row(n, id("01", n)));
  for (const n of numbers(PEOPLE))
    trello.members.set(id("01", n), {
      id: id("01", n),
      username: `corp${n}`,
      fullName: `Ola Nordmann ${n}`,
      initials: "P",
      bio: "",
      email: email(n),
      memberType: "normal",
      confirmed: true,
      aaId: null,
      dateLastActive: null,
    });
  trello.workspaces.set(PLACE, {
    id: PLACE,
    name: "place",
    displayName: "Place",
    tier: "premium",
    idEnterprise: null,
    memberships: [owner, ...members],
    dateCreated: "2024-01-15T09:00:00.000Z",
  });
  for (const [index, name] of ["Engineering board", "Operations board"].entries())
    trello.boards.set(id("03", index), {
      id: id("03", index),
      shortLink: `rost000${index}`,
      name,
      closed: false,
      idOrganization: PLACE,
      permissionLevel: "org",
      memberships: [owner, ...members.filter((_, n) => onOps(n) === (index === 1))],
    });
  return world;
}

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    sandbox: { world: company(), rateLimits: false },
    without: ["scim", "organization", "enterprise"],
    rules: {
      teamBoards: { Eng: ["Engineering board"], Ops: ["Operations board"] },
      limits: { peoplePerDay: 25, destructiveEffectsPerDay: 2000, percentOfWorkspace: 20 },
    },
  });
  const owned = [...numbers(PEOPLE).map((n) => [email(n), id("01", n)]), [SEED.admin.email, SEED.admin.id]];
  for (const [address = "", idMember = ""] of owned)
    await stack.store.links.put({
      email: address,
      idMember,
      accountId: null,
      scimId: null,
      source: "enterprise",
      seenAt: "2026-01-01T00:00:00.000Z",
    });
});
afterAll(() => stack.close());

/** 495 stay, all of them in Eng; 5 are new in Ops. So 4 moved, and the last 6 left. */
const ROWS = [
  `${SEED.admin.email},Priya Raman,`,
  ...numbers(495).map((n) => `${email(n)},Ola Nordmann ${n},Eng`),
  ...numbers(5, 600).map((n) => `${email(n)},Kari Nordmann ${n},Ops`),
];
const table = (rows: readonly string[]) => ["email,name,team", ...rows].join("\n");

it("cut in half makes no plan, and says why", async () => {
  const csv = table(ROWS.slice(0, 251));
  await expect(stack.engine.propose("plan_roster_changes", { csv }, stack.caller)).rejects.toMatchObject({
    code: "POLICY_DENIED",
    message: expect.stringMatching(/251 of 50\d known people would leave at once.*No plan is made/s),
  });
  expect(writesIn(stack.sandbox)).toEqual([]);
});

it("with 5 joiners, 4 movers and 6 leavers becomes one plan of exactly those", async () => {
  const { plan, evidence } = await confirmAndApply(stack, "plan_roster_changes", { csv: table(ROWS) });
  expect(plan.summary).toBe("given roster: 5 joiners, 4 movers, 6 leavers");
  expect(evidence?.result).not.toBe("FAIL");
  const { world } = stack.sandbox;
  const invited = [...world.trello.members.values()].filter(({ memberType }) => memberType === "ghost");
  expect(
    invited.filter((ghost) => ghost.email.endsWith("@corp.example")).map((ghost) => ghost.email),
  ).toEqual(numbers(5, 600).map(email));
  for (const ghost of invited.filter((each) => each.email.endsWith("@corp.example")))
    expect(boardsWith(stack.sandbox, ghost.id).map(({ name }) => name)).toEqual(["Operations board"]);
  for (const n of numbers(4))
    expect(boardsWith(stack.sandbox, id("01", n)).map(({ name }) => name)).toEqual(["Engineering board"]);
  const there = numbers(PEOPLE).filter((n) => inWorkspace(stack.sandbox, PLACE, id("01", n)) !== undefined);
  expect(there).toEqual(numbers(495));
  // 5 to the workspace and 5 to a board, 4 onto a board and 4 off one, 6 out.
  expect(plan.effects.length).toBe(24);
  expect(plan.impact.notes.filter((note) => /^(Joins|Moves|Leaves)/.test(note))).toHaveLength(15);
});

it("once applied makes an empty plan", async () => {
  const plan = await stack.engine.propose("plan_roster_changes", { csv: table(ROWS) }, stack.caller);
  expect([plan.effects.length, plan.summary]).toEqual([0, "given roster: 0 joiners, 0 movers, 0 leavers"]);
});
