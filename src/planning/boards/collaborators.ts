import { plural } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";

/** The most collaborators of a Free workspace (Atlassian support: workspace user limit). */
const MOST = 10;

/** The number of collaborators: members, guests of open boards, and invitations that are not accepted yet. */
function collaborators({ memberships, boards }: WorkspaceSnapshot): ReadonlySet<string> {
  const open = boards.filter(({ closed }) => !closed);
  return new Set([
    ...memberships.map(({ idMember }) => idMember),
    ...open.flatMap((board) => board.memberships.map(({ idMember }) => idMember)),
  ]);
}

/**
 * Says whom a Free workspace has no room for: Trello refuses every person above the limit. Empty for another plan tier,
 * or if all fit. `adding` are the emails and member ids of the people to add.
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
