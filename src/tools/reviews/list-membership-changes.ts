import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { MembershipChange, MembershipSnapshot } from "../../domain/membership.ts";
import type { AppliedEffect } from "../../domain/run.ts";
import { plural } from "../../domain/text.ts";
import { removeWorkspaceMemberEverywhere } from "../../effects/workspace-members.ts";
import { readWorkspaces } from "../../people/readable.ts";
import { membershipChanges, readMemberships } from "../../reviews/memberships.ts";
import { defineReadTool, type ReadContext } from "../define.ts";
import { cursor, limit, workspaceRef } from "../support/fields.ts";

const state = z.object({ role: z.string(), status: z.string() }).nullable();

export default defineReadTool({
  name: "list_membership_changes",
  title: "List membership changes",
  description:
    "Memberships and roles that changed since a cursor, or else since the last call. Keep nextCursor for the next call.",
  toolset: "reviews",
  input: z.strictObject({
    workspaces: z.array(workspaceRef).min(1).max(100).describe("all if left out").optional(),
    limit: limit.default(50),
    cursor: cursor.optional(),
  }),
  output: z.object({
    since: z.string().nullable(),
    until: z.string(),
    total: z.number(),
    changes: z.array(
      z.object({
        kind: z.string(),
        place: z.object({ kind: z.string(), id: z.string(), name: z.string(), workspace: z.string() }),
        person: z.object({ idMember: z.string(), label: z.string() }).nullable(),
        before: state,
        after: state,
        runId: z.string().optional(),
        at: z.string().optional(),
      }),
    ),
    notes: z.array(z.string()),
    nextCursor: z.string(),
  }),
  async read(args, context) {
    const { before, after, offset, notes } = await sidesOf(args, context);
    const own = before ? await context.appliedSince(before.at) : [];
    const changes = before ? membershipChanges(before, after) : [];
    const page = changes.slice(offset, offset + args.limit);
    const end = offset + page.length;
    return {
      since: before?.at ?? null,
      until: after.at,
      total: changes.length,
      changes: page.map((change) => ({
        ...change,
        place: {
          kind: change.place.kind,
          id: change.place.id,
          name: change.place.name,
          workspace: change.place.idOrganization,
        },
        ...ownRun(change, own),
      })),
      notes: [...notes, ...notesOf(before)],
      nextCursor: before && end < changes.length ? [before.id, after.id, end].join("~") : after.id,
    };
  },
  text: ({ since, until, total, changes, notes, nextCursor }) =>
    [
      since === null
        ? `Read at ${until}: the next call with the cursor shows what changed after that.`
        : `${plural(total, "change")} between ${since} and ${until}. Shown: ${changes.length}.`,
      ...changes.map(
        ({ kind, place, person, before, after, runId }) =>
          `${kind}: ${person ? `${person.label}, ` : ""}${place.kind} ${place.name}${rolesText(before, after)}${runId ? `, by run ${runId}` : ""}`,
      ),
      ...notes,
      `nextCursor: ${nextCursor}`,
    ].join("\n"),
});

interface Args {
  readonly workspaces?: readonly string[] | undefined;
  readonly cursor?: string | undefined;
}

interface Sides {
  /** The earlier reading; null at the first call, because there is none. */
  readonly before: MembershipSnapshot | null;
  readonly after: MembershipSnapshot;
  readonly offset: number;
  readonly notes: readonly string[];
}

/**
 * The two readings to compare. A cursor names both. Without one, the later is read now, and stored if something
 * changed.
 */
async function sidesOf(args: Args, context: ReadContext): Promise<Sides> {
  const [from, to, offset] = args.cursor?.split("~") ?? [];
  const { snapshots } = context;
  if (from !== undefined && to !== undefined) {
    const [before, after] = [await kept(from, context), await kept(to, context)];
    return { before, after, offset: Number(offset) || 0, notes: [] };
  }
  const before = from === undefined ? await snapshots.newest() : await kept(from, context);
  const { snapshots: read, unread } = await readWorkspaces(context.reads, args.workspaces);
  const after = await snapshots.keep(readMemberships(read, context.now));
  return { before, after, offset: 0, notes: unread };
}

async function kept(id: string, { snapshots }: ReadContext): Promise<MembershipSnapshot> {
  const snapshot = await snapshots.get(id);
  if (snapshot) return snapshot;
  throw new AppError("NOT_FOUND", "The memberships at the time of that cursor are no longer stored.", {
    next: "Call without cursor to compare with the newest stored memberships.",
  });
}

/** Trello's own feed does not contain removals. So time and author are known only for changes by this server. */
function notesOf(before: MembershipSnapshot | null): readonly string[] {
  return before === null
    ? []
    : [
        "Changes without a run were found by comparing two readings, so only the period is known. A change that was undone in that time is not seen.",
      ];
}

/** The run of this server that made the change, with the time; null if no run did. */
function ownRun(
  { place, person, kind }: MembershipChange,
  own: readonly AppliedEffect[],
): { readonly runId?: string; readonly at?: string } {
  if (person === null) return {};
  const made = own.find(({ effect }) => {
    const { target } = effect;
    if (target["idMember"] !== person.idMember) return false;
    if (removeWorkspaceMemberEverywhere.is(effect))
      return kind === "removed" && target["idOrganization"] === place.idOrganization;
    const board = target["idBoard"] ?? "";
    return board === "" ? target["idOrganization"] === place.id : board === place.id;
  });
  return made ? { runId: made.runId, at: made.at } : {};
}

function rolesText(before: { role: string } | null, after: { role: string } | null): string {
  if (before && after) return before.role === after.role ? "" : `, ${before.role} to ${after.role}`;
  const one = before ?? after;
  return one ? `, ${one.role}` : "";
}
