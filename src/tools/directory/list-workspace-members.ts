import { z } from "zod";
import { folded, nameKey } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { blindSpotsOf, joinedOf, type Person, statusOf } from "../../people/person.ts";
import { coverageText } from "../../people/readable.ts";
import { silentSources } from "../../people/sources.ts";
import { workspacesMeant } from "../../people/workspaces.ts";
import { defineReadTool } from "../define.ts";
import { cursor, limit, role, workspace } from "../support/fields.ts";
import {
  briefOf,
  detailsOf,
  FIELDS,
  lineOf,
  peopleOfAll,
  placeText,
  roleOf,
  row,
  type Row,
  status,
  withGuestBoards,
} from "../support/member-rows.ts";
import { pageLine, paginate } from "../support/page.ts";

const input = z.strictObject({
  workspace,
  kind: z.enum(["member", "guest"]).optional(),
  role: z.enum([...role.options, "guest"]).optional(),
  status: status.optional(),
  query: z.string().trim().min(1).max(100).optional(),
  inactiveSince: z.iso.date().optional(),
  sort: z.enum(["name", "joined", "lastActive"]).default("name"),
  fields: z.array(z.enum(FIELDS)).optional(),
  limit: limit.default(25),
  cursor: cursor.optional(),
});

export default defineReadTool({
  name: "list_workspace_members",
  title: "List workspace members",
  description:
    "Members and board guests of one workspace, or of all in one list. Emails come by `fields`, with their source.",
  toolset: "directory",
  input,
  output: z.object({
    workspace: z.string().optional(),
    total: z.number(),
    members: z.array(row),
    read: z.string(),
    notes: z.array(z.string()),
    cursor: z.string().optional(),
  }),
  async read(args, context) {
    const readable = await workspacesMeant(args.workspace, context.reads);
    const { snapshots, unread } = readable;
    const [only] = args.workspace === undefined ? [] : snapshots;
    const everybody = await peopleOfAll(snapshots, args.kind !== "member", context.reads);
    const people = everybody.filter(({ places }) => places.some(({ person }) => matches(person, args)));
    const { kind, role: wanted, status: state, query, inactiveSince, sort, fields = [] } = args;
    const page = paginate(people, {
      limit: args.limit,
      cursor: args.cursor,
      of: ["list_workspace_members", only?.workspace.id, kind, wanted, state, query, inactiveSince, sort],
      sort: ({ person }) => sortKey(person, sort),
      id: ({ person }) => person.idMember,
    });
    const rows = await Promise.all(
      page.rows.map(async ({ person, places }) => ({
        ...briefOf(person),
        ...(!only && { workspaces: places.map(placeText) }),
        ...(await detailsOf(person, fields, context)),
      })),
    );
    const notes = [
      ...unread,
      ...(await blindSpotsOf(snapshots, context.reads)),
      ...silentSources(context.reads),
      ...snapshots.flatMap((snapshot) => notesOf(snapshot, args)),
    ];
    const around = {
      ...(only && { workspace: only.workspace.id }),
      total: people.length,
      read: coverageText(readable),
      ...(page.cursor && { cursor: page.cursor }),
    };
    const bare = { ...around, members: [], notes };
    const told = fields.includes("boards")
      ? { rows, notes }
      : withGuestBoards(
          { rows, notes },
          page.rows.map(({ person }) => person),
          JSON.stringify(bare).length + textOf(bare).length,
        );
    return { ...around, members: told.rows, notes: told.notes };
  },
  text: textOf,
});

interface Answer {
  readonly total: number;
  readonly members: readonly Row[];
  readonly read: string;
  readonly notes: readonly string[];
  readonly cursor?: string | undefined;
}

function textOf({ total, members, read, notes, cursor: more }: Answer): string {
  return [pageLine(members.length, total, more), ...members.map(lineOf), read, ...notes].join("\n");
}

function matches(person: Person, args: z.infer<typeof input>): boolean {
  const query = nameKey(args.query ?? "");
  const { fullName = "", username = "", dateLastActive: seen } = person.member ?? {};
  return (
    (!args.kind || (args.kind === "guest") === (person.membership === null)) &&
    (!args.role || roleOf(person) === args.role) &&
    (!args.status || statusOf(person) === args.status) &&
    (nameKey(fullName).includes(query) || username.toLowerCase().includes(query)) &&
    (!args.inactiveSince || (!!seen && seen < args.inactiveSince))
  );
}

function sortKey(person: Person, sort: "name" | "joined" | "lastActive"): string {
  if (sort === "joined") return joinedOf(person) ?? "9";
  if (sort === "lastActive") return person.member?.dateLastActive ?? "9";
  return folded(person.member?.fullName ?? "");
}

function notesOf(snapshot: WorkspaceSnapshot, { inactiveSince }: z.infer<typeof input>): string[] {
  const unknown = inactiveSince
    ? snapshot.memberships.filter(({ member }) => !member.dateLastActive).length
    : 0;
  return unknown > 0
    ? [`Of ${unknown} people Trello does not tell the last activity; they are left out.`]
    : [];
}
