import type { Roster, RosterPerson } from "../domain/roster.ts";
import { nameKey } from "../domain/text.ts";
import type { ReviewedPerson } from "./people.ts";

/** A person's row on a roster. */
export interface Match {
  readonly roster: Roster;
  readonly row: RosterPerson;
  /**
   * What shows that the row belongs to the person: an account id or a proven email. If the match is only `likely`: a
   * name, or a weak address (one that may belong to another person).
   */
  readonly by: string;
  readonly confidence: "certain" | "likely";
}

export interface Matches {
  /** The roster rows of a person, by member id; at most one row from each roster. */
  readonly of: (idMember: string) => readonly Match[];
  /** Sentences about rows and people that could belong together in several ways. Such rows are not used as matches. */
  readonly unclear: readonly string[];
}

/**
 * Finds each person's row on every roster, first by Atlassian account id, then by proven email.
 * If two rows have the same address, or if a row could belong to two members, these rows are not used, and a sentence
 * in `unclear` names them.
 * A name or a weak address (one that may belong to another person) gives only a likely match, and only if exactly one
 * row and one person have it.
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
        `${roster.name}: ${[...found.keys()].map(({ row }) => row).join(" and ")} both have an email or id of ${person.label}, so neither row is used.`,
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
      `${roster.name}: ${row.row} could belong to ${claims.map(({ person }) => person.label).join(" and ")}, so the row is not used.`,
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

/** The values that are compared to find likely matches: name and weak addresses. */
interface Likeness {
  readonly by: string;
  readonly ofPerson: (person: ReviewedPerson) => readonly string[];
  readonly ofRow: (row: RosterPerson) => readonly string[];
}

/**
 * Adds the likely matches: a row and a person, both without a match, with the same name or weak address. No other row
 * and no other person may have the same name or address.
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
  // A row with several addresses may match several people, and a person may match several rows. A pair is used only if
  // its row matches no other person and its person matches no other row.
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

/**
 * Groups items by their keys. An item with several keys is in several groups. The order of the items stays the same.
 */
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
