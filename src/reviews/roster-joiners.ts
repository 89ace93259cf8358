import type { Roster, RosterPerson } from "../domain/roster.ts";
import { listNames, nameKey, plural } from "../domain/text.ts";
import type { ReviewedPerson } from "./people.ts";

/** A person of the roster who is not in Trello yet. */
export interface Joiner {
  readonly email: string;
  readonly row: RosterPerson;
  readonly teams: readonly string[];
  /**
   * `certain`: the person is not in Trello yet. `likely`: this is not proven, because some members hide their emails,
   * but no member has the name of the row.
   */
  readonly certainty: "certain" | "likely";
  readonly why: string;
}

/** The teams of a row. If the row lists no teams, its department is the team. */
export function teamsOf({ teams, department }: RosterPerson): readonly string[] {
  return teams ?? (department ? [department] : []);
}

interface Compared {
  readonly people: readonly ReviewedPerson[];
  readonly roster: Roster;
  readonly earlier: Roster | null;
}

/**
 * The people of a roster who are not in Trello yet: active rows whose email and name no member has. If some members
 * hide their emails and there is no earlier roster to compare with, such a person is only a `likely` joiner. A row
 * without a name is then left out, because it could belong to a member whose email is hidden.
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
  let guests = 0;
  for (const row of roster.people) {
    if (row.status !== "active" || taken.has(row) || wasOn(row)) continue;
    // Guests in the company's directory are not invited to Trello, because they may be there for another purpose.
    if (row.isGuest) {
      guests += 1;
      continue;
    }
    const [email] = row.emails;
    if (email === undefined) nameless += 1;
    else if (addressesOf(row).some((each) => known.has(each))) continue;
    else if (row.emails.some((each) => (counts.get(each) ?? 0) > 1))
      unsure.push(
        `${email} (${row.row}) is on ${roster.name} more than once, so it is not certain who is meant.`,
      );
    else if (names.has(nameKey(row.name)))
      unsure.push(
        `${email} (${row.row}) has the same name as a member whose email is not known for certain, so no one is invited.`,
      );
    else if (hides && row.name === "") open.push(email);
    else {
      const certainty = hides ? "likely" : "certain";
      const also = hides ? `, or the name; the emails of ${plural(hidden, "member")} are hidden` : "";
      const why = `${roster.name} has ${email} (${row.row}), and no member or invitation is known to have the email${also}.`;
      joiners.push({ email, row, teams: teamsOf(row), certainty, why });
    }
  }
  if (guests > 0)
    unsure.push(
      `${plural(guests, "guest")} of ${roster.name} ${guests === 1 ? "is" : "are"} not in Trello, and guests of a directory are never invited automatically.`,
    );
  if (nameless > 0)
    unsure.push(
      `${plural(nameless, "row")} of ${roster.name} without an email: these people cannot be invited.`,
    );
  if (open.length > 0)
    unsure.push(
      `${listNames(open)}: the emails of ${plural(hidden, "member")} are hidden and these rows have no name, so it is not certain who is new. Give a roster with names, or compare with an earlier review by \`compareWith\`.`,
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
 * Returns a function that says whether a person was active on the earlier roster. The person is found by an address or
 * by the id that the source gave the row. A line number is no such id, because a person may be on another line now.
 */
function createEarlier(earlier: Roster | null): (row: RosterPerson) => boolean {
  // A person who was inactive on the earlier roster and is active now counts as new.
  const active = earlier?.people.filter(({ status }) => status === "active") ?? [];
  const addresses = new Set(active.flatMap(addressesOf));
  const ids = new Set(active.map(({ row }) => row).filter((row) => !/^line \d+$/.test(row)));
  return (row) => ids.has(row.row) || addressesOf(row).some((each) => addresses.has(each));
}
