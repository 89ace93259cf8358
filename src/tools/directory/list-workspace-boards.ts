import { z } from "zod";
import { clean, folded } from "../../domain/text.ts";
import { blindSpotsOf } from "../../people/person.ts";
import { defineReadTool } from "../define.ts";
import { cursor, limit, workspace } from "../support/fields.ts";
import { pageLine, paginate } from "../support/page.ts";

export default defineReadTool({
  name: "list_workspace_boards",
  title: "List workspace boards",
  description: "Boards of a workspace, and what the token cannot see.",
  toolset: "directory",
  input: z.strictObject({
    workspace,
    closed: z.boolean().optional(),
    limit: limit.default(50),
    cursor: cursor.optional(),
  }),
  output: z.object({
    workspace: z.string(),
    total: z.number(),
    boards: z.array(
      z.object({
        id: z.string(),
        shortLink: z.string().optional(),
        name: z.string(),
        visibility: z.string(),
        closed: z.boolean(),
        members: z.number(),
      }),
    ),
    blindSpots: z.array(z.string()),
    cursor: z.string().optional(),
  }),
  async read(args, { reads }) {
    const snapshot = await reads.trello.workspace(args.workspace);
    const boards = snapshot.boards.filter(
      (board) => args.closed === undefined || board.closed === args.closed,
    );
    const page = paginate(boards, {
      limit: args.limit,
      cursor: args.cursor,
      of: ["list_workspace_boards", snapshot.workspace.id, args.closed],
      sort: (board) => folded(board.name),
      id: (board) => board.id,
    });
    return {
      workspace: snapshot.workspace.id,
      total: boards.length,
      boards: page.rows.map((board) => ({
        id: board.id,
        ...(board.shortLink && { shortLink: board.shortLink }),
        name: clean(board.name),
        visibility: clean(board.prefs?.permissionLevel ?? "unknown", 20),
        closed: board.closed,
        members: board.memberships.length,
      })),
      blindSpots: [...(await blindSpotsOf([snapshot], reads))],
      ...(page.cursor && { cursor: page.cursor }),
    };
  },
  text: ({ total, boards, blindSpots, cursor: more }) =>
    [
      pageLine(boards.length, total, more),
      ...boards.map(
        ({ id, name, visibility, members, closed }) =>
          `${name} (${id}) ${visibility}, ${members} people${closed ? ", closed" : ""}`,
      ),
      ...blindSpots,
    ].join("\n"),
});
