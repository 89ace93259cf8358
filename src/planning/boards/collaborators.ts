import { plural } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";

/** A Free workspace can have at most 10 collaborators (Atlassian support: workspace user limit). */
const MOST = 10;

/**
 * The collaborators who count for the limit of a Free workspace: members, guests of open boards, and invited people who
 * have not joined.
 */
function collaborators({ memberships, boards }: WorkspaceSnapshot): ReadonlySet<string> {
  const open = boards.filter(({ closed }) => !closed);
  return new Set([
    ...memberships.map(({ idMember }) => idMember),
    ...open.flatMap((board) => board.memberships.map(({ idMember }) => idMember)),
  ]);
}

/**
 * Warns if a Free workspace has no room for all people to add, because Trello refuses everyone above the limit. Empty
 * if there is room, or if the workspace is not on the Free plan. `adding`: emails and member ids of the people to add.
 */
export function roomLines(snapshot: WorkspaceSnapshot, adding: readonly string[]): readonly string[] {
  if (snapshot.tier !== "free") return [];
  const there = collaborators(snapshot);
  const coming = new Set(adding.filter((each) => !there.has(each)));
  const room = Math.max(0, MOST - there.size);
  if (coming.size <= room) return [];
  return [
    `There is room for ${room === 0 ? "none" : room} of ${coming.size}: on Trello's Free plan, a workspace has ${MOST} collaborators at most, and ${plural(there.size, "is there", "are there")} (members, guests of open boards, invitations). With ${MOST} collaborators, no one can be added; with more, the boards become view-only.`,
  ];
}
