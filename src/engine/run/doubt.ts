import type { Effect } from "../../domain/effect.ts";
import { plural } from "../../domain/text.ts";
import type { Reads } from "../../domain/reads.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { takesAway } from "../../effects/kinds.ts";

/**
 * The reason to doubt that a person who is missing from Trello's answer is really gone; null if there is no doubt.
 * There is doubt if the answer shows no people in the workspace, or no people on any of its boards, because at least an
 * admin must still be there. There is also doubt if a part of the answer could not be read.
 */
export function doubtOf({ memberships, boards, unread = [] }: WorkspaceSnapshot): string | null {
  if (memberships.length === 0) return "Trello's answer has no members at all";
  if (boards.length > 0 && boards.every((board) => board.memberships.length === 0))
    return "Trello's answer has no people on any board";
  return unread.length > 0 ? `${unread.join(" and ")} of Trello's answer could not be read` : null;
}

/**
 * The reason to doubt that the effect took something away in a workspace or on one of its boards; null if there is no
 * doubt, or if the effect takes nothing away there.
 */
export async function doubtAbout(effect: Effect, { trello }: Reads): Promise<string | null> {
  const { idOrganization, idBoard } = effect.target;
  if (!takesAway(effect) || !idOrganization || effect.resource === "card") return null;
  const snapshot = await trello.workspace(idOrganization).catch(() => null);
  if (!snapshot) return null;
  const { unread: _unread, ...read } = snapshot;
  const board = read.boards.find(({ id }) => id === idBoard);
  if (idBoard !== undefined && !board) return null;
  const odd = board?.unreadPeople ?? 0;
  return (
    doubtOf(read) ??
    (odd > 0 ? `${plural(odd, "entry", "entries")} in the board's list of people could not be read` : null)
  );
}
