import type { PlanContext } from "../domain/planning.ts";
import { clean } from "../domain/text.ts";
import type { PlanTier, WorkspaceSnapshot } from "../domain/trello.ts";
import type { Person } from "../people/person.ts";

/** Whether a guest's second board costs a seat there; an unknown plan tier counts as paid. */
export function chargesGuests(tier: PlanTier): boolean {
  return tier !== "free";
}

/** Whether `more` boards make a person a billable guest: not in the workspace, and on two or more of its boards. */
export function takesSeat(
  { membership, boards }: Pick<Person, "membership" | "boards">,
  more: number,
  tier: PlanTier,
): boolean {
  return !membership && chargesGuests(tier) && boards.length <= 1 && boards.length + more > 1;
}

/** The same words wherever a seat is spent. */
export function seatNote(who: string): string {
  return `${who} becomes a billable guest and takes a paid seat`;
}

/**
 * Trello's own word on billable guests of boards, one request each, to be asked only where somebody comes as a guest: it
 * may know more than is seen here.
 */
export async function billableElsewhere(
  boards: readonly { readonly id: string; readonly name: string }[],
  { workspace, tier }: WorkspaceSnapshot,
  { reads }: PlanContext,
): Promise<readonly string[]> {
  if (!chargesGuests(tier)) return [];
  const counts = await Promise.all(
    boards.map((board) => reads.trello.newBillableGuests(workspace.id, board.id)),
  );
  return boards.flatMap((board, index) =>
    counts[index]
      ? [`Trello counts ${counts[index]} new billable guests on board ${clean(board.name)}.`]
      : [],
  );
}
