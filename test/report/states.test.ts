import { describe, expect, test } from "vitest";
import { stateItems } from "../../src/report/states.ts";

const NAMES = { m1: "Ada (@ada)", "60c000000000000000000001": "Budget" };
type State = Parameters<typeof stateItems>[0];

describe("a captured state for people", () => {
  test.each<[State, readonly string[]]>([
    [null, ["none"]],
    [{}, ["none"]],
    [{ memberType: "normal", billable: true }, ["Member", "takes a paid seat"]],
    [{ memberType: "admin" }, ["Admin"]],
    [{ memberType: "virtual" }, ["virtual"]],
    [{ deactivated: false }, ["active"]],
    [{ licensed: true, deactivated: true }, ["with a licence", "deactivated"]],
    [
      { idMembers: ["m1", "m2"] },
      ["On the card: Ada (@ada)", "On the card: a person whose name was not read"],
    ],
    [{ idMembers: [], heir: "" }, ["No one is on the card"]],
    [{ members: ["constructor"] }, ["In the group: a person whose name was not read"]],
    [{ cards: ["60c000000000000000000001", "c2"] }, ["Card Budget", "Card whose title was not read"]],
    [
      {
        memberType: "observer",
        boards: [{ idBoard: "b1", name: "Roadmap", memberType: "admin", cards: ["c2"] }],
      },
      ["Observer", "Board Roadmap: Admin", "Card whose title was not read"],
    ],
    [
      { boards: [{ idBoard: "b1", name: "", memberType: "normal" }] },
      ["Board whose title was not read: Member"],
    ],
    [{ displayName: "Ada", active: true, title: null }, ["Display name: Ada", "active", "Title: none"]],
    [{ "prefs/locale": "de" }, ["Locale: de"]],
    [{ emails: [{ value: "a@x.org", primary: true }] }, ["Emails: Value: a@x.org, Primary: yes"]],
  ])("%j", (state, lines) => {
    expect(stateItems(state, NAMES).map(({ text }) => text)).toEqual(lines);
  });

  test("only an id of Trello becomes a link", () => {
    const links = stateItems({ cards: ["60c000000000000000000001", "javascript:alert(1)", "../../x"] }, {});
    expect(links.map(({ link }) => link)).toEqual([
      "https://trello.com/c/60c000000000000000000001",
      undefined,
      undefined,
    ]);
  });
});
