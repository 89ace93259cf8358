import { AppError } from "../../domain/error.ts";
import { clean, listNames } from "../../domain/text.ts";
import type { BoardWithMemberships, WorkspaceSnapshot } from "../../domain/trello.ts";

/**
 * The boards of a workspace by id or short link, in the order asked. NOT_FOUND names the boards that were not found.
 */
export function boardsOf(
  snapshot: WorkspaceSnapshot,
  refs: readonly string[],
): readonly BoardWithMemberships[] {
  const found = refs.map((ref) =>
    snapshot.boards.find((board) => board.id === ref.toLowerCase() || board.shortLink === ref),
  );
  const missing = refs.filter((_, index) => !found[index]).map((ref) => clean(ref, 40));
  if (missing.length > 0) {
    throw new AppError(
      "NOT_FOUND",
      `This token sees no such boards in this workspace: ${listNames(missing, 5)}.`,
      {
        next: "Use list_workspace_boards to get ids and short links.",
      },
    );
  }
  return [...new Set(found.filter((board) => board !== undefined))];
}
