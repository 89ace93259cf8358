import { z } from "zod";
import { clean, plural } from "../../domain/text.ts";
import { requireScimGroup } from "../../people/scim-groups.ts";
import { defineReadTool } from "../define.ts";
import { cursor, group, limit } from "../support/fields.ts";
import { moreLine, paginate } from "../support/page.ts";

export default defineReadTool({
  name: "scim_get_group",
  title: "Get SCIM Group",
  description: "One directory Group with its members.",
  toolset: "scim",
  input: z.strictObject({ group, limit: limit.default(25), cursor: cursor.optional() }),
  output: z.object({
    id: z.string(),
    displayName: z.string(),
    total: z.number(),
    members: z.array(z.object({ id: z.string(), name: z.string().optional() })),
    notes: z.array(z.string()).optional(),
    cursor: z.string().optional(),
  }),
  async read(args, { reads }) {
    const found = await requireScimGroup(args.group, reads);
    // Members keep the order of the directory, because a member may have no name to sort by.
    const members = found.members.map((row, index) => ({ ...row, at: String(index).padStart(6, "0") }));
    const page = paginate(members, {
      limit: args.limit,
      cursor: args.cursor,
      of: ["scim_get_group", found.id],
      sort: ({ at }) => at,
      id: ({ value }) => value,
    });
    return {
      ...(found.unread && { notes: ["Some members of the group could not be read and are left out."] }),
      id: found.id,
      displayName: clean(found.displayName),
      total: found.members.length,
      members: page.rows.map(({ value, display }) => ({
        id: value,
        ...(display && { name: clean(display) }),
      })),
      ...(page.cursor && { cursor: page.cursor }),
    };
  },
  text: ({ displayName, id, total, members, notes = [], cursor: more }) =>
    [
      `${displayName} [${id}]: ${plural(total, "member")}${members.length < total ? `, ${members.length} shown` : ""}${moreLine(more)}`,
      ...members.map((row) => `${row.name ?? ""} [${row.id}]`),
      ...notes,
    ].join("\n"),
});
