import type { Effect } from "../domain/effect.ts";
import type { BoardWithMemberships, WorkspaceSnapshot } from "../domain/trello.ts";
import type { PlanContext } from "../engine/engine.ts";
import { nameGuests, peopleOf, type Person } from "./people.ts";
import { fromBoards } from "./removal.ts";

/** Takes everybody off boards who is not to stay; the token's own account stays, and that is said. */
export async function othersOff(
  staying: ReadonlySet<string>,
  boards: readonly BoardWithMemberships[],
  snapshot: WorkspaceSnapshot,
  { reads }: PlanContext,
): Promise<{
  readonly effects: readonly Effect[];
  readonly people: readonly Person[];
  readonly remains: readonly string[];
}> {
  const me = await reads.trello.me();
  const wanted = new Set(boards.map(({ id }) => id));
  const leaving = peopleOf(snapshot, await nameGuests(snapshot, reads))
    .map((person) => ({ person, on: person.boards.filter(({ id }) => wanted.has(id)) }))
    .filter(({ person, on }) => on.length > 0 && !staying.has(person.idMember) && person.idMember !== me.id);
  const stays = boards.some((board) => board.memberships.some(({ idMember }) => idMember === me.id));
  return {
    effects: leaving.flatMap(({ person, on }) => fromBoards(snapshot, person, on)),
    people: leaving.map(({ person }) => person),
    remains:
      stays && !staying.has(me.id) ? ["The account that this server works with stays on its boards"] : [],
  };
}
