import type { Roster, RosterPerson } from "../domain/roster.ts";
import { nameKey } from "../domain/text.ts";
import type { ReviewedPerson } from "./people.ts";

/** The row of a roster that belongs to a person. */
export interface Match {
  readonly roster: Roster;
  readonly row: RosterPerson;
  /**
   * The id or email that proves the match. The match is `likely` if it has only a weak address, or only a name that
   * is unique in the roster and in Trello.
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
 * address, or if a row fits two members, there is no match, and all of them are named. A weak address or a name alone
 * matches as likely, if it is unique in the roster and in Trello.
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
  const known = { matched, unsure, taken: new Set(wanted.keys()) };
  addLikely(people, roster, known, {
    by: "a second address or sign-in name",
    ofPerson: ({ emails }) => emails,
    ofRow: ({ weakEmails }) => weakEmails ?? [],
  });
  addLikely(people, roster, known, {
    by: "full name",
    ofPerson: ({ member }) => [nameKey(member?.fullName ?? "")],
    ofRow: ({ name }) => [nameKey(name)],
  });
  return matched;
}

/** What is compared for a match that is only likely. */
interface Likeness {
  readonly by: string;
  readonly ofPerson: (person: ReviewedPerson) => readonly string[];
  readonly ofRow: (row: RosterPerson) => readonly string[];
}

/**
 * Adds likely matches. Such a match is one row and one person that are alike, if no other row or person without a
 * match is.
 */
function addLikely(
  people: readonly ReviewedPerson[],
  roster: Roster,
  known: {
    readonly matched: Map<string, Match>;
    readonly unsure: ReadonlySet<string>;
    readonly taken: Set<RosterPerson>;
  },
  { by, ofPerson, ofRow }: Likeness,
): void {
  const open = people.filter(({ idMember }) => !known.matched.has(idMember) && !known.unsure.has(idMember));
  const everyKey = groupBy(people, ofPerson);
  const rowsByKey = groupBy(roster.people, ofRow);
  const pairs = [...groupBy(open, ofPerson)].flatMap(([key, [person]]) => {
    const [row, ...others] = rowsByKey.get(key) ?? [];
    if (key === "" || !person || !row || others.length > 0 || known.taken.has(row)) return [];
    return (everyKey.get(key) ?? []).length > 1 ? [] : [{ person, row }];
  });
  // A row with several addresses may match several people, and a person may match several rows.
  const byRow = groupBy(pairs, ({ row }) => [row.row]);
  const byPerson = groupBy(pairs, ({ person }) => [person.idMember]);
  const isOnly = (group: readonly (typeof pairs)[number][] = []): boolean =>
    group.every(({ row, person }) => row === group[0]?.row && person === group[0]?.person);
  for (const { person, row } of pairs) {
    if (!isOnly(byRow.get(row.row)) || !isOnly(byPerson.get(person.idMember))) continue;
    known.matched.set(person.idMember, { roster, row, by, confidence: "likely" });
    known.taken.add(row);
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
