import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { clean, folded } from "../../domain/text.ts";
import type { Board, WorkspaceSnapshot } from "../../domain/trello.ts";
import { boardsOf } from "../../people/boards.ts";
import { labelOf } from "../../people/person.ts";
import { seenByText } from "../../people/visibility.ts";
import { defineReadTool } from "../define.ts";
import { board, cursor, limit, workspace } from "../support/fields.ts";
import { pageLine, paginate } from "../support/page.ts";

export default defineReadTool({
  name: "list_board_members",
  title: "List board members",
  description: "Members and guests of a board with their roles, and who else can see the board.",
  toolset: "directory",
  input: z.strictObject({ board, workspace, limit: limit.default(25), cursor: cursor.optional() }),
  output: z.object({
    board: z.object({
      id: z.string(),
      name: z.string(),
      visibility: z.string(),
      closed: z.boolean(),
      workspace: z.string().optional(),
    }),
    /** Who sees the board without being on it, in one sentence. */
    seenBy: z.string(),
    total: z.number(),
    members: z.array(
      z.object({
        id: z.string(),
        username: z.string(),
        name: z.string(),
        role: z.string(),
        /** True if the person is not a member of the board's workspace. Missing if the workspace cannot be read. */
        guest: z.boolean().optional(),
        unconfirmed: z.boolean(),
        deactivated: z.boolean(),
      }),
    ),
    cursor: z.string().optional(),
    notes: z.array(z.string()).optional(),
  }),
  async read(args, context) {
    const { trello } = context.reads;
    const inside = args.workspace === undefined ? null : await trello.workspace(args.workspace);
    const snapshot = await trello.board(inside ? (boardsOf(inside, [args.board])[0]?.id ?? "") : args.board);
    const place = inside ?? (await workspaceOf(snapshot.board, context));
    const members = place && new Set(place.memberships.map(({ idMember }) => idMember));
    const page = paginate(snapshot.memberships, {
      limit: args.limit,
      cursor: args.cursor,
      of: ["list_board_members", snapshot.board.id],
      sort: ({ member }) => folded(member.fullName),
      id: ({ idMember }) => idMember,
    });
    const notes = [
      ...(snapshot.unread ?? []).map((what) => `${what} of the answer could not be read and are left out.`),
      ...(place ? [] : ["The board's workspace cannot be read, so it is not known who is a guest there."]),
    ];
    return {
      board: {
        id: snapshot.board.id,
        name: clean(snapshot.board.name),
        visibility: clean(snapshot.board.prefs?.permissionLevel ?? "unknown", 20),
        closed: snapshot.board.closed,
        ...(place && { workspace: clean(place.workspace.name) }),
      },
      seenBy: seenByText(snapshot.board, place),
      total: snapshot.memberships.length,
      members: page.rows.map(({ idMember, member, memberType, unconfirmed, deactivated }) => ({
        id: idMember,
        username: clean(member.username, 60),
        name: clean(member.fullName),
        role: memberType,
        ...(members && !members.has(idMember) && { guest: true }),
        unconfirmed,
        deactivated,
      })),
      ...(notes.length > 0 && { notes }),
      ...(page.cursor && { cursor: page.cursor }),
    };
  },
  text: ({ board: { name, closed }, seenBy, total, members, notes = [], cursor: more }) =>
    [
      `${name}${closed ? " (closed)" : ""}: ${pageLine(members.length, total, more)}`,
      ...members.map(({ id, username, name: fullName, role, guest, unconfirmed, deactivated }) =>
        [
          `${labelOf({ fullName, username }, id)} ${role}`,
          ...(guest ? ["guest"] : []),
          ...(unconfirmed ? ["pending"] : []),
          ...(deactivated ? ["deactivated"] : []),
        ]
          .join(", ")
          .concat(` [${id}]`),
      ),
      `Visibility ${seenBy}.`,
      ...notes,
    ].join("\n"),
});

/**
 * The workspace of the board. null if the board belongs to no workspace, or if the Trello token may not read the
 * workspace.
 */
async function workspaceOf(
  { idOrganization }: Board,
  { reads }: PlanContext,
): Promise<WorkspaceSnapshot | null> {
  if (!idOrganization) return null;
  return reads.trello.workspace(idOrganization).catch((thrown: unknown) => {
    const isRefusal =
      thrown instanceof AppError && (thrown.code === "UPSTREAM_FORBIDDEN" || thrown.code === "NOT_FOUND");
    if (isRefusal) return null;
    throw thrown;
  });
}
