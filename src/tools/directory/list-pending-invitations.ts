import { z } from "zod";
import { defineReadTool } from "../define.ts";
import { cursor, limit, workspace } from "../fields.ts";
import { invitationsOf } from "../invitations.ts";
import { paginate } from "../page.ts";

const state = z.enum(["pending", "expired", "accepted", "revoked", "gone"]);

export default defineReadTool({
  name: "list_pending_invitations",
  title: "List pending invitations",
  description: "Who was invited to a workspace, by whom, when, and whether they came.",
  toolset: "directory",
  input: z.strictObject({
    workspace,
    state: state.optional(),
    limit: limit.default(25),
    cursor: cursor.optional(),
  }),
  output: z.object({
    total: z.number(),
    invitations: z.array(
      z.object({
        email: z.string().nullable(),
        id: z.string().nullable(),
        name: z.string(),
        role: z.string(),
        invitedAt: z.string(),
        expiresAt: z.string(),
        invitedBy: z.string().nullable(),
        state,
      }),
    ),
    cursor: z.string().optional(),
  }),
  async read(args, context) {
    const all = await invitationsOf(await context.reads.trello.workspace(args.workspace), context);
    const wanted = all.filter((row) =>
      args.state ? row.state === args.state : row.state === "pending" || row.state === "expired",
    );
    const page = paginate(wanted, {
      limit: args.limit,
      cursor: args.cursor,
      key: ({ invitedAt, email, idMember }) => `${invitedAt} ${email ?? idMember ?? ""}`,
    });
    return {
      total: wanted.length,
      invitations: page.rows.map(({ idMember, ...row }) => ({ ...row, id: idMember })),
      ...(page.cursor && { cursor: page.cursor }),
    };
  },
  text: ({ total, invitations, cursor: more }) =>
    [
      `${invitations.length} of ${total}${more ? " (more with the cursor)" : ""}`,
      ...invitations.map(
        ({ email, name, state: is, invitedAt, invitedBy, expiresAt }) =>
          `${email ?? name} ${is}, invited ${invitedAt.slice(0, 10)} by ${invitedBy ?? "somebody else"}, expires ${expiresAt.slice(0, 10)}`,
      ),
    ].join("\n"),
});
