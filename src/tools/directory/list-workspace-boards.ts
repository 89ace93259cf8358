import { z } from "zod";
import { clean, folded } from "../../domain/text.ts";
import type { BoardWithMemberships } from "../../domain/trello.ts";
import { nearness } from "../../people/near.ts";
import { blindSpotsOf } from "../../people/person.ts";
import { coverageText } from "../../people/readable.ts";
import { workspacesMeant } from "../../people/workspaces.ts";
import { defineReadTool } from "../define.ts";
import { cursor, limit, workspace } from "../support/fields.ts";
import { pageLine, paginate } from "../support/page.ts";

export default defineReadTool({
  name: "list_workspace_boards",
  title: "List workspace boards",
  description: "Boards with visibility, of one workspace or all, and what the token cannot see.",
  toolset: "directory",
  input: z.strictObject({
    workspace,
    query: z.string().trim().min(1).max(100).describe("part of the board's name").optional(),
    closed: z.boolean().optional(),
    limit: limit.default(25),
    cursor: cursor.optional(),
  }),
  output: z.object({
    workspace: z.string().optional(),
    total: z.number(),
    boards: z.array(
      z.object({
        id: z.string(),
        shortLink: z.string().optional(),
        name: z.string(),
        /** The slug of the workspace. Set only if the list is about several workspaces. */
        workspace: z.string().optional(),
        visibility: z.string(),
        closed: z.boolean(),
        members: z.number(),
      }),
    ),
    read: z.string(),
    blindSpots: z.array(z.string()),
    cursor: z.string().optional(),
  }),
  async read(args, { reads }) {
    const readable = await workspacesMeant(args.workspace, reads);
    const { snapshots, unread } = readable;
    const [only] = args.workspace === undefined ? [] : snapshots;
    const boards = snapshots.flatMap((snapshot) =>
      snapshot.boards.filter((board) => matches(board, args)).map((board) => ({ board, snapshot })),
    );
    const page = paginate(boards, {
      limit: args.limit,
      cursor: args.cursor,
      of: ["list_workspace_boards", only?.workspace.id, args.closed, args.query],
      sort: ({ board }) => folded(board.name),
      id: ({ board }) => board.id,
    });
    return {
      ...(only && { workspace: only.workspace.id }),
      total: boards.length,
      boards: page.rows.map(({ board, snapshot }) => ({
        id: board.id,
        ...(board.shortLink && { shortLink: board.shortLink }),
        name: clean(board.name),
        ...(!only && { workspace: clean(snapshot.workspace.name) }),
        visibility: clean(board.prefs?.permissionLevel ?? "unknown", 20),
        closed: board.closed,
        members: board.memberships.length,
      })),
      read: coverageText(readable),
      blindSpots: [...unread, ...(await blindSpotsOf(snapshots, reads))],
      ...(page.cursor && { cursor: page.cursor }),
    };
  },
  text: ({ total, boards, read, blindSpots, cursor: more }) =>
    [
      pageLine(boards.length, total, more),
      ...boards.map(
        ({ id, shortLink, name, workspace: where, visibility, members, closed }) =>
          `${name} (${shortLink ?? id}) ${visibility}, ${members} people${where ? `, ${where}` : ""}${closed ? ", closed" : ""}`,
      ),
      read,
      ...blindSpots,
    ].join("\n"),
});

function matches(
  board: BoardWithMemberships,
  args: { readonly closed?: boolean | undefined; readonly query?: string | undefined },
): boolean {
  return (
    (args.closed === undefined || board.closed === args.closed) &&
    (args.query === undefined || board.shortLink === args.query || nearness(args.query, board.name) !== null)
  );
}
