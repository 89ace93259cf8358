import { z } from "zod";
import { clean } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import type { PlanContext } from "../../engine/engine.ts";
import { defineReadTool } from "../define.ts";
import { detailsOf, FIELDS, joinedOf } from "../directory-fields.ts";
import { cursor, limit, role, workspace } from "../fields.ts";
import { paginate } from "../page.ts";
import { blindSpotsOf, labelOf, nameGuests, peopleOf, type Person, statusOf } from "../people.ts";

const status = z.enum(["active", "pending", "deactivated", "ghost"]);

const row = z.object({
  id: z.string(),
  username: z.string().optional(),
  name: z.string(),
  role: z.string(),
  status: status.optional(),
  email: z.string().nullable().optional(),
  emailSource: z.string().optional(),
  groups: z.array(z.string()).nullable().optional(),
  lastActive: z.string().nullable().optional(),
  joined: z.string().nullable().optional(),
  boards: z.array(z.string()).optional(),
});

const input = z.strictObject({
  workspace,
  kind: z.enum(["member", "guest"]).optional(),
  role: role.optional(),
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
    "People of a workspace and guests on its boards. Trello hides emails: `fields` gives one with its source.",
  toolset: "directory",
  input,
  output: z.object({
    workspace: z.string(),
    total: z.number(),
    members: z.array(row),
    notes: z.array(z.string()),
    cursor: z.string().optional(),
  }),
  async read(args, context) {
    const snapshot = await context.reads.trello.workspace(args.workspace);
    const names = args.kind === "member" ? new Map() : await nameGuests(snapshot, context.reads);
    const people = peopleOf(snapshot, names).filter((person) => matches(person, args));
    const page = paginate(people, {
      limit: args.limit,
      cursor: args.cursor,
      key: (person) => `${sortKey(person, args.sort)} ${person.idMember}`,
    });
    return {
      workspace: snapshot.workspace.id,
      total: people.length,
      members: await Promise.all(page.rows.map((person) => show(person, args.fields ?? [], context))),
      notes: notesOf(snapshot, args),
      ...(page.cursor && { cursor: page.cursor }),
    };
  },
  text: ({ total, members, notes, cursor: more }) =>
    [
      `${members.length} of ${total}${more ? ", more with the cursor" : ""}`,
      ...members.map(({ id, username, name, role: memberType, status: state }) =>
        [
          labelOf(username === undefined ? null : { fullName: name, username }, id),
          ...(memberType === "normal" ? [] : [memberType]),
          ...(state ? [state] : []),
        ].join(", "),
      ),
      ...notes,
    ].join("\n"),
});

function matches(person: Person, args: z.infer<typeof input>): boolean {
  const text = `${person.member?.fullName ?? ""} ${person.member?.username ?? ""}`.toLowerCase();
  const seen = person.member?.dateLastActive;
  return (
    (!args.kind || (args.kind === "guest") === (person.membership === null)) &&
    (!args.role || person.membership?.memberType === args.role) &&
    (!args.status || statusOf(person) === args.status) &&
    (!args.query || text.includes(args.query.toLowerCase())) &&
    (!args.inactiveSince || (!!seen && seen < args.inactiveSince))
  );
}

function sortKey(person: Person, sort: "name" | "joined" | "lastActive"): string {
  if (sort === "joined") return joinedOf(person) ?? "9";
  if (sort === "lastActive") return person.member?.dateLastActive ?? "9";
  return clean(person.member?.fullName ?? "").toLowerCase();
}

async function show(person: Person, fields: readonly (typeof FIELDS)[number][], context: PlanContext) {
  const state = statusOf(person);
  return {
    id: person.idMember,
    ...(person.member && { username: clean(person.member.username, 60) }),
    name: clean(person.member?.fullName ?? ""),
    role: person.membership?.memberType ?? "guest",
    ...(state !== "active" && { status: state }),
    ...(await detailsOf(person, fields, context)),
  };
}

function notesOf(snapshot: WorkspaceSnapshot, { inactiveSince }: z.infer<typeof input>): string[] {
  const unknown = inactiveSince
    ? snapshot.memberships.filter(({ member }) => !member.dateLastActive).length
    : 0;
  return [
    ...blindSpotsOf(snapshot),
    ...(unknown > 0
      ? [`Of ${unknown} people Trello does not tell the last activity; they are left out.`]
      : []),
  ];
}
