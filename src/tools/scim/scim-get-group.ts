import { z } from "zod";
import { clean } from "../../domain/text.ts";
import { requireScimGroup } from "../../people/scim-groups.ts";
import { defineReadTool } from "../define.ts";
import { group } from "../support/fields.ts";

/** The most members in the list. The count always includes all members. */
const SHOWN = 200;

export default defineReadTool({
  name: "scim_get_group",
  title: "Get SCIM Group",
  description: "One directory Group with its members.",
  toolset: "scim",
  input: z.strictObject({ group }),
  output: z.object({
    id: z.string(),
    displayName: z.string(),
    total: z.number(),
    members: z.array(z.object({ id: z.string(), name: z.string().optional() })),
    notes: z.array(z.string()).optional(),
  }),
  async read(args, { reads }) {
    const found = await requireScimGroup(args.group, reads);
    return {
      ...(found.unread && { notes: ["Some members of the group could not be read and are left out."] }),
      id: found.id,
      displayName: clean(found.displayName),
      total: found.members.length,
      members: found.members
        .slice(0, SHOWN)
        .map(({ value, display }) => ({ id: value, ...(display && { name: clean(display) }) })),
    };
  },
  text: ({ displayName, id, total, members, notes = [] }) =>
    [
      `${displayName} [${id}]: ${total} members`,
      ...members.map((row) => `${row.name ?? ""} [${row.id}]`),
      ...notes,
    ].join("\n"),
});
