import type { Roster, RosterPerson } from "../domain/roster.ts";
import { nameKey } from "../domain/text.ts";
import type { ReviewedPerson } from "./people.ts";

/** The row of a roster that belongs to a person. */
export interface Match {
  readonly roster: Roster;
  readonly row: RosterPerson;
  /**
   * The id or email that proves the match; `likely` if there is only a name, which is unique in the roster and in
   * Trello.
   */
  readonly by: string;
  readonly confidence: "certain" | "likely";
}

export interface Matches {
  /** Each person's rows, by member id. There is at most one row of each roster. */
  readonly of: (idMember: string) => readonly Match[];
  /** Sentences about rows and people that could be matched in more than one way. They are not matched. */
  readonly unclear: readonly string[];
}

/**
 * Finds each person's row in every roster: first by Atlassian account id, then by proven email. If two rows have one
 * address, or if a row fits two members, there is no match, and all of them are named. A name alone matches only if it
 * is unique in the roster and in Trello.
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
  const byAccount = groupBy(roster.people, ({ accountId }) => (accountId === null ? [] : [accountId]));
  const byEmail = groupBy(roster.people, ({ emails }) => emails);
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
        `${roster.name}: ${[...found.keys()].map(({ row }) => row).join(" and ")} both belong to ${person.label} by email or id, so neither row is used.`,
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
      `${roster.name}: ${row.row} fits ${claims.map(({ person }) => person.label).join(" and ")}, so the row is used for none of them.`,
    );
  }
  addNames(people, roster, { matched, unsure, taken: new Set(wanted.keys()) });
  return matched;
}

/** Adds matches by name: exactly one row and exactly one person without a match have the name. */
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
  const byName = groupBy(open, ({ member }) => [nameKey(member?.fullName ?? "")]);
  const everyName = groupBy(people, ({ member }) => [nameKey(member?.fullName ?? "")]);
  const rowsByName = groupBy(roster.people, ({ name }) => [nameKey(name)]);
  for (const [name, [person]] of byName) {
    const rows = rowsByName.get(name) ?? [];
    const [row] = rows;
    if (name === "" || !person || !row || rows.length > 1 || known.taken.has(row)) continue;
    if ((everyName.get(name) ?? []).length > 1) continue;
    known.matched.set(person.idMember, { roster, row, by: "full name", confidence: "likely" });
  }
}

/** The items by each of their keys, in the order given. */
export function groupBy<Item>(
  items: readonly Item[],
  keysOf: (item: Item) => readonly string[],
): ReadonlyMap<string, readonly Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    for (const key of new Set(keysOf(item))) {
      const group = groups.get(key);
      if (group) group.push(item);
      else groups.set(key, [item]);
    }
  }
  return groups;
}
