import { describe, expect, test } from "vitest";
import type { Board, WorkspaceSnapshot } from "../../src/domain/trello.ts";
import type { Person } from "../../src/people/person.ts";
import { accessWithoutMembershipText, seenWithoutMembership } from "../../src/people/visibility.ts";

const member = (more: object) =>
  ({ memberType: "normal", deactivated: false, unconfirmed: false, ...more }) as Person["membership"];
const board = (permissionLevel: string | null, selfJoin?: boolean) =>
  ({ id: "b", name: "B", closed: false, prefs: { permissionLevel, selfJoin } }) as unknown as Board;
const place = (tier: string, boards: readonly unknown[] = []) =>
  ({ workspace: { displayName: "Acme" }, tier, boards }) as unknown as WorkspaceSnapshot;

describe("what a person may do on a board without being on it", () => {
  test.each([
    [
      "a member",
      board("org", true),
      member({}),
      "standard",
      "because of its visibility, and may join it and edit it then.",
    ],
    [
      "a member who may not join",
      board("org", false),
      member({}),
      "free",
      "but cannot edit or join the board",
    ],
    [
      "a member, if Trello does not tell it",
      board("org"),
      member({}),
      "free",
      "every member of Acme sees the board, because of its visibility.",
    ],
    ["a guest", board("org", true), null, "premium", "Only active members of Acme see the board"],
    [
      "a deactivated member",
      board("org", true),
      member({ deactivated: true }),
      "premium",
      "so the person does not",
    ],
    [
      "an invited member",
      board("org", true),
      member({ unconfirmed: true }),
      "premium",
      "so the person does not",
    ],
    ["a private board", board("private"), member({}), "premium", "does not see it"],
    [
      "a private board, an admin",
      board("private"),
      member({ memberType: "admin" }),
      "premium",
      "on paid Trello plans",
    ],
    [
      "a private board, an admin on Free",
      board("private"),
      member({ memberType: "admin" }),
      "free",
      "does not see it",
    ],
    ["an enterprise board", board("enterprise"), member({}), "enterprise", "Every member of the enterprise"],
    ["a public board", board("public"), null, "free", "as everyone does"],
    ["a board of unknown visibility", board(null), member({}), "free", "Trello does not say"],
  ] as const)("%s", (_who, at, membership, tier, said) => {
    expect(accessWithoutMembershipText(at, { membership }, place(tier))).toContain(said);
  });

  test.each([
    [
      "some may be joined",
      [board("org", true), board("org", false), board("public")],
      member({}),
      { org: 2, public: 1, mayJoin: 1 },
    ],
    ["Trello does not tell it of one", [board("org", true), board("org")], member({}), { org: 2, public: 0 }],
    ["a guest sees public boards alone", [board("org", true), board("public")], null, { org: 0, public: 1 }],
  ] as const)("counts: %s", (_what, boards, membership, counts) => {
    expect(seenWithoutMembership({ membership, boards: [] }, place("free", boards))).toEqual(counts);
  });
});
