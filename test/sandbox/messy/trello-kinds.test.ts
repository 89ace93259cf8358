/** The messy world's Trello holds every kind of its population table: three of each, or the share that a source gives. */
import { expect, test } from "vitest";
import { MESSY, messyWorld, SEED } from "../../../src/sandbox/index.ts";
import { START } from "../support.ts";
import {
  accountByEmail,
  accountOf,
  admins,
  atlassian,
  boardRows,
  boards,
  cards,
  confirmed,
  crowded,
  guestBoards,
  invitedDays,
  isGhost,
  members,
  owner,
  plain,
  rows,
  sameNames,
  trello,
  users,
  workspaceRows,
  workspaces,
  world,
  itCounts,
} from "./kinds.ts";
import type { Kind } from "./kinds.ts";

const PEOPLE: readonly Kind[] = [
  ["Trello members", members.length, 260, 260],
  ["names of one word or of a team", confirmed.filter(({ fullName }) => !fullName.includes(" ")).length, 45],
  [
    "usernames that are not the name",
    members.filter((m) => m.username !== plain(m.fullName)).length,
    145,
    170,
  ],
  ["usernames that end in a digit", members.filter((m) => /\d$/.test(m.username)).length, 40, 60],
  ["people with another's full name", sameNames(), 20, 24],
  ["initials that do not follow", members.filter((m) => /^Q\d$/.test(m.initials)).length, 8, 8],
  ["names that are not ASCII", members.filter((m) => /[^\u0000-\u007F]/.test(m.fullName)).length, 15, 15],
  ["names of 100 characters", members.filter((m) => m.fullName.length === 100).length, 3],
  ["names of 255 characters", members.filter((m) => m.fullName.length === 255).length, 3],
  ["names that are the email", members.filter((m) => m.fullName === m.email).length, 3],
  ["in Trello, account off", confirmed.filter((m) => accountOf(m.id)?.status === "inactive").length, 13],
  [
    "deactivated in every workspace, account on",
    confirmed.filter((m) => {
      const own = workspaceRows.filter(({ idMember }) => idMember === m.id);
      return own.length > 0 && own.every((row) => row.deactivated) && accountOf(m.id)?.status === "active";
    }).length,
    10,
  ],
  ["second accounts at a private address", confirmed.filter((m) => /\d@mail\./.test(m.email)).length, 13],
  ["several addresses on one account", members.filter((m) => m.otherEmails !== undefined).length, 13],
  ["another name for fellow members", members.filter((m) => m.nonPublic?.fullName !== undefined).length, 10],
  ["nothing shown to fellow members", members.filter((m) => !m.nonPublicAvailable).length, 150],
  ["aaId shown", confirmed.filter((m) => m.aaIdShown === "id").length, 50],
  ["aaId null", confirmed.filter((m) => m.aaIdShown === "null").length, 50],
  ["aaId absent", confirmed.filter((m) => m.aaIdShown === "absent").length, 50],
  ["guests on one board", guestBoards().filter((count) => count === 1).length, 20],
  ["guests on two boards", guestBoards().filter((count) => count === 2).length, 8],
  ["guests on nine boards", guestBoards().filter((count) => count === 9).length, 3],
  ["bots", confirmed.filter((m) => accountOf(m.id)?.type === "app").length, 3],
];

const ROWS: readonly Kind[] = [
  ["ghosts in workspaces", invitedDays(workspaceRows).length, 11, 11],
  ["ghosts on boards", invitedDays(boardRows).length, 36, 36],
  ["invited less than a week ago", invitedDays(rows).filter((days) => days < 7).length, 2],
  ["invited two years ago", invitedDays(rows).filter((days) => days > 700).length, 3],
  [
    "ghosts whose address has an account",
    members.filter((m) => isGhost(m.id) && accountByEmail.has(m.email)).length,
    3,
  ],
  ["ghosts that are called user", members.filter((m) => isGhost(m.id) && m.fullName === "user").length, 3],
  [
    "confirmed people, unconfirmed row",
    boardRows.filter((row) => row.unconfirmed && !isGhost(row.idMember)).length,
    13,
  ],
  ["deactivated on the board", boardRows.filter((row) => row.deactivated).length, 26],
  [
    "deactivated in the workspace, not on its board",
    boards.flatMap((board) => {
      const workspace = trello.workspaces.get(board.idOrganization ?? "");
      const off = new Set(workspace?.memberships.flatMap((row) => (row.deactivated ? [row.idMember] : [])));
      return board.memberships.filter((row) => off.has(row.idMember) && !row.deactivated);
    }).length,
    10,
  ],
  ["rows without a member", workspaceRows.filter((row) => row.memberIsNull).length, 6, 6],
  ["rows of an unknown kind", workspaceRows.filter((row) => row.unknownType).length, 6, 6],
  [
    "rows without deactivated",
    rows.filter((row) => row.omits?.includes("deactivated")).length,
    rows.length * 0.15,
  ],
  [
    "rows without unconfirmed",
    rows.filter((row) => row.omits?.includes("unconfirmed")).length,
    rows.length * 0.04,
  ],
];

const PLACES: readonly Kind[] = [
  ["workspaces", workspaces.length, 6, 6],
  ["unreadable workspaces", workspaces.filter((each) => each.unreadable).length, 1, 1],
  ["plans that are not told", workspaces.filter((each) => each.planShown === null).length, 1, 1],
  ["plans that are sold no more", workspaces.filter((each) => each.planShown).length, 1, 1],
  [
    "display names with blanks at the edges",
    workspaces.filter((each) => each.displayName !== each.displayName.trim()).length,
    1,
    1,
  ],
  ["boards", boards.length, 180, 180],
  ["boards with one admin", boards.filter((board) => admins(board).length === 1).length, 165, 175],
  ["boards with no admin", boards.filter((board) => admins(board).length === 0).length, 3, 3],
  [
    "boards whose only admin has left or is deactivated",
    boards.filter((board) => admins(board).length === 1 && admins(board).every((row) => row.deactivated))
      .length,
    14,
  ],
  ["boards with 400 people", crowded.length, 1, 1],
  ["names of 16,384 characters", boards.filter(({ name }) => name.length === 16_384).length, 1, 1],
  [
    "boards with the name of another of the workspace",
    boards.length - new Set(boards.map(({ idOrganization, name }) => `${idOrganization} ${name}`)).size,
    3,
  ],
  [
    "boards without a workspace",
    boards.filter(({ idOrganization }) => idOrganization === null).length,
    15,
    15,
  ],
  ["private boards", boards.filter((board) => board.permissionLevel === "private").length, 60, 70],
  ["workspace boards", boards.filter((board) => board.permissionLevel === "org").length, 65, 75],
  ["public boards", boards.filter((board) => board.permissionLevel === "public").length, 38, 42],
  ["enterprise boards", boards.filter((board) => board.permissionLevel === "enterprise").length, 5, 5],
  ["closed boards", boards.filter((board) => board.closed).length, 20, 20],
  ["boards whose creator is not told", boards.filter((board) => board.idMemberCreator === null).length, 20],
  ["cards", cards.length, 218, 218],
  ["archived cards", cards.filter((card) => card.closed).length, 80, 80],
  [
    "open cards on archived lists",
    cards.filter((card) => card.inArchivedList && !card.closed).length,
    10,
    10,
  ],
  ["cards with people", cards.filter((card) => card.idMembers.length > 0).length, 95, 101],
  [
    "cards of somebody who is not on the board",
    cards.filter((card) => {
      const inside = new Set(trello.boards.get(card.idBoard)?.memberships.map(({ idMember }) => idMember));
      return card.idMembers.some((id) => !inside.has(id));
    }).length,
    2,
    2,
  ],
];

itCounts("people", PEOPLE);
itCounts("rows", ROWS);
itCounts("places", PLACES);

test("two names are one, composed and decomposed; others need joiners, cases or directions", () => {
  const names = members.map(({ fullName }) => fullName);
  const odd = names.filter((name) => /[^\u0000-\u007F]/.test(name));
  expect(new Set(odd.map((name) => name.normalize("NFC"))).size).toBe(odd.length - 1);
  for (const pattern of [
    /\u200D/,
    /\u200C/,
    /\u00DF/,
    /\u0130/,
    /\u0131/,
    /\u2019/,
    /\p{Script=Arabic}/u,
    /\p{Script=Hebrew}/u,
  ]) {
    expect(odd.filter((name) => pattern.test(name))).not.toEqual([]);
  }
  expect(odd.filter((name) => /\p{Emoji_Presentation}/u.test(name))).toHaveLength(1);
  expect(odd.filter((name) => /^[\p{Script=Han}]+$/u.test(name))).toHaveLength(1);
});

test("the token's owner is an admin of three, a member of one, a guest on two boards, the only admin of ten", () => {
  const id = owner?.id ?? "";
  const roles = workspaces.map(
    ({ memberships }) => memberships.find((row) => row.idMember === id)?.memberType,
  );
  expect(roles).toEqual(["admin", "admin", "admin", "normal", undefined, undefined]);
  const guest = boards.filter(
    (board) =>
      board.idOrganization === MESSY.workspaces.partner.id &&
      board.memberships.some((row) => row.idMember === id),
  );
  expect(guest).toHaveLength(2);
  const sole = boards.filter((board) => admins(board).length === 1 && admins(board)[0]?.idMember === id);
  expect(sole).toHaveLength(10);
});

test("the leaver is the only admin of four boards", () => {
  const idLeaver = trello.tokens.get(SEED.tokens.normalMember)?.idMember;
  const sole = boards.filter(
    (board) => admins(board).length === 1 && admins(board)[0]?.idMember === idLeaver,
  );
  expect(sole).toHaveLength(4);
});

test("a slug that one workspace gave up is another's", () => {
  expect(trello.workspaces.get(MESSY.workspaces.design.id)?.displayName).toBe("Kestrel Studio");
  expect(trello.workspaces.get(MESSY.workspaces.volunteers.id)?.name).toBe("kestreldesign");
});

test("is the same every time, and every reference holds", () => {
  expect(messyWorld({ now: () => START })).toEqual({ ...world, now: expect.any(Function) as unknown });
  for (const { memberships } of [...workspaces, ...boards]) {
    expect(new Set(memberships.map(({ idMember }) => idMember)).size).toBe(memberships.length);
    expect(memberships.filter(({ idMember }) => !trello.members.has(idMember))).toEqual([]);
  }
  const ids = [...workspaces, ...boards].flatMap(({ memberships }) => memberships.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(members.map(({ username }) => username)).size).toBe(members.length);
  expect(users.filter(({ idAccount }) => idAccount !== null && !atlassian.accounts.has(idAccount))).toEqual(
    [],
  );
  expect(new Set(users.map(({ userName }) => userName.toLowerCase())).size).toBe(users.length);
});
