import { clean, listNames, plural } from "../../domain/text.ts";
import { statusText } from "../../people/person.ts";

/** A line of text names at most 10 boards of a workspace. */
const NAMED_BOARDS = 10;

interface WorkspaceAccess {
  readonly name: string;
  readonly role: string;
  readonly status: string;
  readonly boardCount: number;
  readonly boards: readonly { readonly name: string; readonly role: string }[];
  readonly seenByVisibility: {
    readonly org: number;
    readonly public: number;
    readonly mayJoin?: number | undefined;
  };
}

/**
 * A workspace in one line, with the person's role and first boards: `Acme: normal, active, on 2 boards: Roadmap
 * (admin), Budget (normal)`.
 */
export function workspaceLine({
  name,
  role,
  status,
  boardCount,
  boards,
  seenByVisibility,
}: WorkspaceAccess): string {
  const { org, public: open, mayJoin } = seenByVisibility;
  const on = boards.map((board) => `${clean(board.name, 60)} (${board.role})`);
  const joins = mayJoin === undefined || org === 0 ? "" : ` (may edit and join ${mayJoin} of them)`;
  return [
    `${name}: ${role}, ${statusText(status)}, on ${plural(boardCount, "board")}`,
    on.length === 0 ? "" : `: ${listNames(on, NAMED_BOARDS, { count: boardCount })}`,
    `; also sees, without being a member of them, ${plural(org, "board")} of the workspace${joins} and ${plural(open, "public board")}`,
  ].join("");
}
