import { z } from "zod";
import { invitationsOf } from "../../planning/invitations/sent.ts";
import { defineReadTool } from "../define.ts";
import { cursor, limit, workspace } from "../support/fields.ts";
import { pageLine, paginate } from "../support/page.ts";

const state = z.enum(["pending", "expired", "accepted", "revoked", "gone"]);

export default defineReadTool({
  name: "list_pending_invitations",
  title: "List pending invitations",
  description: "Who was invited, by whom, when, and whether they came.",
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
        invitedAt: z.string().nullable(),
        expiresAt: z.string().nullable(),
        invitedBy: z.string().nullable(),
        state,
      }),
    ),
    cursor: z.string().optional(),
  }),
  async read(args, context) {
    const snapshot = await context.reads.trello.workspace(args.workspace);
    const all = await invitationsOf(snapshot, context);
    const wanted = all.filter((row) =>
      args.state ? row.state === args.state : row.state === "pending" || row.state === "expired",
    );
    const page = paginate(wanted, {
      limit: args.limit,
      cursor: args.cursor,
      of: ["list_pending_invitations", snapshot.workspace.id, args.state],
      // Those of unknown date come last.
      sort: ({ invitedAt }) => invitedAt ?? "unknown",
      id: ({ email, idMember }) => email ?? idMember ?? "",
    });
    return {
      total: wanted.length,
      invitations: page.rows.map(({ idMember, ...row }) => ({ ...row, id: idMember })),
      ...(page.cursor && { cursor: page.cursor }),
    };
  },
  text: ({ total, invitations, cursor: more }) =>
    [
      pageLine(invitations.length, total, more),
      ...invitations.map(
        ({ email, id, name, role, state: is, invitedAt, invitedBy, expiresAt }) =>
          [
            `${email ?? (name || (id ?? ""))} ${is}`,
            `as ${role}`,
            ...(invitedAt === null || expiresAt === null
              ? ["not sent by this server, date unknown"]
              : [`invited ${invitedAt.slice(0, 10)} by ${invitedBy}, expires ${expiresAt.slice(0, 10)}`]),
          ].join(", ") + (id === null ? "" : ` [${id}]`),
      ),
    ].join("\n"),
});
