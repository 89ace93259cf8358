import { z } from "zod";
import { clean } from "../../domain/text.ts";
import { workspacesMeant } from "../../people/workspaces.ts";
import { invitationsOf } from "../../planning/invitations/sent.ts";
import { defineReadTool } from "../define.ts";
import { cursor, limit, workspace } from "../support/fields.ts";
import { pageLine, paginate } from "../support/page.ts";

const state = z.enum(["pending", "expired", "accepted", "revoked", "gone"]);

export default defineReadTool({
  name: "list_pending_invitations",
  title: "List pending invitations",
  description: "Who was invited, by whom, when, and whether they joined.",
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
        /** The slug, if the list covers several workspaces. */
        workspace: z.string().optional(),
      }),
    ),
    blindSpots: z.array(z.string()).optional(),
    cursor: z.string().optional(),
  }),
  async read(args, context) {
    const { snapshots, unread } = await workspacesMeant(args.workspace, context.reads);
    const [only] = args.workspace === undefined ? [] : snapshots;
    const all = await Promise.all(
      snapshots.map(async (snapshot) =>
        (await invitationsOf(snapshot, context)).map((row) => ({
          ...row,
          ...(!only && { workspace: clean(snapshot.workspace.name) }),
        })),
      ),
    );
    const wanted = all
      .flat()
      .filter((row) =>
        args.state ? row.state === args.state : row.state === "pending" || row.state === "expired",
      );
    const page = paginate(wanted, {
      limit: args.limit,
      cursor: args.cursor,
      of: ["list_pending_invitations", only?.workspace.id, args.state],
      // Invitations with an unknown date come last.
      sort: ({ invitedAt }) => invitedAt ?? "unknown",
      id: ({ email, idMember, workspace: where = "" }) => `${email ?? idMember ?? ""} ${where}`.trim(),
    });
    return {
      total: wanted.length,
      invitations: page.rows.map(({ idMember, ...row }) => ({ ...row, id: idMember })),
      ...(unread.length > 0 && { blindSpots: [...unread] }),
      ...(page.cursor && { cursor: page.cursor }),
    };
  },
  text: ({ total, invitations, blindSpots = [], cursor: more }) =>
    [
      pageLine(invitations.length, total, more),
      ...invitations.map(
        ({ email, id, name, role, state: is, workspace: where, invitedAt, invitedBy, expiresAt }) =>
          [
            `${email ?? (name || (id ?? ""))} ${is}`,
            where ? `as ${role} in ${where}` : `as ${role}`,
            ...(invitedAt === null || expiresAt === null
              ? ["not sent by this server, date unknown"]
              : [
                  `invited ${invitedAt.slice(0, 10)} by ${invitedBy ?? "others"}, expires ${expiresAt.slice(0, 10)}`,
                ]),
          ].join(", ") + (id === null ? "" : ` [${id}]`),
      ),
      ...blindSpots,
    ].join("\n"),
});
