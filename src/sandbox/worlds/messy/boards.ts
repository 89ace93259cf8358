import { seedId } from "../../trello/seed/people.ts";
import type { Board, Card, Membership } from "../../world.ts";
import { DAY_MS, deal, pickOne, rank, take } from "./dice.ts";
import { SIZES } from "./people.ts";
import type { MessyPerson } from "./people.ts";
import { leaveKeysOut, WORKSPACES } from "./workspaces.ts";
import type { Key, Row } from "./workspaces.ts";

/** How many boards each workspace has. Personal boards belong to no workspace. */
const COUNTS: readonly (readonly [Key | "personal", number])[] = [
  ["operations", 62],
  ["corporate", 42],
  ["design", 30],
  ["volunteers", 14],
  ["partner", 10],
  ["elsewhere", 7],
  ["personal", 15],
];

const TOPICS = [
  "Rota",
  "IT 100",
  "IT 2",
  "budget",
  "Hiring",
  "Vendors",
  "audit",
  "Launch",
  "Events",
  "Backlog",
];
const AREAS = ["North", "south", "Harbour", "Depot", "Web", "press", "Fleet", "Kitchen", "Legal"];

interface Place {
  readonly key: Key | "personal";
  readonly index: number;
  readonly board: Board;
}

interface Cast {
  readonly people: readonly MessyPerson[];
  readonly crews: Readonly<Record<Key, readonly MessyPerson[]>>;
  readonly row: Row;
  readonly at: number;
}

/** The 180 boards with their people. One board is public, and strangers are on it. */
export function messyBoards(cast: Cast): { boards: Board[]; strangers: MessyPerson[] } {
  const places: Place[] = COUNTS.flatMap(([key, count]) => Array.from({ length: count }, () => key)).map(
    (key, index) => ({ key, index, board: emptyBoard(key, index) }),
  );
  setVisibility(places);
  nameBoards(places);
  fill(places, cast);
  const strangers = crowd(places, cast);
  placeGuests(places, cast);
  placeGhosts(places, cast);
  markRows(places, cast);
  return { boards: places.map(({ board }) => board), strangers };
}

function emptyBoard(key: Key | "personal", index: number): Board {
  return {
    id: seedId("board", index),
    shortLink: `mb${index.toString(36).padStart(6, "0")}`,
    name: `${pickOne("area", AREAS, index)} ${pickOne("topic", TOPICS, index)} ${index}`,
    closed: false,
    idOrganization: key === "personal" ? null : WORKSPACES[key].id,
    permissionLevel: "org",
    memberships: [],
  };
}

function setVisibility(places: readonly Place[]): void {
  const shared = places.filter(({ key }) => key !== "personal");
  for (const { board } of places) if (board.idOrganization === null) board.permissionLevel = "private";
  const pool = [...shared];
  const inEnterprise = pool.filter(({ key }) => key === "corporate");
  for (const place of deal("enterprise boards", inEnterprise, 5)) {
    place.board.permissionLevel = "enterprise";
    pool.splice(pool.indexOf(place), 1);
  }
  for (const { board } of take("private boards", pool, 50)) board.permissionLevel = "private";
  for (const { board } of take("public boards", pool, 40)) board.permissionLevel = "public";
  for (const { board } of deal("closed boards", places, 20)) board.closed = true;
  for (const { board } of deal("creators", places, 60)) board.idMemberCreator = null;
}

function nameBoards(places: readonly Place[]): void {
  const of = (key: Key | "personal") => places.filter((place) => place.key === key).map(({ board }) => board);
  for (const [first, second] of [of("operations"), of("design"), of("corporate")]) {
    if (first && second) second.name = first.name;
  }
  for (const board of deal("long names", of("operations").slice(5), 1)) {
    board.name = "A board whose name is a whole page. ".repeat(500).slice(0, 16_384);
  }
  const [inbox] = of("personal");
  if (inbox) inbox.name = "Inbox";
}

/**
 * Adds people to the boards. Nearly every board has one admin. Some of these admins have left the company, and some
 * boards have no admin.
 */
function fill(places: readonly Place[], { people, crews, row }: Cast): void {
  const [owner, leaver] = people;
  if (!owner || !leaver) throw new Error("the token's owner or the leaver is missing");
  const pool = places.filter(({ key }) => key === "operations" || key === "corporate");
  const own = places.filter(({ key }) => key === "personal").slice(0, 3);
  const owned = new Set([...own, ...take("owner is the only admin", pool, 7)]);
  const left = new Set(take("leaver is the only admin", pool, 4));
  const without = new Set(take("no admin", pool, 3));
  const worked = new Set(take("leaver works", pool, 18));
  const two = new Set(take("two admins", pool, 7));
  for (const place of places) {
    const { key, index, board } = place;
    const crew = key === "personal" ? people.slice(2, 40) : crews[key];
    const size = key === "personal" ? 1 + (index % 2) : 3 + (rank("size", index) % 6);
    const chosen = deal(
      `crew ${index}`,
      crew.filter(({ trelloOff }) => !trelloOff),
      Math.min(size, crew.length - 2),
    );
    const heads = owned.has(place)
      ? [owner]
      : left.has(place)
        ? [leaver]
        : chosen.splice(0, two.has(place) ? 2 : 1);
    board.memberships = [
      ...heads.map((person) => row(person, without.has(place) ? "normal" : "admin")),
      ...chosen.filter((person) => !heads.includes(person)).map((person) => row(person)),
    ];
    if (worked.has(place)) board.memberships.push(row(leaver));
  }
  for (const { board } of places.filter(({ key }) => key === "partner").slice(0, 2)) {
    board.memberships.push(row(owner));
  }
  for (const { board } of places) board.memberships = onePerMember(board.memberships);
}

function onePerMember(rows: readonly Membership[]): Membership[] {
  return rows.filter((row, n) => rows.findIndex(({ idMember }) => idMember === row.idMember) === n);
}

/** One public board with 400 people, most of them strangers. */
function crowd(places: readonly Place[], { row }: Cast): MessyPerson[] {
  const found = places.find(
    ({ board }) => board.permissionLevel === "public" && board.memberships.length > 5,
  );
  if (!found) throw new Error("there is no public board");
  const { board } = found;
  const strangers = Array.from({ length: 400 - board.memberships.length }, (_, n): MessyPerson => {
    const number = SIZES.trello + n;
    const id = seedId("member", number + 1);
    const email = `reader${n}@readers.example.net`;
    return {
      n: number,
      id,
      fullName: `Reader ${n}`,
      username: `reader${n}`,
      initials: "R",
      email,
      aaId: null,
      ghost: false,
    };
  });
  for (const stranger of strangers) board.memberships.push(row(stranger));
  return strangers;
}

/** Adds each guest to one, two or nine boards. */
function placeGuests(places: readonly Place[], { people, row }: Cast): void {
  const open = places.filter(({ key, board }) => key !== "personal" && board.memberships.length < 20);
  for (const [n, guest] of people.filter((person) => person.guest).entries()) {
    const count = n < 26 ? 1 : n < 36 ? 2 : 9;
    for (const { board } of deal(`boards of guest ${n}`, open, count)) board.memberships.push(row(guest));
  }
}

/** Adds each ghost to three boards. The invitations are between a day and three years old. */
function placeGhosts(places: readonly Place[], { people, row, at }: Cast): void {
  const open = places.filter(({ key, board }) => key !== "personal" && board.memberships.length < 20);
  for (const ghost of people.filter((person) => person.ghost).slice(SIZES.workspaceGhosts)) {
    for (const { board, index } of deal(`boards of ghost ${ghost.n}`, open, 3)) {
      const since = at - (1 + (rank("invited", ghost.n, index) % 1_095)) * DAY_MS;
      board.memberships.push(row(ghost, "normal", { unconfirmed: true, since }));
    }
  }
}

/**
 * Makes some memberships of boards odd. Some are unconfirmed or deactivated, although the person is not. On some
 * boards, the only admin is deactivated.
 */
function markRows(places: readonly Place[], { people }: Cast): void {
  const byId = new Map(people.map((person) => [person.id, person]));
  const rows = places
    .filter(({ key, board }) => key !== "personal" && board.memberships.length < 20)
    .flatMap(({ board }) => board.memberships)
    .filter(
      (row) =>
        row.memberType === "normal" &&
        byId.get(row.idMember)?.ghost === false &&
        row.idMember !== people[0]?.id,
    );
  const pool = [...rows];
  for (const row of take("unconfirmed rows", pool, 13)) row.unconfirmed = true;
  for (const row of take("deactivated rows", pool, 13)) row.deactivated = true;
  const sole = places
    .map(({ board }) => board.memberships.filter((row) => row.memberType === "admin"))
    .filter(
      (admins) =>
        admins.length === 1 && admins[0]?.idMember !== people[0]?.id && admins[0]?.idMember !== people[1]?.id,
    )
    .flat();
  for (const row of deal("admins who are deactivated", sole, 14)) row.deactivated = true;
  for (const { board, index } of places) leaveKeysOut(`rows of board ${index}`, board.memberships);
}

/**
 * Makes 218 cards. A card can belong to several of these groups: 80 are archived, 10 others are on archived lists, and
 * 101 have people. On 2 of the 101, the person is not on the board.
 */
export function messyCards(boards: readonly Board[], people: readonly MessyPerson[]): Card[] {
  const places = boards.filter(({ memberships }) => memberships.length > 2 && memberships.length < 20);
  const cards = Array.from({ length: 218 }, (_, n): Card => {
    const board = pickOne("card's board", places, n);
    return { id: seedId("card", n + 1), name: `Card ${n}`, idBoard: board.id, idMembers: [], closed: false };
  });
  const byId = new Map(boards.map((board) => [board.id, board]));
  for (const card of deal("archived cards", cards, 80)) card.closed = true;
  for (const card of deal(
    "archived lists",
    cards.filter(({ closed }) => !closed),
    10,
  ))
    card.inArchivedList = true;
  for (const card of deal("complete cards", cards, 40)) card.dueComplete = true;
  for (const [n, card] of deal("cards with people", cards, 101).entries()) {
    const rows = byId.get(card.idBoard)?.memberships ?? [];
    const live = rows.filter(({ unconfirmed, deactivated }) => !unconfirmed && !deactivated);
    card.idMembers = deal(`people of card ${n}`, live, Math.min(1 + (n % 2), live.length)).map(
      ({ idMember }) => idMember,
    );
    if (n < 2) card.idMembers = [people.find(({ id }) => rows.every((row) => row.idMember !== id))?.id ?? ""];
  }
  return cards;
}
