import type { Effect } from "../domain/effect.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { BoardWithMemberships, WorkspaceSnapshot } from "../domain/trello.ts";
import { provenEmail } from "../people/emails.ts";
import { labelOf, nameGuests, peopleOf, type Person } from "../people/person.ts";
import { fromBoards } from "./removal.ts";

/** Who is to stay on boards: people, and emails of more who are to stay and whom nothing links to a member. */
export interface Staying {
  readonly people: ReadonlySet<string>;
  readonly emails: readonly string[];
}

/**
 * Takes everybody off boards who is not to stay. Two kinds of people stay all the same, and that is said: the token's
 * own account, and, where somebody who is to stay was not found, everyone who might be that one.
 */
export async function othersOff(
  staying: Staying,
  boards: readonly BoardWithMemberships[],
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<{
  readonly effects: readonly Effect[];
  readonly people: readonly Person[];
  readonly warnings: readonly string[];
  readonly remains: readonly string[];
}> {
  const { reads } = context;
  const me = await reads.trello.me();
  const wanted = new Set(boards.map(({ id }) => id));
  const others = peopleOf(snapshot, await nameGuests(snapshot, reads))
    .map((person) => ({ person, on: person.boards.filter(({ id }) => wanted.has(id)) }))
    .filter(
      ({ person, on }) => on.length > 0 && !staying.people.has(person.idMember) && person.idMember !== me.id,
    );
  const leaving: typeof others = [];
  const unsure: Person[] = [];
  for (const other of others) {
    if (await mayBeOneOf(staying.emails, other.person, context)) unsure.push(other.person);
    else leaving.push(other);
  }
  const meThere = boards.some((board) => board.memberships.some(({ idMember }) => idMember === me.id));
  return {
    effects: leaving.flatMap(({ person, on }) => fromBoards(snapshot, person, on)),
    people: leaving.map(({ person }) => person),
    warnings:
      unsure.length > 0
        ? [
            `${unsure.length} people stay, because their emails are not known and they may be among those who were not found: ${named(unsure)}`,
          ]
        : [],
    remains:
      meThere && !staying.people.has(me.id)
        ? ["The account that this server works with stays on its boards"]
        : [],
  };
}

async function mayBeOneOf(emails: readonly string[], person: Person, context: PlanContext): Promise<boolean> {
  if (emails.length === 0) return false;
  const proven = await provenEmail(person, context);
  return proven === null || emails.includes(proven.email.toLowerCase());
}

function named(people: readonly Person[]): string {
  const names = people.slice(0, 10).map(({ member, idMember }) => labelOf(member, idMember));
  return `${names.join(", ")}${people.length > 10 ? ", …" : ""}`;
}
