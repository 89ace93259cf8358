import { z } from "zod";
import type { AtlassianAccount } from "../../domain/atlassian.ts";
import { clean, listNames } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { coverageText, readWorkspaces } from "../../people/readable.ts";
import { silentSources } from "../../people/sources.ts";
import { accountsOf, keptOutBy, lockedOut } from "../../planning/invitations/entry.ts";
import { withInviters } from "../../planning/invitations/inviters.ts";
import { type Invitation, invitationsOf } from "../../planning/invitations/sent.ts";
import { defineReadTool } from "../define.ts";
import { cursor, limit, workspace, workspaces } from "../support/fields.ts";
import { pageLine, paginate } from "../support/page.ts";

const state = z.enum(["pending", "expired", "accepted", "revoked", "gone"]);

export default defineReadTool({
  name: "list_pending_invitations",
  title: "List pending invitations",
  description: "Invited people: by whom, when, who joined, and what stops the others.",
  toolset: "directory",
  input: z
    .strictObject({
      workspace,
      workspaces: workspaces.optional(),
      state: state.optional(),
      limit: limit.default(25),
      cursor: cursor.optional(),
    })
    .refine((args) => args.workspace === undefined || args.workspaces === undefined, {
      error: "give workspace or workspaces, not both",
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
        /** The names of the boards of an invited guest, at most three. */
        boards: z.array(z.string()).optional(),
        /** What stops the person from joining. */
        blocked: z.array(z.string()).optional(),
        /** The slug of the workspace. Set only if the list is about several workspaces. */
        workspace: z.string().optional(),
      }),
    ),
    read: z.string(),
    notes: z.array(z.string()),
    cursor: z.string().optional(),
  }),
  async read(args, context) {
    const readable = await readWorkspaces(
      context.reads,
      args.workspaces ?? (args.workspace === undefined ? undefined : [args.workspace]),
    );
    const { snapshots, unread } = readable;
    const isOne = args.workspace !== undefined;
    const all = await Promise.all(
      snapshots.map(async (snapshot) =>
        (await invitationsOf(snapshot, context)).map((row) => ({
          ...row,
          idOrganization: snapshot.workspace.id,
          snapshot,
        })),
      ),
    );
    const wanted = all.flat().filter((row) => (args.state ? row.state === args.state : isWaiting(row.state)));
    const page = paginate(wanted, {
      limit: args.limit,
      cursor: args.cursor,
      of: [
        "list_pending_invitations",
        ...(args.workspaces || isOne ? snapshots.map(({ workspace: { id } }) => id) : []),
        args.state,
      ],
      // Invitations with an unknown date come last.
      sort: ({ invitedAt }) => invitedAt ?? "unknown",
      id: ({ email, idMember, snapshot: { workspace: at } }) =>
        `${email ?? idMember ?? ""} ${isOne ? "" : clean(at.name)}`.trim(),
    });
    const { rows, notes } = await withInviters(page.rows, context.reads);
    const open = rows.flatMap(({ email, state: is }) => (email !== null && isWaiting(is) ? [email] : []));
    const { accounts, notes: unasked } = await accountsOf(open, context.reads);
    return {
      total: wanted.length,
      invitations: rows.map(({ idMember, idOrganization: _id, isOurs: _ours, boards, snapshot, ...row }) => {
        const blocked = isWaiting(row.state) ? blockedBy(row, snapshot, accounts) : [];
        return {
          ...row,
          id: idMember,
          ...(boards && { boards: [...boards] }),
          ...(blocked.length > 0 && { blocked }),
          ...(!isOne && { workspace: clean(snapshot.workspace.name) }),
        };
      }),
      read: coverageText(readable),
      notes: [...unread, ...notes, ...unasked, ...silentSources(context.reads)],
      ...(page.cursor && { cursor: page.cursor }),
    };
  },
  text: ({ total, invitations, read, notes, cursor: more }) =>
    [
      pageLine(invitations.length, total, more),
      ...invitations.map(
        ({ email, id, name, role, boards, state: is, workspace: where, blocked = [], ...sent }) =>
          [
            `${email ?? (name || (id ?? ""))} ${is}`,
            `as ${role}${boards ? ` on ${listNames(boards, 3)}` : ""}${where ? ` in ${where}` : ""}`,
            sentText(sent),
            ...blocked.map((why) => `cannot join: ${why}`),
          ].join(", ") + (id === null ? "" : ` [${id}]`),
      ),
      read,
      ...notes,
    ].join("\n"),
});

function isWaiting(is: string): boolean {
  return is === "pending" || is === "expired";
}

function sentText({
  invitedAt,
  invitedBy,
  expiresAt,
}: Pick<Invitation, "invitedAt" | "invitedBy" | "expiresAt">): string {
  const who = invitedBy ?? "others (inviter not known)";
  return invitedAt === null || expiresAt === null
    ? `invited by ${who}, date unknown`
    : `invited ${invitedAt.slice(0, 10)} by ${who}, expires ${expiresAt.slice(0, 10)}`;
}

/** Why an invited person cannot join now: because of the workspace's settings, or of the person's Atlassian account. */
function blockedBy(
  { email, role }: Pick<Invitation, "email" | "role">,
  snapshot: WorkspaceSnapshot,
  accounts: ReadonlyMap<string, AtlassianAccount>,
): string[] {
  if (email === null) return [];
  const account = accounts.get(email);
  return [
    keptOutBy(snapshot, { email, isGuest: role === "guest" }),
    account ? lockedOut(account) : null,
  ].flatMap((why) => why ?? []);
}
