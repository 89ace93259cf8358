import { z } from "zod";
import { requireScim } from "../../domain/reads.ts";
import { unreadLines } from "../../domain/wire.ts";
import { activeText, scimUserView } from "../../people/scim-users.ts";
import { clean } from "../../domain/text.ts";
import { usersNear } from "../../people/scim-link.ts";
import { defineReadTool } from "../define.ts";
import { limit } from "../support/fields.ts";

export default defineReadTool({
  name: "scim_list_users",
  title: "List SCIM Users",
  description: "Directory Users: all, by `query` for part of a name, or by exact userName or externalId.",
  toolset: "scim",
  input: z
    .strictObject({
      userName: z.string().trim().min(1).max(254).optional(),
      externalId: z.string().trim().min(1).max(254).optional(),
      query: z.string().trim().min(2).max(100).describe("part of a name or userName").optional(),
      startIndex: z.int().min(1).default(1),
      limit: limit.default(25),
    })
    .refine(({ userName, externalId, query }) => [userName, externalId, query].filter(Boolean).length <= 1, {
      error: "give one of userName, externalId and query",
    }),
  output: z.object({
    total: z.number(),
    users: z.array(
      z.object({
        id: z.string(),
        userName: z.string(),
        name: z.string(),
        /** Whether the User is active; null if the directory does not show it. */
        active: z.boolean().nullable(),
        externalId: z.string().optional(),
      }),
    ),
    nextStartIndex: z.number().optional(),
    notes: z.array(z.string()).optional(),
  }),
  async read({ userName, externalId, query, startIndex, limit: count }, { reads }) {
    if (query !== undefined) {
      requireScim(reads);
      const { found, searched } = await usersNear(query, { reads });
      const shown = found.slice(startIndex - 1, startIndex - 1 + count).map(({ user }) => user);
      const next = startIndex + shown.length;
      return {
        total: found.length,
        users: shown.map(({ id, userName: login, name, active }) => ({
          id,
          userName: clean(login, 254),
          name: clean(name),
          active,
        })),
        notes: searched ? [searched] : [],
        ...(next <= found.length && { nextStartIndex: next }),
      };
    }
    const filter = userName
      ? { attribute: "userName" as const, value: userName }
      : externalId
        ? { attribute: "externalId" as const, value: externalId }
        : undefined;
    const { totalResults, Resources, answered, unread } = await requireScim(reads).users({
      startIndex,
      count,
      ...(filter && { filter }),
    });
    const next = startIndex + answered;
    const notes = unreadLines({ unread }, "User");
    return {
      total: totalResults,
      users: Resources.map(scimUserView),
      ...(notes.length > 0 && { notes: [...notes] }),
      ...(answered > 0 && next <= totalResults && { nextStartIndex: next }),
    };
  },
  text: ({ total, users, nextStartIndex, notes = [] }) =>
    [
      `${users.length} of ${total}${nextStartIndex ? ` (next: startIndex ${nextStartIndex})` : ""}`,
      ...users.map(({ id, userName, name, active }) => `${name} <${userName}> [${id}] ${activeText(active)}`),
      ...notes,
    ].join("\n"),
});
