import { describe, expect, it } from "vitest";
import { type Effect, placeOf } from "../../src/domain/effect.ts";
import { removeBoardMember, setBoardMember } from "../../src/effects/board-members.ts";
import { addCardMember, setCardMembers } from "../../src/effects/cards.ts";
import { setEnterpriseDeactivated } from "../../src/effects/enterprise-members.ts";
import { inviteBoardMember } from "../../src/effects/invitations.ts";
import { setScimActive } from "../../src/effects/scim-users.ts";
import {
  removeWorkspaceMember,
  removeWorkspaceMemberEverywhere,
} from "../../src/effects/workspace-members.ts";
import { effectLines, FULL } from "../../src/report/changes.ts";

const ELENA = { idMember: "m-elena", label: "Elena Popescu (@elena)" };
const normal = { memberType: "normal" };

const offBoard = (who: typeof ELENA, name: string, idOrganization = "acme") =>
  removeBoardMember.make({
    target: { idBoard: `b-${name}`, idMember: who.idMember, idOrganization },
    before: normal,
    after: null,
    label: who.label,
    place: placeOf("board", { id: name, name }),
  });
const offBoards = (who: typeof ELENA, count: number, idOrganization = "acme") =>
  Array.from({ length: count }, (_, n) => offBoard(who, `${idOrganization}${n}`, idOrganization));
const outOf = (who: typeof ELENA, name: string) =>
  removeWorkspaceMember.make({
    target: { idOrganization: name.toLowerCase(), idMember: who.idMember },
    before: normal,
    after: null,
    label: who.label,
    place: placeOf("workspace", { id: name.toLowerCase(), name }),
  });
const offCards = (who: typeof ELENA, count: number, heir: string) =>
  Array.from({ length: count }, (_, n) =>
    setCardMembers.make({
      target: { idCard: `c${n}`, idBoard: "b", idOrganization: "acme", from: who.idMember, to: "m-heir" },
      before: { idMembers: [who.idMember] },
      after: { idMembers: ["m-heir"], heir },
      label: who.label,
      place: placeOf("card", { id: `c${n}`, name: `Task ${n}` }),
    }),
  );
const outOfEnterprise = (who: typeof ELENA) =>
  setEnterpriseDeactivated.make({
    target: { idEnterprise: "e", idMember: who.idMember, search: "x" },
    before: { deactivated: false },
    after: { deactivated: true },
    label: who.label,
  });
const accountOff = (label: string) =>
  setScimActive.make({
    target: { scimId: label },
    before: { active: true },
    after: { active: false },
    label,
  });
const person = (n: number, name = `Person ${n}`) => ({ idMember: `m${n}`, label: `${name} (@user${n})` });

describe("one person", () => {
  it("is taken off many boards in a line that names some, after everything graver", () => {
    const effects = [
      ...offCards(ELENA, 20, "Tomás Herrera (@tomas)"),
      ...offBoards(ELENA, 13),
      ...offBoards(ELENA, 2, "beta"),
      outOf(ELENA, "Acme"),
      outOf(ELENA, "Beta"),
      outOfEnterprise(ELENA),
      accountOff("Elena Popescu <elena@example.com>"),
    ];
    expect(effectLines(effects)).toEqual([
      "- Deactivate the Atlassian account of Elena Popescu <elena@example.com> by its SCIM User",
      "- Deactivate Elena Popescu (@elena) in the enterprise",
      "- Remove Elena Popescu (@elena) from workspace Acme",
      "- Remove Elena Popescu (@elena) from workspace Beta",
      "- Remove Elena Popescu (@elena) from 13 boards of Acme: acme0, acme1, acme2 and 10 more",
      "- Remove Elena Popescu (@elena) from 2 boards of Beta: beta0, beta1",
      "- Reassign Elena Popescu (@elena): 20 cards to Tomás Herrera (@tomas): Task 0, Task 1, Task 2 and 17 more",
    ]);
  });

  it("is told of how many workspaces the boards are where nothing names those", () => {
    expect(effectLines([...offBoards(ELENA, 2), ...offBoards(ELENA, 3, "beta")])).toEqual([
      "- Remove Elena Popescu (@elena) from 5 boards of 2 workspaces: acme0, acme1, beta0 and 2 more",
    ]);
    expect(effectLines([offBoard(ELENA, "Roadmap")])).toEqual([
      "- Remove Elena Popescu (@elena) from board Roadmap",
    ]);
  });

  it("has a line for each role, and for what cannot be undone the first", () => {
    const role = (name: string, memberType: string, before: { memberType: string } | null) =>
      setBoardMember.make({
        target: { idBoard: name, idMember: ELENA.idMember, idOrganization: "acme" },
        before,
        after: { memberType },
        label: ELENA.label,
        place: placeOf("board", { id: name, name }),
      });
    const invited = ["X", "Y"].map((name) => ({
      ...inviteBoardMember.make({
        target: { idBoard: name, idOrganization: "acme", email: "new@x.org" },
        before: { sameName: [] },
        after: { memberType: "normal", fullName: "new@x.org" },
        label: "new@x.org",
        place: placeOf("board", { id: name, name }),
      }),
      reversible: false,
    }));
    expect(
      effectLines([
        role("A", "admin", normal),
        role("B", "admin", normal),
        role("C", "normal", null),
        role("D", "normal", null),
        ...invited,
      ]),
    ).toEqual([
      "- Invite new@x.org to 2 boards as normal (cannot be undone): X, Y",
      "- Change Elena Popescu (@elena) in 2 boards from normal to admin: A, B",
      "- Add Elena Popescu (@elena) to 2 boards as normal: C, D",
    ]);
  });

  it("is put back on cards that have no names here", () => {
    const back = ["c1", "c2"].map((idCard) =>
      addCardMember.make({
        target: { idCard, idBoard: "b", idOrganization: "acme", idMember: ELENA.idMember },
        before: null,
        after: { assigned: true },
        label: ELENA.label,
        place: placeOf("card", { id: idCard, name: "" }),
      }),
    );
    expect(effectLines(back)).toEqual(["- Put Elena Popescu (@elena) back on 2 cards"]);
  });

  it("is told some of the boards that go with a workspace in one request", () => {
    const boards = ["A", "B", "C", "D"].map((name) => ({ idBoard: name, name, ...normal }));
    const effect = removeWorkspaceMemberEverywhere.make({
      target: { idOrganization: "acme", idMember: ELENA.idMember },
      before: { ...normal, boards },
      after: null,
      label: ELENA.label,
      place: placeOf("workspace", { id: "acme", name: "Acme" }),
    });
    expect(effectLines([effect])).toEqual([
      "- Remove Elena Popescu (@elena) from workspace Acme and 4 of its boards: A, B, C and 1 more",
    ]);
  });

  it("is not taken for another person of the same name", () => {
    const twin = { ...ELENA, idMember: "m-other" };
    expect(effectLines([...offBoards(ELENA, 2), ...offBoards(twin, 3)])).toHaveLength(2);
  });

  it("has every board named where nothing is to be cut", () => {
    const lines = effectLines([...offBoards(ELENA, 40), ...offBoards(person(1), 40)], FULL);
    expect(lines).toHaveLength(2);
    for (const line of lines) for (let n = 0; n < 40; n += 1) expect(line).toContain(`acme${n}`);
    expect(lines.join("\n")).not.toContain("more");
  });
});

describe("many people", () => {
  const everything = (who: ReturnType<typeof person>, email: string): readonly Effect[] => [
    ...offCards(who, 5, ""),
    ...offBoards(who, 12),
    outOf(who, "Acme"),
    outOfEnterprise(who),
    accountOff(email),
  ];

  it("are five in a sentence each", () => {
    const people = [1, 2, 3, 4, 5].map((n) => person(n));
    const lines = effectLines(people.flatMap((who, n) => everything(who, `Person ${n} <p${n}@x.org>`)));
    expect(lines).toHaveLength(25);
    for (const { label } of people) expect(lines.filter((line) => line.includes(label))).toHaveLength(4);
    expect(lines[0]).toBe("- Deactivate the Atlassian account of Person 0 <p0@x.org> by its SCIM User");
  });

  it("are two hundred listed under one sentence for each change, with the number of boards of each", () => {
    const people = Array.from({ length: 200 }, (_, n) => person(n));
    const lines = effectLines(people.flatMap((who, n) => everything(who, `Person ${n} <p${n}@x.org>`)));
    expect(lines.filter((line) => line.startsWith("- "))).toEqual([
      "- Deactivate the Atlassian account of 200 people by its SCIM User:",
      "- Deactivate 200 people in the enterprise:",
      "- Remove 200 people from workspace Acme:",
      "- Remove 200 people from boards of Acme:",
      "- Reassign 200 people: cards to nobody:",
    ]);
    for (const { label } of people) {
      expect(lines.filter((line) => line === `* ${label}`)).toHaveLength(2);
      expect(lines).toContain(`* ${label}: 12 boards`);
      expect(lines).toContain(`* ${label}: 5 cards`);
    }
  });

  it("stay named, and the whole short, whatever they and their boards are called", () => {
    const hostile = `\u202E${"Nobody; - Remove nothing\n".repeat(400)}`;
    // As the tools make labels: cleaned, with the username at the end.
    const people = Array.from({ length: 200 }, (_, n) =>
      person(n, hostile.slice(1, 100).replaceAll("\n", " ")),
    );
    const effects = people.flatMap((who) => [
      ...Array.from({ length: 20 }, (_, n) => offBoard(who, `${n}${hostile}`)),
      outOf(who, hostile),
    ]);
    const lines = effectLines(effects);
    const text = lines.join("\n");
    expect(text.length).toBeLessThan(50_000);
    for (let n = 0; n < 200; n += 1) expect(text).toContain(`(@user${n})`);
    for (const line of lines) {
      expect(line.length).toBeLessThanOrEqual(600);
      expect(line).not.toMatch(/\p{Cc}|\p{Cf}/u);
    }
  });
});
