import { z } from "zod";
import { clean } from "../../domain/text.ts";
import type { Workspace } from "../../domain/trello.ts";
import { unreadLines } from "../../domain/wire.ts";
import { defineReadTool } from "../define.ts";
import { cursor, limit } from "../support/fields.ts";
import { pageLine, paginate } from "../support/page.ts";

export default defineReadTool({
  name: "list_workspaces",
  title: "List workspaces",
  description: "Workspaces that the token's owner belongs to, with Trello plan and seats.",
  toolset: "directory",
  input: z.strictObject({ limit: limit.default(50), cursor: cursor.optional() }),
  output: z.object({
    workspaces: z.array(
      z.object({
        id: z.string(),
        slug: z.string(),
        name: z.string(),
        tier: z.string(),
        members: z.number().optional(),
        /** The number of boards that the Trello token can see. */
        boards: z.number().optional(),
        /** Whether the owner of the Trello token is an admin of the workspace. Missing if Trello does not show it. */
        admin: z.boolean().optional(),
        /**
         * The number of members and billable guests who take a paid seat. Missing on the Free plan, and if Trello does
         * not show it.
         */
        seatsUsed: z.number().optional(),
        seatsLeft: z.number().optional(),
      }),
    ),
    total: z.number(),
    cursor: z.string().optional(),
    notes: z.array(z.string()).optional(),
  }),
  async read(args, { reads }) {
    const [me, workspaces] = await Promise.all([reads.trello.me(), reads.trello.workspaces()]);
    const page = paginate(workspaces, {
      limit: args.limit,
      cursor: args.cursor,
      of: ["list_workspaces"],
      sort: (workspace) => workspace.id,
      id: (workspace) => workspace.id,
    });
    const notes = unreadLines(workspaces, "workspace");
    return {
      ...(notes.length > 0 && { notes: [...notes] }),
      workspaces: page.rows.map(
        ({ id, name, displayName, tier, membersCount, idBoards, idActiveAdmins, ...seats }) => ({
          id,
          slug: clean(name),
          name: clean(displayName),
          tier,
          ...(membersCount != null && { members: membersCount }),
          ...(idBoards && { boards: idBoards.length }),
          ...(idActiveAdmins && { admin: idActiveAdmins.includes(me.id) }),
          ...(tier === "free" ? {} : seatsOf(seats)),
        }),
      ),
      total: workspaces.length,
      ...(page.cursor && { cursor: page.cursor }),
    };
  },
  text: ({ workspaces, total, cursor: more, notes = [] }) =>
    workspaces.length === 0
      ? "The token's owner is in no workspace."
      : [
          pageLine(workspaces.length, total, more),
          ...workspaces.map(({ id, slug, name, tier, members, boards, admin, seatsUsed, seatsLeft }) =>
            [
              `${name} (${slug}, ${id}): ${tier === "unknown" ? "Trello plan not known" : tier}`,
              ...(members === undefined ? [] : [`${members} members`]),
              ...(boards === undefined ? [] : [`${boards} boards visible`]),
              ...(seatsUsed === undefined ? [] : [`${seatsUsed} seats used`]),
              ...(seatsLeft === undefined ? [] : [`${seatsLeft} left`]),
              ...(admin === false ? ["this account is not an admin there"] : []),
            ].join(", "),
          ),
          ...notes,
        ].join("\n"),
});

function seatsOf(
  seats: Pick<Workspace, "billableMemberCount" | "billableCollaboratorCount" | "availableLicenseCount">,
): { readonly seatsUsed?: number; readonly seatsLeft?: number } {
  const {
    billableMemberCount: members,
    billableCollaboratorCount: guests,
    availableLicenseCount: left,
  } = seats;
  return {
    ...(members != null && { seatsUsed: members + (guests ?? 0) }),
    ...(left != null && { seatsLeft: left }),
  };
}
