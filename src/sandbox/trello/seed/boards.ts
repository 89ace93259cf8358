import type { Board, Card, MemberType } from "../../world.ts";
import { CAST, GHOSTS, seedId } from "./people.ts";
import type { SeededPerson } from "./people.ts";
import { CREWS, WORKSPACES } from "./workspaces.ts";
import type { createMembershipMaker } from "./workspaces.ts";

type Row = ReturnType<typeof createMembershipMaker>;
type Key = keyof typeof WORKSPACES;

/** How many boards each workspace has. The numbers of the boards follow the order of this list. */
const COUNTS: readonly (readonly [Key, number])[] = [
  ["free", 8],
  ["standard", 100],
  ["premium", 14],
  ["enterprise", 16],
  ["adminHub", 3],
];

const TEAMS = [
  "Logistics",
  "Procurement",
  "Facilities",
  "Fleet",
  "Warehouse",
  "Customer Care",
  "Payroll",
  "Quality",
  "Safety",
  "Planning",
];
const TOPICS = [
  "Backlog",
  "Weekly Standup",
  "Incidents",
  "Roadmap",
  "Hiring",
  "Vendors",
  "Budget 2026",
  "Onboarding",
  "Audit",
  "Retrospective",
];

/** The boards that tests and the demo use by name. */
export const BOARDS = {
  /** A private board in the free workspace. The owner of the Trello token is not a member of the board. */
  hidden: named(7),
  /** A board whose only admin is `soleBoardAdmin`. The person who leaves the company is a member of the board too. */
  soleAdmin: named(8),
  /** A board in the standard workspace with the guests as members. */
  guests: named(9),
  secondGuests: named(10),
  /** A board in the premium workspace, with an observer and a ghost (an invited person without an account). */
  observed: named(108),
  /** A board in the enterprise workspace. The person who leaves the company is a member of the board. */
  enterprise: named(122),
} as const;

function named(index: number): { readonly id: string; readonly shortLink: string } {
  return { id: seedId("board", index), shortLink: `sb${index.toString(36).padStart(6, "0")}` };
}

/** All boards with their memberships, in order. */
export function seedBoards(row: Row): Board[] {
  const boards: Board[] = [];
  for (const [key, count] of COUNTS) {
    for (let n = 0; n < count; n += 1) boards.push(board(row, key, n, boards.length));
  }
  return boards;
}

function board(row: Row, key: Key, n: number, index: number): Board {
  const { id, shortLink } = named(index);
  const memberships = crewOf(key, n, id).map(([person, type, marks]) => row(person, type, marks));
  return {
    id,
    shortLink,
    name: id === BOARDS.hidden.id ? "Fundraising (confidential)" : nameOf(key, n),
    closed: n % 20 === 17,
    idOrganization: WORKSPACES[key].id,
    permissionLevel: id === BOARDS.hidden.id || n % 4 === 3 ? "private" : n % 11 === 5 ? "public" : "org",
    memberships,
  };
}

function nameOf(key: Key, n: number): string {
  const name = `${TEAMS[n % 10]} ${TOPICS[Math.floor(n / 10) % 10]}`;
  return key === "standard" ? name : `${WORKSPACES[key].displayName.split(" ")[0]} ${name}`;
}

type Seat = readonly [
  SeededPerson,
  MemberType?,
  { readonly unconfirmed?: boolean; readonly deactivated?: boolean }?,
];

function crewOf(key: Key, n: number, id: string): Seat[] {
  if (id === BOARDS.hidden.id) return [[CAST.privateOwner, "admin"], ...some("free", 1, 1)];
  if (id === BOARDS.soleAdmin.id) return [[CAST.soleBoardAdmin, "admin"], [CAST.leaver], ...some(key, n, 3)];
  return [...adminsOf(key, n), ...some(key, n, 2 + (n % 5)), ...extrasOf(key, n, id)];
}

/**
 * The admins of a board: usually the owner of the Trello token. Every ninth board of a paid workspace has only the
 * second admin.
 */
function adminsOf(key: Key, n: number): Seat[] {
  if (key === "free" || n % 9 !== 4) return [[CAST.admin, "admin"]];
  return [[CAST.deputy, "admin"]];
}

function extrasOf(key: Key, n: number, id: string): Seat[] {
  const seats: Seat[] = [];
  // The person who leaves the company is on three of every ten boards of the standard workspace, so on 30 of its 100
  // boards. This person is an admin of two of these boards, but never the only admin.
  if (key === "standard" && [0, 3, 7].includes(n % 10)) {
    seats.push([CAST.leaver, n === 13 || n === 33 ? "admin" : "normal"]);
  }
  // The successor is on most boards on which the person who leaves the company has cards, but not on all. So most of
  // the cards can be handed over to the successor, but not all.
  if (key === "standard" && n < 40 && [3, 7].includes(n % 10)) seats.push([CAST.successor]);
  if (key === "enterprise" && n < 6) seats.push([CAST.successor]);
  if (key === "standard" && n % 12 === 6) seats.push([CAST.hostile]);
  if (key === "standard" && n % 25 === 2) seats.push([CAST.deactivated, "normal", { deactivated: true }]);
  if (key === "enterprise" && n < 6) seats.push([CAST.leaver]);
  if (id === BOARDS.guests.id) seats.push([CAST.guest], [CAST.billableGuest]);
  if (id === BOARDS.secondGuests.id) seats.push([CAST.billableGuest]);
  if (id === BOARDS.observed.id) {
    seats.push([CAST.observer, "observer"], [GHOSTS.board, "normal", { unconfirmed: true }]);
  }
  return seats;
}

/**
 * Chooses `count` people for one board from the workspace's list of people. `from` decides where in the list the choice
 * begins. People whom this file puts on boards by name are left out.
 */
function some(key: Key, from: number, count: number): Seat[] {
  const placed: readonly SeededPerson[] = [
    CAST.leaver,
    CAST.successor,
    CAST.hostile,
    CAST.soleBoardAdmin,
    CAST.privateOwner,
    CAST.observer,
  ];
  const crew = CREWS[key].filter((person) => !placed.includes(person));
  const seats: Seat[] = [];
  for (let i = 0; i < Math.min(count, crew.length); i += 1) {
    const person = crew[(from * 3 + i) % crew.length];
    if (person) seats.push([person]);
  }
  return seats;
}

/**
 * One card on each board. On the boards of the person who leaves the company, there are 12 more cards in total: 10 open
 * and 2 archived cards.
 */
export function seedCards(boards: readonly Board[]): Card[] {
  const cards: Card[] = [];
  const add = (board: Board, name: string, idMembers: string[], closed = false) => {
    cards.push({ id: seedId("card", cards.length + 1), name, idBoard: board.id, idMembers, closed });
  };
  for (const board of boards) {
    const first = board.memberships.find((row) => row.idMember !== CAST.leaver.id && !row.unconfirmed);
    add(board, "Keep this board tidy", first ? [first.idMember] : []);
  }
  const joined = boards.filter((each) => each.memberships.some((row) => row.idMember === CAST.leaver.id));
  const working = [...joined.filter((each) => !each.closed).slice(0, 7), ...joined.slice(-3)];
  for (const [n, board] of working.entries()) {
    const other = board.memberships.find((row) => row.idMember !== CAST.leaver.id);
    const shared = n % 3 === 1 && other ? [other.idMember] : [];
    add(board, `Hand over ${board.name}`, [CAST.leaver.id, ...shared]);
  }
  for (const board of working.slice(0, 2)) add(board, `Done: ${board.name}`, [CAST.leaver.id], true);
  return cards;
}
