import { plural } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";

/** A Free workspace can have at most 10 collaborators (Atlassian support: workspace user limit). */
const MOST = 10;

/**
 * The collaborators that count for the limit: members, guests of open boards, and people who were invited and have not
 * joined.
 */
function collaborators({ memberships, boards }: WorkspaceSnapshot): ReadonlySet<string> {
  const open = boards.filter(({ closed }) => !closed);
  return new Set([
    ...memberships.map(({ idMember }) => idMember),
    ...open.flatMap((board) => board.memberships.map(({ idMember }) => idMember)),
  ]);
}

/**
 * Warns if people do not fit into a Free workspace, because Trello refuses every person above the limit. Empty if all
 * fit, or for another plan tier. `adding`: emails and member ids of the people to add.
 */
export function roomLines(snapshot: WorkspaceSnapshot, adding: readonly string[]): readonly string[] {
  if (snapshot.tier !== "free") return [];
  const there = collaborators(snapshot);
  const coming = new Set(adding.filter((each) => !there.has(each)));
  const room = Math.max(0, MOST - there.size);
  if (coming.size <= room) return [];
  return [
    `${room === 0 ? "None" : room} of ${coming.size} fit: a Free workspace has ${MOST} collaborators at most, and ${plural(there.size, "is there", "are there")} (members, guests of open boards, invitations). At ${MOST}, no one can be added; over ${MOST}, the boards become view-only.`,
  ];
}
