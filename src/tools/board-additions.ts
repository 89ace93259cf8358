import type { Effect } from "../domain/effect.ts";
import { clean } from "../domain/text.ts";
import type { BoardWithMemberships, WorkspaceSnapshot } from "../domain/trello.ts";
import { setBoardMember } from "../effects/board-members.ts";
import { labelOf, type Person } from "../people/person.ts";
import { takesSeat } from "./seats.ts";

/** What is to be added for one person, and which of the boards have them in another role. */
export function additions(
  person: Person,
  wanted: readonly BoardWithMemberships[],
  snapshot: WorkspaceSnapshot,
  memberType: string,
): {
  readonly who: string;
  readonly seat: boolean;
  readonly held: readonly string[];
  readonly effects: readonly Effect[];
} {
  const who = labelOf(person.member, person.idMember);
  const on = new Map(person.boards.map(({ id, memberType: role }) => [id, role]));
  const missing = wanted.filter(({ id }) => !on.has(id));
  const seat = takesSeat(person, missing.length, snapshot.tier);
  return {
    who,
    seat,
    held: wanted.flatMap(({ id, name }) => {
      const role = on.get(id);
      return role === undefined || role === memberType
        ? []
        : [`${who} is on board ${clean(name)} as ${role}`];
    }),
    effects: missing.map((board) =>
      setBoardMember.make({
        target: { idBoard: board.id, idMember: person.idMember, idOrganization: snapshot.workspace.id },
        before: null,
        after: { memberType, ...(seat && { billable: true as const }) },
        label: who,
        where: `board ${clean(board.name)}`,
      }),
    ),
  };
}
