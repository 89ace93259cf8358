import { AppError } from "../domain/error.ts";
import { clean, listNames, nameKey } from "../domain/text.ts";
import type { BoardWithMemberships, WorkspaceSnapshot } from "../domain/trello.ts";
import { nearest } from "./near.ts";

/** Candidates that an error names. */
const NAMED = 5;

/** A board and the workspace to which it belongs. */
export interface PlacedBoard {
  readonly board: BoardWithMemberships;
  readonly workspace: string;
}

/**
 * The short link or id in a board's address, such as `AbCd1234` in `https://trello.com/b/AbCd1234/roadmap`. Any other
 * text is returned unchanged.
 */
export function boardRef(text: string): string {
  return /^(?:https?:\/\/)?(?:www\.)?trello\.com\/b\/(\w+)/i.exec(text.trim())?.[1] ?? text.trim();
}

/**
 * The boards that a call names: by id, short link, address or exact name. Each board once, in the order of the call.
 */
export function boardsOf(
  snapshot: WorkspaceSnapshot,
  refs: readonly string[],
): readonly BoardWithMemberships[] {
  const placed = placedBoards([snapshot]);
  const missing = refs.filter((ref) => boardsMeant(ref, placed).length === 0);
  if (missing.length > 0) throw noSuchBoards(missing, placed);
  return [...new Set(refs.map((ref) => requireBoard(ref, placed).board))];
}

/** Whether each text in `refs` means a board of the workspace. A text also counts if several boards have this name. */
export function hasBoards(snapshot: WorkspaceSnapshot, refs: readonly string[]): boolean {
  const placed = placedBoards([snapshot]);
  return refs.every((ref) => boardsMeant(ref, placed).length > 0);
}

export function placedBoards(snapshots: readonly WorkspaceSnapshot[]): readonly PlacedBoard[] {
  return snapshots.flatMap(({ boards, workspace }) =>
    boards.map((board) => ({ board, workspace: clean(workspace.displayName, 60) })),
  );
}

/** The open boards of which this member is the only active admin. */
export function onlyAdminOf(
  { boards }: WorkspaceSnapshot,
  idMember: string,
): readonly BoardWithMemberships[] {
  return boards.filter(({ closed, memberships }) => {
    const admins = memberships.filter(
      (row) => row.memberType === "admin" && !row.deactivated && !row.unconfirmed,
    );
    return !closed && admins.length === 1 && admins[0]?.idMember === idMember;
  });
}

/**
 * The one board that the text names. Throws NOT_FOUND if there is none. Throws AMBIGUOUS with the possible boards if
 * several have the name.
 */
export function requireBoard(ref: string, boards: readonly PlacedBoard[]): PlacedBoard {
  const found = boardsMeant(ref, boards);
  const [only] = found;
  if (!only) throw noSuchBoards([ref], boards);
  if (found.length === 1) return only;
  throw new AppError("AMBIGUOUS", `${found.length} boards have the name ${clean(ref, 60)}.`, {
    next: "Call again with the id of the right board.",
    details: { candidates: found.slice(0, NAMED).map(boardCandidate) },
  });
}

/**
 * All boards that the text can mean: the board with this id or short link; if there is none, the boards with this name.
 */
export function boardsMeant(ref: string, boards: readonly PlacedBoard[]): readonly PlacedBoard[] {
  const wanted = boardRef(ref);
  const direct = boards.find(({ board }) => board.id === wanted.toLowerCase() || board.shortLink === wanted);
  if (direct) return [direct];
  const key = nameKey(wanted);
  return key === "" ? [] : boards.filter(({ board }) => nameKey(board.name) === key);
}

function noSuchBoards(refs: readonly string[], boards: readonly PlacedBoard[]): AppError {
  const near = [...new Set(refs.flatMap((ref) => nearest(ref, boards, ({ board }) => [board.name])))];
  const names = listNames(
    refs.map((ref) => clean(ref, 60)),
    5,
  );
  const where = [...new Set(boards.map(({ workspace }) => workspace))];
  const searched = boards.length === 0 ? "The token sees no board there." : "";
  return new AppError(
    "NOT_FOUND",
    `The token sees no board ${names}${where.length > 0 ? ` in ${listNames(where, 3)}` : ""}. ${searched}`.trim(),
    {
      next:
        near.length > 0
          ? "If one of the candidates is meant, call again with its id."
          : "Find the board with list_workspace_boards and `query`, then call again with the id.",
      ...(near.length > 0 && { details: { candidates: near.slice(0, NAMED).map(boardCandidate) } }),
    },
  );
}

function boardCandidate({ board, workspace }: PlacedBoard) {
  return {
    id: board.id,
    name: clean(board.name),
    where: workspace,
    ...(board.closed && { reason: "closed" }),
  };
}
