import type { Roster, RosterPerson } from "../domain/roster.ts";
import { listNames, nameKey, plural } from "../domain/text.ts";
import type { ReviewedPerson } from "./people.ts";

/** A person of the roster who is not in Trello yet. */
export interface Joiner {
  readonly email: string;
  readonly row: RosterPerson;
  readonly teams: readonly string[];
  /** `likely`: some members hide their emails, but none of them has the name of the row. */
  readonly certainty: "certain" | "likely";
  readonly why: string;
}

/** The teams of a row: the teams that it lists; without them, its department. */
export function teamsOf({ teams, department }: RosterPerson): readonly string[] {
  return teams ?? (department ? [department] : []);
}

interface Compared {
  readonly people: readonly ReviewedPerson[];
  readonly roster: Roster;
  readonly earlier: Roster | null;
}

/**
 * The people of a roster who are not in Trello yet: active rows, if no member has the email or the name. Some members
 * hide their emails, so a row is certain only if all emails are known, or if the earlier roster did not have the row. A
 * row without a name is left out.
 */
export function joinersOf(
  taken: ReadonlySet<RosterPerson>,
  compared: Compared,
  unsure: string[],
): readonly Joiner[] {
  const { people, roster, earlier } = compared;
  const known = new Set(people.flatMap((person) => [...person.emails, ...person.disputed]));
  const names = namesOf(people);
  const wasOn = createEarlier(earlier);
  const counts = countEmails(roster);
  const hidden = people.filter(({ emails }) => emails.length === 0).length;
  const hides = hidden > 0 && earlier === null;
  const joiners: Joiner[] = [];
  const open: string[] = [];
  let nameless = 0;
  for (const row of roster.people) {
    if (row.status !== "active" || taken.has(row) || wasOn(row)) continue;
    const [email] = row.emails;
    if (email === undefined) nameless += 1;
    else if (addressesOf(row).some((each) => known.has(each))) continue;
    else if (row.emails.some((each) => (counts.get(each) ?? 0) > 1))
      unsure.push(
        `${email} (${row.row}) is on ${roster.name} more than once, so it is not certain who is meant.`,
      );
    else if (names.has(nameKey(row.name)))
      unsure.push(
        `${email} (${row.row}) has the name of a member whose email is not proven to be this one, so nobody is invited.`,
      );
    else if (hides && row.name === "") open.push(email);
    else {
      const certainty = hides ? "likely" : "certain";
      const also = hides ? `, or the name; the emails of ${plural(hidden, "member")} are hidden` : "";
      const why = `${roster.name} has ${email} (${row.row}), and no member or invitation is known to have the email${also}.`;
      joiners.push({ email, row, teams: teamsOf(row), certainty, why });
    }
  }
  if (nameless > 0)
    unsure.push(`${plural(nameless, "row")} of ${roster.name} without an email cannot be invited.`);
  if (open.length > 0)
    unsure.push(
      `${listNames(open)}: the emails of ${plural(hidden, "member")} are hidden and these rows have no name, so it is not certain who is new. Give a roster with names, or compareWith.`,
    );
  return joiners;
}

function addressesOf({ emails, weakEmails = [] }: RosterPerson): readonly string[] {
  return [...emails, ...weakEmails];
}

function namesOf(people: readonly ReviewedPerson[]): ReadonlySet<string> {
  const names = people.map(({ member }) => nameKey(member?.fullName ?? ""));
  return new Set(names.filter((name) => name !== ""));
}

function countEmails({ people }: Roster): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const email of people.flatMap(({ emails }) => emails)) counts.set(email, (counts.get(email) ?? 0) + 1);
  return counts;
}

/**
 * Whether the earlier roster had this person as active, found by an address or by the source's own id. A line number is
 * no such id.
 */
function createEarlier(earlier: Roster | null): (row: RosterPerson) => boolean {
  // A person who was on the earlier roster but inactive counts as new when becoming active.
  const active = earlier?.people.filter(({ status }) => status === "active") ?? [];
  const addresses = new Set(active.flatMap(addressesOf));
  const ids = new Set(active.map(({ row }) => row).filter((row) => !/^line \d+$/.test(row)));
  return (row) => ids.has(row.row) || addressesOf(row).some((each) => addresses.has(each));
}
