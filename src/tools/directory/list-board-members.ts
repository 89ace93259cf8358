import { z } from "zod";
import { clean, folded } from "../../domain/text.ts";
import { labelOf } from "../../people/person.ts";
import { defineReadTool } from "../define.ts";
import { board, cursor, limit } from "../support/fields.ts";
import { pageLine, paginate } from "../support/page.ts";

export default defineReadTool({
  name: "list_board_members",
  title: "List board members",
  description: "Who is on a board, with role.",
  toolset: "directory",
  input: z.strictObject({ board, limit: limit.default(50), cursor: cursor.optional() }),
  output: z.object({
    board: z.object({ id: z.string(), name: z.string() }),
    total: z.number(),
    members: z.array(
      z.object({
        id: z.string(),
        username: z.string(),
        name: z.string(),
        role: z.string(),
        unconfirmed: z.boolean(),
        deactivated: z.boolean(),
      }),
    ),
    cursor: z.string().optional(),
    notes: z.array(z.string()).optional(),
  }),
  async read(args, { reads }) {
    const snapshot = await reads.trello.board(args.board);
    const page = paginate(snapshot.memberships, {
      limit: args.limit,
      cursor: args.cursor,
      of: ["list_board_members", snapshot.board.id],
      sort: ({ member }) => folded(member.fullName),
      id: ({ idMember }) => idMember,
    });
    const notes = (snapshot.unread ?? []).map(
      (what) => `${what} of the answer could not be read and are left out.`,
    );
    return {
      ...(notes.length > 0 && { notes }),
      board: { id: snapshot.board.id, name: clean(snapshot.board.name) },
      total: snapshot.memberships.length,
      members: page.rows.map(({ idMember, member, memberType, unconfirmed, deactivated }) => ({
        id: idMember,
        username: clean(member.username, 60),
        name: clean(member.fullName),
        role: memberType,
        unconfirmed,
        deactivated,
      })),
      ...(page.cursor && { cursor: page.cursor }),
    };
  },
  text: ({ board: { name }, total, members, cursor: more, notes = [] }) =>
    [
      `${name}: ${pageLine(members.length, total, more)}`,
      ...members.map(
        ({ id, username, name: fullName, role, unconfirmed, deactivated }) =>
          `${labelOf({ fullName, username }, id)} ${role}${unconfirmed ? ", unconfirmed" : ""}${deactivated ? ", deactivated" : ""} [${id}]`,
      ),
      ...notes,
    ].join("\n"),
});
