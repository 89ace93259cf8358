import { z } from "zod";
import { clean } from "../../domain/text.ts";
import { defineReadTool } from "../define.ts";
import { cursor, limit } from "../fields.ts";
import { paginate } from "../page.ts";

export default defineReadTool({
  name: "list_workspaces",
  title: "List workspaces",
  description: "Workspaces that the token's owner belongs to.",
  toolset: "directory",
  input: z.strictObject({ limit: limit.default(50), cursor: cursor.optional() }),
  output: z.object({
    workspaces: z.array(
      z.object({ id: z.string(), slug: z.string(), name: z.string(), members: z.number().optional() }),
    ),
    cursor: z.string().optional(),
  }),
  async read(args, { reads }) {
    const { rows, cursor } = paginate(await reads.trello.workspaces(), {
      limit: args.limit,
      cursor: args.cursor,
      key: (workspace) => workspace.id,
    });
    return {
      workspaces: rows.map((workspace) => ({
        id: workspace.id,
        slug: clean(workspace.name),
        name: clean(workspace.displayName),
        ...(workspace.membersCount != null && { members: workspace.membersCount }),
      })),
      ...(cursor && { cursor }),
    };
  },
  text: ({ workspaces }) =>
    workspaces
      .map(
        ({ id, slug, name, members }) =>
          `${name} (${slug}, ${id})${members === undefined ? "" : `: ${members} members`}`,
      )
      .join("\n") || "The token's owner belongs to no workspace.",
});
