import { z } from "zod";
import { requireScim } from "../../domain/reads.ts";
import { unreadLines } from "../../domain/wire.ts";
import { clean } from "../../domain/text.ts";
import { defineReadTool } from "../define.ts";
import { limit } from "../support/fields.ts";

export default defineReadTool({
  name: "scim_list_groups",
  title: "List SCIM Groups",
  description: "Directory Groups. The only filter is the exact displayName.",
  toolset: "scim",
  input: z.strictObject({
    displayName: z.string().trim().min(1).max(254).optional(),
    startIndex: z.int().min(1).default(1),
    limit: limit.default(25),
  }),
  output: z.object({
    total: z.number(),
    groups: z.array(z.object({ id: z.string(), displayName: z.string(), members: z.number() })),
    nextStartIndex: z.number().optional(),
    notes: z.array(z.string()).optional(),
  }),
  async read({ displayName, startIndex, limit: count }, { reads }) {
    const filter =
      displayName === undefined ? {} : { filter: { attribute: "displayName" as const, value: displayName } };
    const { totalResults, Resources, answered, unread } = await requireScim(reads).groups({
      startIndex,
      count,
      ...filter,
    });
    const next = startIndex + answered;
    const notes = unreadLines({ unread }, "Group");
    return {
      total: totalResults,
      groups: Resources.map((group) => ({
        id: group.id,
        displayName: clean(group.displayName),
        members: group.members.length,
      })),
      ...(notes.length > 0 && { notes: [...notes] }),
      ...(answered > 0 && next <= totalResults && { nextStartIndex: next }),
    };
  },
  text: ({ total, groups, nextStartIndex, notes = [] }) =>
    [
      `${groups.length} of ${total}${nextStartIndex ? ` (next: startIndex ${nextStartIndex})` : ""}`,
      ...groups.map(({ id, displayName, members }) => `${displayName} [${id}] ${members} members`),
      ...notes,
    ].join("\n"),
});
