import type { PlanContext } from "../domain/planning.ts";
import { folded } from "../domain/text.ts";
import type { BoardWithMemberships, WorkspaceSnapshot } from "../domain/trello.ts";
import { boardsMeant, placedBoards } from "./boards.ts";

/**
 * The boards that `team_boards` of the policy file lists for a Group, as they are written in the file. Empty if it
 * lists none.
 */
export function boardsOfTeam(
  name: string,
  { teamBoards }: Pick<PlanContext, "teamBoards">,
): readonly string[] {
  const wanted = folded(name, 254);
  return [...teamBoards].flatMap(([team, refs]) => (folded(team, 254) === wanted ? refs : []));
}

/**
 * The boards that the policy file lists for the given teams, each once. A board is left out if it is closed or not in
 * the workspace, or if several boards have its name.
 */
export function teamBoardsIn(
  snapshot: WorkspaceSnapshot,
  teams: readonly string[],
  context: Pick<PlanContext, "teamBoards">,
): readonly BoardWithMemberships[] {
  const placed = placedBoards([snapshot]);
  const refs = new Set(teams.flatMap((team) => boardsOfTeam(team, context)));
  const found = [...refs].flatMap((ref) => {
    const [only, ...others] = boardsMeant(ref, placed);
    return only && others.length === 0 && !only.board.closed ? [only.board] : [];
  });
  return [...new Set(found)];
}
