import type { Reads } from "../domain/reads.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import { nameGuests, type Person } from "./people.ts";

/** People of a workspace with the names of the guests among them, whom a snapshot has by id alone; nothing is read for members. */
export async function withGuestNames(
  people: readonly Person[],
  snapshot: WorkspaceSnapshot,
  reads: Reads,
): Promise<readonly Person[]> {
  if (people.every(({ member }) => member)) return people;
  const names = await nameGuests(snapshot, reads);
  return people.map((person) =>
    person.member ? person : { ...person, member: names.get(person.idMember) ?? null },
  );
}
