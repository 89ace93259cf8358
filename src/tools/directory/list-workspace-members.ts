import { z } from "zod";
import { folded, nameKey, plural } from "../../domain/text.ts";
import { type Columns, columnsOf } from "../../people/columns.ts";
import { blindSpotsOf, joinedOf, type Person, statusOf } from "../../people/person.ts";
import { coverageText } from "../../people/readable.ts";
import { silentSources } from "../../people/sources.ts";
import { workspacesMeant } from "../../people/workspaces.ts";
import { defineReadTool } from "../define.ts";
import { cursor, limit, role, workspace } from "../support/fields.ts";
import {
  briefOf,
  detailsOf,
  type Field,
  FIELDS,
  lineOf,
  peopleOfAll,
  type PlacedPerson,
  placeText,
  roleOf,
  row,
  type Row,
  status,
} from "../support/member-rows.ts";
import { pageLine, paginate } from "../support/page.ts";
import { howManyFit, withGuestBoards } from "../support/short-page.ts";

const input = z.strictObject({
  workspace,
  kind: z.enum(["member", "guest"]).optional(),
  role: z.enum([...role.options, "guest"]).optional(),
  status: status.optional(),
  query: z.string().trim().min(1).max(100).optional(),
  inactiveSince: z.iso.date().optional(),
  sort: z.enum(["name", "joined", "lastActive"]).default("name"),
  fields: z.array(z.enum(FIELDS)).optional(),
  limit: limit.optional(),
  cursor: cursor.optional(),
});

/** A page has 25 people if the caller gives no other number. */
const PAGE = 25;

export default defineReadTool({
  name: "list_workspace_members",
  title: "List workspace members",
  description:
    "Members and board guests of one workspace, or of all. `fields` adds emails with their source.",
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
    const { kind, role: wanted, status: state, query, inactiveSince, sort } = args;
    const byActivity = inactiveSince !== undefined || sort === "lastActive";
    const fields = new Set<Field>([...(args.fields ?? []), ...(byActivity ? (["lastActive"] as const) : [])]);
    const chosen = everybody.filter(({ places }) => places.some(({ person }) => matches(person, args)));
    const persons = everybody.map(({ person }) => person);
    const columns = (of: readonly PlacedPerson[]) =>
      columnsOf(
        {
          people: of.map(({ person }) => person),
          everybody: persons,
          wants: { groups: fields.has("groups"), lastActive: fields.has("lastActive") },
        },
        context,
      );
    // To sort or filter by activity, the last activity of all people is needed. Otherwise only the people on the page
    // are looked up.
    const all = byActivity ? await columns(chosen) : null;
    const lastOf = ({ person }: PlacedPerson) => all?.get(person.idMember)?.lastActive ?? null;
    const people = chosen.filter((each) => !inactiveSince || (lastOf(each) ?? "9") < inactiveSince);
    const listing = {
      cursor: args.cursor,
      of: ["list_workspace_members", only?.workspace.id, kind, wanted, state, query, inactiveSince, sort],
      sort: (each: PlacedPerson) =>
        sort === "lastActive" ? (lastOf(each) ?? "9") : sortKey(each.person, sort),
      id: ({ person }: PlacedPerson) => person.idMember,
    };
    const full = paginate(people, { ...listing, limit: args.limit ?? PAGE });
    const needsColumns = fields.has("email") || fields.has("groups") || fields.has("lastActive");
    const known = all ?? (needsColumns ? await columns(full.rows) : new Map<string, Columns>());
    const every = full.rows.map(({ person, places }) => ({
      ...briefOf(person),
      ...(places.some(({ billable }) => billable) && { billable: true }),
      ...(!only && { workspaces: places.map(placeText) }),
      ...detailsOf(person, fields, known.get(person.idMember)),
    }));
    const unseen = inactiveSince ? chosen.filter((each) => lastOf(each) === null).length : 0;
    const notes = [
      ...unread,
      ...(await blindSpotsOf(snapshots, context.reads)),
      ...silentSources(context.reads),
      ...(unseen > 0
        ? [`No source shows the last activity of ${plural(unseen, "person", "people")}. They are left out.`]
        : []),
    ];
    const around = {
      ...(only && { workspace: only.workspace.id }),
      total: people.length,
      read: coverageText(readable),
    };
    const taken = (cursorOf: string | undefined) => {
      const bare = { ...around, members: [], notes, ...(cursorOf && { cursor: cursorOf }) };
      return Buffer.byteLength(JSON.stringify(bare) + textOf(bare));
    };
    // If the caller chose neither the page's length nor more fields, the page is made shorter, so that the model has to
    // read less.
    const isShort = args.limit === undefined && fields.size === 0;
    const first = (count: number) =>
      count === every.length ? full : paginate(people, { ...listing, limit: count });
    const page = isShort ? first(howManyFit(every, (count) => taken(first(count).cursor))) : full;
    const rows = every.slice(0, page.rows.length);
    const told = fields.has("boards")
      ? { rows, notes }
      : withGuestBoards(
          { rows, notes },
          page.rows.map(({ person }) => person),
          taken(page.cursor),
        );
    return {
      ...around,
      members: told.rows,
      notes: told.notes,
      ...(page.cursor && { cursor: page.cursor }),
    };
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
  const { fullName = "", username = "" } = person.member ?? {};
  const state = statusOf(person);
  return (
    (!args.kind || (args.kind === "guest") === (person.membership === null)) &&
    (!args.role || roleOf(person) === args.role) &&
    // A person who was invited and has not joined is pending, with or without an account.
    (!args.status || state === args.status || (args.status === "pending" && state === "ghost")) &&
    (nameKey(fullName).includes(query) || username.toLowerCase().includes(query))
  );
}

function sortKey(person: Person, sort: "name" | "joined"): string {
  if (sort === "joined") return joinedOf(person) ?? "9";
  return folded(person.member?.fullName ?? "");
}
