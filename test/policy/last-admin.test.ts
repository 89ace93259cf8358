import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Effect } from "../../src/domain/effect.ts";
import type { WorkspaceSnapshot } from "../../src/domain/trello.ts";
import { removeBoardMember, setBoardMember } from "../../src/effects/board-members.ts";
import {
  removeWorkspaceMember,
  removeWorkspaceMemberEverywhere,
  setWorkspaceMember,
} from "../../src/effects/workspace-members.ts";
import {
  adminsLeftBy,
  lastBoardAdmin,
  lastWorkspaceAdmin,
  othersTakeAdmins,
} from "../../src/policy/last-admin.ts";
import type { GuardFacts } from "../../src/policy/rules.ts";
import { OPEN_RULES } from "../support/wiring.ts";

const WORKSPACE = "workspace";
const BOARD = "board";
const label = "somebody";

interface Seat {
  readonly idMember: string;
  readonly memberType: "admin" | "normal";
  readonly unconfirmed: boolean;
  readonly deactivated: boolean;
}

const idMember = fc.constantFrom("a", "b", "c", "d");
const seats: fc.Arbitrary<readonly Seat[]> = fc.uniqueArray(
  fc.record({
    idMember,
    memberType: fc.constantFrom("admin", "normal"),
    // Mostly people who can act.
    unconfirmed: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    deactivated: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  }),
  { selector: (seat) => seat.idMember, minLength: 1 },
);

function snapshotOf(members: readonly Seat[], onBoard: readonly Seat[]): WorkspaceSnapshot {
  const row = (seat: Seat) => ({ ...seat, id: `row-${seat.idMember}` });
  return {
    workspace: { id: WORKSPACE, name: "slug", displayName: "The workspace" },
    tier: "premium",
    memberships: members.map((seat) => ({
      ...row(seat),
      member: { id: seat.idMember, username: seat.idMember, fullName: seat.idMember },
    })),
    boards: [{ id: BOARD, name: "The board", closed: false, memberships: onBoard.map(row) }],
  };
}

const factsOf = (effects: readonly Effect[], snapshot: WorkspaceSnapshot): GuardFacts => ({
  rules: OPEN_RULES,
  effects,
  destructive: effects,
  taking: effects,
  subjects: [],
  population: {},
  self: new Set(["self"]),
  counting: [],
  recent: { principal: { effects: 0, people: new Set() }, workspaces: new Map() },
  workspaces: new Map([[WORKSPACE, snapshot]]),
});

const leaves = (id: string): Effect =>
  removeWorkspaceMember.make({
    target: { idOrganization: WORKSPACE, idMember: id },
    before: { memberType: "admin" },
    after: null,
    label,
  });
const becomes = (id: string, memberType: string): Effect =>
  setWorkspaceMember.make({
    target: { idOrganization: WORKSPACE, idMember: id },
    before: { memberType: "normal" },
    after: { memberType },
    label,
  });
const onBoard = (id: string) => ({ idBoard: BOARD, idOrganization: WORKSPACE, idMember: id });
const leavesBoard = (id: string): Effect =>
  removeBoardMember.make({ target: onBoard(id), before: { memberType: "admin" }, after: null, label });
const becomesOnBoard = (id: string, memberType: string): Effect =>
  setBoardMember.make({
    target: onBoard(id),
    before: { memberType: "normal" },
    after: { memberType },
    label,
  });

const canAct = (seat: Seat) => !seat.unconfirmed && !seat.deactivated;
const admins = (all: readonly Seat[]) => all.filter((seat) => seat.memberType === "admin" && canAct(seat));

/** Who has which role after the effects, done one by one on paper. */
function after(all: readonly Seat[], effects: readonly { readonly id: string; readonly to: string }[]) {
  const roles = new Map(all.map((seat) => [seat.idMember, seat]));
  for (const { id, to } of effects) {
    const seat = roles.get(id) ?? { idMember: id, unconfirmed: false, deactivated: false };
    if (to === "gone") roles.delete(id);
    else roles.set(id, { ...seat, memberType: to === "admin" ? "admin" : "normal" });
  }
  return [...roles.values()];
}

const changes = fc.uniqueArray(fc.record({ id: idMember, to: fc.constantFrom("gone", "admin", "normal") }), {
  selector: ({ id }) => id,
  minLength: 1,
  maxLength: 4,
});

describe("the guard on the last admin", () => {
  for (const [where, guard, leave, become] of [
    ["workspace", lastWorkspaceAdmin, leaves, becomes],
    ["board", lastBoardAdmin, leavesBoard, becomesOnBoard],
  ] as const) {
    test(`of a ${where} refuses exactly what would take the last one who can act`, () => {
      fc.assert(
        fc.property(seats, changes, (all, wanted) => {
          // A person who is not there can only come.
          const present = wanted.filter(
            ({ id, to }) => to !== "gone" || all.some((seat) => seat.idMember === id),
          );
          const effects = present.map(({ id, to }) => (to === "gone" ? leave(id) : become(id, to)));
          const refused = guard(factsOf(effects, snapshotOf(all, all))) !== null;
          const had = admins(all).length > 0;
          const has = admins(after(all, present)).length > 0;
          expect(refused).toBe(had && !has);
        }),
        { numRuns: 500 },
      );
    });
  }

  test("sees the boards that a removal from the workspace takes along", () => {
    const admin: Seat = { idMember: "a", memberType: "admin", unconfirmed: false, deactivated: false };
    const other: Seat = { ...admin, idMember: "b" };
    const everywhere = removeWorkspaceMemberEverywhere.make({
      target: { idOrganization: WORKSPACE, idMember: "a" },
      before: { memberType: "admin", boards: [{ idBoard: BOARD, name: "The board", memberType: "admin" }] },
      after: null,
      label,
    });
    const alone = factsOf([everywhere], snapshotOf([admin, other], [admin]));
    expect(lastWorkspaceAdmin(alone)).toBeNull();
    expect(lastBoardAdmin(alone)?.message).toContain("The board");
    expect(lastBoardAdmin(factsOf([everywhere], snapshotOf([admin, other], [admin, other])))).toBeNull();
  });

  test.each([
    ["a member", {}, true],
    ["a deactivated member", { deactivated: true }, false],
    ["an invited member", { unconfirmed: true }, false],
  ] as const)("of a board counts a new admin who is %s: %o", (_who, marks, counts) => {
    const admin: Seat = { idMember: "a", memberType: "admin", unconfirmed: false, deactivated: false };
    const members = [admin, { ...admin, idMember: "b", memberType: "normal" as const, ...marks }];
    const effects = [becomesOnBoard("b", "admin"), leavesBoard("a")];
    const facts = factsOf(effects, snapshotOf(members, [admin]));
    expect(lastBoardAdmin(facts) === null).toBe(counts);
    expect(adminsLeftBy(facts)[BOARD]).toMatchObject({ members: [], ...(counts && { made: ["b"] }) });
  });

  test("of another run is not feared for whom the plan makes admin, unless that run may still take it", () => {
    const left = { [BOARD]: { place: "board", name: "The board", members: ["a"], made: ["b"] } } as const;
    const begun = (id: string, settled: boolean) => ({ effect: leavesBoard(id), settled });
    expect(othersTakeAdmins(left, [begun("a", true), begun("b", true)])).toBeNull();
    expect(othersTakeAdmins(left, [begun("a", true)])).toBeNull();
    expect(othersTakeAdmins(left, [begun("b", false)])).toBeNull();
    expect(othersTakeAdmins(left, [begun("a", true), begun("b", false)])?.guard).toBe("last_admin");
    expect(othersTakeAdmins({ [BOARD]: { ...left[BOARD], members: [] } }, [begun("b", true)])).toBeNull();
  });

  test("names people who could be promoted, none who leave or cannot act", () => {
    const seat = (id: string, marks: Partial<Seat> = {}): Seat => ({
      idMember: id,
      memberType: "normal",
      unconfirmed: false,
      deactivated: false,
      ...marks,
    });
    const all = [
      seat("a", { memberType: "admin" }),
      seat("b", { unconfirmed: true }),
      seat("c", { deactivated: true }),
      seat("d"),
      seat("e"),
    ];
    const refused = lastWorkspaceAdmin(factsOf([leaves("a"), leaves("d")], snapshotOf(all, [])));
    expect(refused?.next).toContain("@e");
    for (const name of ["@a", "@b", "@c", "@d"]) expect(refused?.next).not.toContain(name);
  });
});
