import { describe, expect, test } from "vitest";
import { EVENT_TYPES, eventOf } from "../../src/domain/membership-event.ts";

const ID = "6".repeat(24);
const action = (type: string, data: object = {}, more: object = {}) => ({
  id: ID,
  type,
  date: "2026-01-15T09:00:00.000Z",
  idMemberCreator: "admin",
  data: {
    idMember: "leaver",
    board: { id: "b" },
    organization: { id: "o" },
    enterprise: { id: "e" },
    ...data,
  },
  ...more,
});

describe("an action about a membership", () => {
  test.each(Object.entries(EVENT_TYPES))("%s is one event", (type, { kind, place }) => {
    expect(eventOf(action(type))).toMatchObject({
      id: ID,
      kind,
      place: { kind: place, id: { board: "b", workspace: "o", enterprise: "e", member: "leaver" }[place] },
      idMember: kind.startsWith("board") ? null : "leaver",
      by: { idMember: "admin", name: "admin" },
    });
  });

  test("the nine membership types of Trello's guide are among them", () => {
    expect(EVENT_TYPES).toHaveProperty("updateMember");
    for (const noun of ["Board", "Organization"])
      for (const type of ["addMemberTo", "removeMemberFrom", "makeAdminOf", "makeNormalMemberOf"])
        expect(EVENT_TYPES).toHaveProperty(`${type}${noun}`);
  });

  test.each([
    ["addMemberToBoard", { idMember: undefined, idMemberAdded: "new" }, {}, "new"],
    ["unconfirmedBoardInvitation", { idMember: undefined, idMemberInvited: "ghost" }, {}, "ghost"],
    ["addMemberToBoard", { idMember: undefined }, { member: { id: "only here" } }, "only here"],
    ["addMemberToBoard", { idMember: undefined, member: { id: "there", name: "T" } }, {}, "there"],
  ])("%s finds the person wherever Trello puts the id: %j %j", (type, data, more, person) => {
    expect(eventOf(action(type, data, more))?.idMember).toBe(person);
  });

  test("names lose what is invisible", () => {
    const event = eventOf(
      action(
        "addMemberToBoard",
        {},
        {
          member: { id: "leaver", fullName: "Zoë\u202e \u0007Łuk", username: "zoe" },
          memberCreator: { id: "admin", fullName: "A".repeat(5000), username: "a" },
        },
      ),
    );
    expect(event?.name).toBe("Zoë Łuk (@zoe)");
    expect(event?.by?.name.length).toBeLessThan(500);
  });
});

describe("nothing is made of", () => {
  test.each([
    ["another type", action("commentCard")],
    ["a name of an object's own", action("constructor")],
    ["no person", action("addMemberToBoard", { idMember: undefined })],
    ["no place", action("addMemberToBoard", { board: undefined })],
    ["an id of another form", { ...action("addMemberToBoard"), id: "x" }],
    ["a date of another form", { ...action("addMemberToBoard"), date: "yesterday" }],
    ["no data", { ...action("addMemberToBoard"), data: null }],
    ["a text", "addMemberToBoard"],
    ["nothing", null],
  ])("%s", (_what, value) => {
    expect(eventOf(value)).toBeNull();
  });
});
