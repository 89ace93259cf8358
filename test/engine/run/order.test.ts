import { describe, expect, test } from "vitest";
import { removeBoardMember, setBoardMember } from "../../../src/effects/board-members.ts";
import { setCardMembers } from "../../../src/effects/cards.ts";
import { removeWorkspaceMemberEverywhere } from "../../../src/effects/workspace-members.ts";
import { dependsOn, groupsOf } from "../../../src/engine/run/order.ts";

const target = (idMember: string, idBoard = "board") => ({ idBoard, idMember, idOrganization: "workspace" });
const role = (idMember: string, before: string | null, after: string, idBoard?: string) =>
  setBoardMember.make({
    target: target(idMember, idBoard),
    before: before === null ? null : { memberType: before },
    after: { memberType: after },
    label: idMember,
  });
const off = (idMember: string, memberType = "admin") =>
  removeBoardMember.make({ target: target(idMember), before: { memberType }, after: null, label: idMember });
const card = (from: string, to: string) =>
  setCardMembers.make({
    target: { idCard: "card", idBoard: "board", idOrganization: "workspace", from, to },
    before: { idMembers: [from] },
    after: { idMembers: to ? [to] : [], heir: to },
    label: from,
  });
const everywhere = removeWorkspaceMemberEverywhere.make({
  target: { idOrganization: "workspace", idMember: "old" },
  before: { memberType: "normal", boards: [{ idBoard: "board", name: "Board", memberType: "admin" }] },
  after: null,
  label: "old",
});

describe("what is sent at the same time", () => {
  test.each([
    ["effects of one op", [role("a", null, "normal"), role("b", null, "admin")], [2]],
    ["not effects of different ops", [role("a", null, "normal"), off("b")], [1, 1]],
    [
      "not a demotion and the new admin of that board",
      [role("a", null, "admin"), role("b", "admin", "normal")],
      [1, 1],
    ],
    [
      "a demotion and the admin of another board",
      [role("a", null, "admin", "other"), role("b", "admin", "normal")],
      [2],
    ],
    [
      "a demotion before the new admin, as planned",
      [role("b", "admin", "normal"), role("a", null, "admin")],
      [2],
    ],
  ])("is %s", (_what, effects, sizes) => {
    const rows = effects.map((effect) => ({ effect }));
    expect(groupsOf(rows).map((group) => group.length)).toEqual(sizes);
    expect(groupsOf(rows).flat()).toEqual(rows);
  });
});

describe("what is not sent because something failed", () => {
  const joins = role("new", null, "admin");
  test.each([
    ["the card of whoever could not join the board", card("old", "new"), joins, true],
    ["not the card that is left to no one", card("old", ""), joins, false],
    ["the removal of the only admin", off("old"), joins, true],
    ["the removal from everything of the only admin", everywhere, joins, true],
    ["not the removal of another member", off("old", "normal"), joins, false],
    ["the demotion of the only admin", role("old", "admin", "normal"), joins, true],
    [
      "not the removal, because of somebody who joined as normal",
      off("old"),
      role("new", null, "normal"),
      false,
    ],
  ])("is %s", (_what, later, earlier, expected) => {
    expect(dependsOn(later, earlier)).toBe(expected);
  });
});
