import { SEED, type World } from "../../../src/sandbox/index.ts";
import type { VendorPerson } from "../../../src/sandbox/vendors/world.ts";
import type { Store } from "../../../src/store/store.ts";
import { freshWorld } from "../../support/fresh-world.ts";

/** A company with one workspace, `Place`, and a board for each of two teams, of which rosters can be written. */
export const PLACE = "65a9".padEnd(24, "0");
export const TEAM_BOARDS = { Eng: ["Engineering board"], Ops: ["Operations board"] };

const idOf = (kind: string, n: number): string => `65a0${kind}${n.toString(16).padStart(18, "0")}`;
export const memberId = (n: number): string => idOf("01", n);
export const emailOf = (n: number): string => `p${n}@corp.example`;
export const numbers = (length: number, from = 0): number[] => Array.from({ length }, (_, n) => from + n);
/** 0 to 3 are on the board of Ops, everybody else on that of Eng. */
const onOps = (n: number): boolean => n < 4;

/** One workspace of this many members and the token's owner. */
export function company(people: number): World {
  const world = freshWorld();
  const { trello } = world;
  for (const map of [trello.workspaces, trello.boards, trello.cards]) map.clear();
  const row = (n: number, idMember: string, memberType: "normal" | "admin" = "normal") => ({
    id: idOf("02", n),
    idMember,
    memberType,
    unconfirmed: false,
    deactivated: false,
  });
  const owner = row(9_999, SEED.admin.id, "admin");
  const members = numbers(people).map((n) => row(n, memberId(n)));
  for (const n of numbers(people))
    trello.members.set(memberId(n), {
      id: memberId(n),
      username: `corp${n}`,
      fullName: `Ola Nordmann ${n}`,
      initials: "P",
      bio: "",
      email: emailOf(n),
      memberType: "normal",
      confirmed: true,
      aaId: null,
      dateLastActive: null,
    });
  trello.workspaces.set(PLACE, {
    id: PLACE,
    name: "place",
    displayName: "Place",
    tier: "premium",
    idEnterprise: null,
    memberships: [owner, ...members],
    dateCreated: "2024-01-15T09:00:00.000Z",
  });
  for (const [index, name] of ["Engineering board", "Operations board"].entries())
    trello.boards.set(idOf("03", index), {
      id: idOf("03", index),
      shortLink: `rost000${index}`,
      name,
      closed: false,
      idOrganization: PLACE,
      permissionLevel: "org",
      memberships: [owner, ...members.filter((_, n) => onOps(n) === (index === 1))],
    });
  return world;
}

/** Teaches the store whose email each is, as the enterprise's directory would. */
export async function linkAll({ links }: Store, people: number): Promise<void> {
  const owned = [...numbers(people).map((n) => [emailOf(n), memberId(n)]), [SEED.admin.email, SEED.admin.id]];
  for (const [email = "", idMember = ""] of owned)
    await links.put({
      email,
      idMember,
      accountId: null,
      scimId: null,
      source: "enterprise",
      seenAt: "2026-01-01T00:00:00.000Z",
    });
}

export interface RosterRow {
  readonly email: string;
  readonly name: string;
  readonly team: string | null;
}

/**
 * The roster of a company of this many: the last 6 left, everybody else is in Eng, so 4 moved, and 5 are new in Ops.
 */
export function rosterRows(people: number): readonly RosterRow[] {
  return [
    { email: SEED.admin.email, name: "Priya Raman", team: null },
    ...numbers(people - 6).map((n) => ({ email: emailOf(n), name: `Ola Nordmann ${n}`, team: "Eng" })),
    ...numbers(5, 600).map((n) => ({ email: emailOf(n), name: `Kari Nordmann ${n}`, team: "Ops" })),
  ];
}

/** The same as people of the vendors. */
export function atVendor(rows: readonly RosterRow[]): readonly VendorPerson[] {
  return rows.map(({ email, name, team }, n) => ({
    id: `00u${String(n).padStart(17, "0")}`,
    email,
    login: email,
    aliases: [],
    secondEmail: null,
    name,
    department: team,
    manager: null,
    lastSignIn: null,
    state: "active",
  }));
}
