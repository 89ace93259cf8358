import { describe, expect, test } from "vitest";
import type { PlanTier, WorkspaceSnapshot } from "../../../src/domain/trello.ts";
import { roomLines } from "../../../src/planning/boards/collaborators.ts";

interface World {
  readonly members?: number;
  readonly ghosts?: number;
  readonly guests?: number;
  /** Guests of closed boards alone, who do not count. */
  readonly former?: number;
  readonly tier?: PlanTier;
}

const names = (word: string, count: number) => Array.from({ length: count }, (_, index) => `${word}${index}`);

function snapshotOf({
  members = 0,
  ghosts = 0,
  guests = 0,
  former = 0,
  tier = "free",
}: World): WorkspaceSnapshot {
  const row = (idMember: string, memberType = "normal") => ({
    id: `row ${idMember}`,
    idMember,
    memberType: "normal",
    unconfirmed: memberType === "ghost",
    deactivated: false,
    member: { id: idMember, username: idMember, fullName: idMember, memberType },
  });
  const inside = [
    ...names("m", members).map((id) => row(id)),
    ...names("ghost", ghosts).map((id) => row(id, "ghost")),
  ];
  const board = (id: string, closed: boolean, people: readonly string[]) => ({
    id,
    name: id,
    closed,
    memberships: people.map((each) => row(each)),
  });
  return {
    workspace: { id: "w", name: "w", displayName: "W" },
    tier,
    memberships: inside,
    // A member and each guest stand on two boards, and count once.
    boards: [
      board("a", false, ["m0", ...names("g", guests)]),
      board("b", false, ["m0", ...names("g", guests)]),
      board("c", true, names("former", former)),
    ].map((each) => ({ ...each, memberships: members === 0 ? each.memberships.slice(1) : each.memberships })),
  };
}

describe("the room in a Free workspace", () => {
  test.each<[World, number, string | null]>([
    [{ members: 8 }, 2, null],
    [{ members: 8 }, 12, "There is room for 2 of 12"],
    [{ members: 5, guests: 2, ghosts: 1 }, 12, "There is room for 2 of 12"],
    [{ members: 4, guests: 3, ghosts: 3 }, 1, "There is room for none of 1"],
    [{ members: 8, former: 5 }, 3, "There is room for 2 of 3"],
    [{ members: 14 }, 2, "There is room for none of 2"],
    [{ members: 10 }, 0, null],
    [{ members: 40, tier: "standard" }, 50, null],
    [{ members: 40, tier: "premium" }, 50, null],
    [{ members: 40, tier: "unknown" }, 50, null],
  ])("with %j for %i more people", (world, count, expected) => {
    const [line, ...others] = roomLines(snapshotOf(world), names("new", count));
    expect(others).toEqual([]);
    if (expected === null) expect(line).toBeUndefined();
    else
      expect(line).toMatch(
        new RegExp(`^${expected}: on Trello's Free plan, a workspace has 10 collaborators at most`),
      );
  });

  test("is not taken by people who are there, nor twice by one who is named twice", () => {
    const snapshot = snapshotOf({ members: 8, guests: 1 });
    expect(roomLines(snapshot, ["m1", "g0", "new", "new"])).toEqual([]);
    expect(roomLines(snapshot, ["m1", "g0", "new", "other"])).toEqual([
      "There is room for 1 of 2: on Trello's Free plan, a workspace has 10 collaborators at most, and 9 are there (members, guests of open boards, invitations). With 10 collaborators, no one can be added; with more, the boards become view-only.",
    ]);
  });
});
