import { AppError } from "../../domain/error.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { clean } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { findOutsideWorkspace, requirePerson } from "../../people/find.ts";
import { labelOf, type Person } from "../../people/person.ts";

/** A person to put on boards. */
export interface Coming {
  readonly person: Person;
  /** Whether the person is neither in the workspace nor on one of its boards. */
  readonly isOutside: boolean;
}

/**
 * Finds the one person to add: first among the people of the workspace. If the text fits none of them, searches outside
 * the workspace. `names`: true if an exact full name is enough to find the person. Throws the same errors as
 * `requirePerson`.
 */
export async function personComing(
  query: string,
  names: boolean,
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<Coming> {
  try {
    return { person: await requirePerson(query, [snapshot], context, { names }), isOutside: false };
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "NOT_FOUND") throw thrown;
    const found = await findOutsideWorkspace(query, snapshot, context, { names });
    if (found) return { person: found, isOutside: true };
    throw thrown;
  }
}

/** One line for each person who is not in the workspace, and so becomes a guest. */
export function guestLines(
  coming: readonly Coming[],
  { workspace: { displayName } }: WorkspaceSnapshot,
): readonly string[] {
  const guests = coming.filter(({ isOutside }) => isOutside).map(({ person }) => person);
  const who = new Set(guests.map(({ member, idMember }) => labelOf(member, idMember)));
  return [...who].map((label) => `${label} is not in ${clean(displayName)} and becomes a guest.`);
}
