import type { Effect } from "../../domain/effect.ts";
import { plural } from "../../domain/text.ts";
import type { Reads } from "../../domain/reads.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { takesAway } from "../../effects/kinds.ts";

/**
 * Why Trello's answer does not prove that a person is no longer in a place; null if it proves it. A missing row proves
 * something only if the answer has the rows of the people who must still be there: the owner of the token, or an admin.
 */
export function doubtOf({ memberships, boards, unread = [] }: WorkspaceSnapshot): string | null {
  if (memberships.length === 0) return "Trello's answer has no members at all";
  if (boards.length > 0 && boards.every((board) => board.memberships.length === 0))
    return "Trello's answer has no people on any board";
  return unread.length > 0 ? `${unread.join(" and ")} of Trello's answer could not be read` : null;
}

/**
 * Why Trello's answer does not prove one effect, which took something away in a workspace or on one of its boards; null
 * if it proves the effect.
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
  return doubtOf(read) ?? (odd > 0 ? `${plural(odd, "row")} of people there could not be read` : null);
}
