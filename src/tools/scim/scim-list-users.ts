import { z } from "zod";
import { requireScim } from "../../domain/reads.ts";
import { scimUserView } from "../../people/scim-users.ts";
import { defineReadTool } from "../define.ts";
import { limit } from "../support/fields.ts";

export default defineReadTool({
  name: "scim_list_users",
  title: "List SCIM Users",
  description: "Directory Users, by exact userName or externalId only.",
  toolset: "scim",
  input: z
    .strictObject({
      userName: z.string().trim().min(1).max(254).optional(),
      externalId: z.string().trim().min(1).max(254).optional(),
      startIndex: z.int().min(1).default(1),
      limit: limit.default(25),
    })
    .refine(({ userName, externalId }) => !(userName && externalId), {
      error: "give userName or externalId, not both",
    }),
  output: z.object({
    total: z.number(),
    users: z.array(
      z.object({
        id: z.string(),
        userName: z.string(),
        name: z.string(),
        active: z.boolean(),
        externalId: z.string().optional(),
      }),
    ),
    nextStartIndex: z.number().optional(),
  }),
  async read({ userName, externalId, startIndex, limit: count }, { reads }) {
    const filter = userName
      ? { attribute: "userName" as const, value: userName }
      : externalId
        ? { attribute: "externalId" as const, value: externalId }
        : undefined;
    const { totalResults, Resources } = await requireScim(reads).users({
      startIndex,
      count,
      ...(filter && { filter }),
    });
    const next = startIndex + Resources.length;
    return {
      total: totalResults,
      users: Resources.map(scimUserView),
      ...(Resources.length > 0 && next <= totalResults && { nextStartIndex: next }),
    };
  },
  text: ({ total, users, nextStartIndex }) =>
    [
      `${users.length} of ${total}${nextStartIndex ? ` (next: startIndex ${nextStartIndex})` : ""}`,
      ...users.map(
        ({ id, userName, name, active }) =>
          `${name} <${userName}> [${id}] ${active ? "active" : "not active"}`,
      ),
    ].join("\n"),
});
