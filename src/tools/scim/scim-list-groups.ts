import { z } from "zod";
import { requireScim, type ScimReads } from "../../domain/reads.ts";
import type { ScimGroup } from "../../domain/scim.ts";
import { unreadLines } from "../../domain/wire.ts";
import { clean, plural } from "../../domain/text.ts";
import { nearest } from "../../people/near.ts";
import { defineReadTool } from "../define.ts";
import { limit } from "../support/fields.ts";

export default defineReadTool({
  name: "scim_list_groups",
  title: "List SCIM Groups",
  description: "Directory Groups: all, by `query` for part of a name, or by exact displayName.",
  toolset: "scim",
  input: z
    .strictObject({
      displayName: z.string().trim().min(1).max(254).optional(),
      query: z.string().trim().min(2).max(100).describe("part of the name").optional(),
      startIndex: z.int().min(1).default(1),
      limit: limit.default(25),
    })
    .refine(({ displayName, query }) => !(displayName && query), {
      error: "give displayName or query, not both",
    }),
  output: z.object({
    total: z.number(),
    groups: z.array(z.object({ id: z.string(), displayName: z.string(), members: z.number() })),
    nextStartIndex: z.number().optional(),
    notes: z.array(z.string()).optional(),
  }),
  async read({ displayName, query, startIndex, limit: count }, { reads }) {
    if (query !== undefined) {
      const { found, read } = await groupsNear(query, requireScim(reads));
      const shown = found.slice(startIndex - 1, startIndex - 1 + count);
      const next = startIndex + shown.length;
      return {
        total: found.length,
        groups: shown.map(rowOf),
        notes: [`Searched: ${plural(read, "Group")} of the SCIM directory.`],
        ...(next <= found.length && { nextStartIndex: next }),
      };
    }
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
      groups: Resources.map(rowOf),
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

function rowOf({ id, displayName, members }: ScimGroup) {
  return { id, displayName: clean(displayName), members: members.length };
}

/** Searches in all Groups, because Atlassian's own search finds only an exact name. */
async function groupsNear(query: string, scim: ScimReads) {
  const all: ScimGroup[] = [];
  for await (const page of scim.groupPages()) all.push(...page);
  return { found: nearest(query, all, ({ displayName }) => [displayName]), read: all.length };
}
