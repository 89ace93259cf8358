import type { Roster, RosterPerson } from "../domain/roster.ts";
import { nameKey } from "../domain/text.ts";
import type { ReviewedPerson } from "./people.ts";

/** A roster's row that is the person's. */
export interface Match {
  readonly roster: Roster;
  readonly row: RosterPerson;
  /** What shows it: an id or an email; `likely` if only a name that is unique on both sides does. */
  readonly by: string;
  readonly confidence: "certain" | "likely";
}

export interface Matches {
  /** Rows of each person by member id, at most one of each roster. */
  readonly of: (idMember: string) => readonly Match[];
  /** Rows and people that could be matched in more than one way, in sentences: none of them is matched. */
  readonly unclear: readonly string[];
}

/**
 * Which row of each roster is whose. By Atlassian account id first, then by proven email. Two rows with one address, and
 * a row that two members fit, match no one: both are named. A name alone matches only where it is unique on both sides.
 */
export function matchRosters(people: readonly ReviewedPerson[], rosters: readonly Roster[]): Matches {
  const matches = new Map<string, Match[]>();
  const unclear: string[] = [];
  for (const roster of rosters) {
    const taken = matchRoster(people, roster, unclear);
    for (const [idMember, match] of taken) matches.set(idMember, [...(matches.get(idMember) ?? []), match]);
  }
  return { of: (idMember) => matches.get(idMember) ?? [], unclear };
}

function matchRoster(
  people: readonly ReviewedPerson[],
  roster: Roster,
  unclear: string[],
): ReadonlyMap<string, Match> {
  const byAccount = rowsBy(roster, ({ accountId }) => (accountId === null ? [] : [accountId]));
  const byEmail = rowsBy(roster, ({ emails }) => emails);
  const wanted = new Map<RosterPerson, { readonly person: ReviewedPerson; readonly by: string }[]>();
  const unsure = new Set<string>();
  for (const person of people) {
    const found = new Map<RosterPerson, string>();
    for (const row of byAccount.get(person.accountId ?? "") ?? []) found.set(row, "Atlassian account id");
    if (found.size === 0) {
      for (const email of person.emails)
        for (const row of byEmail.get(email) ?? []) found.set(row, `email ${email}`);
    }
    if (found.size > 1) {
      unsure.add(person.idMember);
      unclear.push(
        `${roster.name}: ${[...found.keys()].map(({ row }) => row).join(" and ")} both are ${person.label} by email or id, so neither is matched.`,
      );
      continue;
    }
    for (const [row, by] of found) wanted.set(row, [...(wanted.get(row) ?? []), { person, by }]);
  }
  const matched = new Map<string, Match>();
  for (const [row, claims] of wanted) {
    const [only, ...others] = claims;
    if (only && others.length === 0) {
      matched.set(only.person.idMember, { roster, row, by: only.by, confidence: "certain" });
      continue;
    }
    for (const { person } of claims) unsure.add(person.idMember);
    unclear.push(
      `${roster.name}: ${row.row} fits ${claims.map(({ person }) => person.label).join(" and ")}, so it is matched with none of them.`,
    );
  }
  addNames(people, roster, { matched, unsure, taken: new Set(wanted.keys()) });
  return matched;
}

/** Adds what only a name shows: a name that one row and one person without a match have. */
function addNames(
  people: readonly ReviewedPerson[],
  roster: Roster,
  known: {
    readonly matched: Map<string, Match>;
    readonly unsure: ReadonlySet<string>;
    readonly taken: ReadonlySet<RosterPerson>;
  },
): void {
  const open = people.filter(({ idMember }) => !known.matched.has(idMember) && !known.unsure.has(idMember));
  const byName = groupBy(open, ({ member }) => nameKey(member?.fullName ?? ""));
  const everyName = groupBy(people, ({ member }) => nameKey(member?.fullName ?? ""));
  const rowsByName = groupBy(roster.people, ({ name }) => nameKey(name));
  for (const [name, [person]] of byName) {
    const rows = rowsByName.get(name) ?? [];
    const [row] = rows;
    if (name === "" || !person || !row || rows.length > 1 || known.taken.has(row)) continue;
    if ((everyName.get(name) ?? []).length > 1) continue;
    known.matched.set(person.idMember, { roster, row, by: "full name", confidence: "likely" });
  }
}

function rowsBy(
  { people }: Roster,
  keys: (row: RosterPerson) => readonly string[],
): ReadonlyMap<string, readonly RosterPerson[]> {
  const found = new Map<string, RosterPerson[]>();
  for (const row of people)
    for (const key of new Set(keys(row))) found.set(key, [...(found.get(key) ?? []), row]);
  return found;
}

function groupBy<Item>(items: readonly Item[], key: (item: Item) => string): ReadonlyMap<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}
