import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { MembershipSnapshot } from "../../domain/membership.ts";
import type { TimedChange } from "../../domain/membership-event.ts";
import type { AppliedEffect } from "../../domain/run.ts";
import { plural } from "../../domain/text.ts";
import { updateProfile } from "../../effects/profile.ts";
import { removeWorkspaceMemberEverywhere } from "../../effects/workspace-members.ts";
import { blindSpotsOf } from "../../people/person.ts";
import { readWorkspaces } from "../../people/readable.ts";
import { joinFeed, NEAR_MS } from "../../reviews/feed.ts";
import { membershipChanges, readMemberships } from "../../reviews/memberships.ts";
import { renamedPeople } from "../../reviews/renames.ts";
import { defineReadTool, type ReadContext } from "../define.ts";
import { cursor, limit, workspaceRef } from "../support/fields.ts";

const state = z.object({ role: z.string(), status: z.string() }).nullable();

const changesOutput = z.object({
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
      /** The former name of a renamed person, if it is known. */
      was: z.string().optional(),
      runId: z.string().optional(),
      /** The time and author of the change, if Trello or a run of this server reported them. */
      at: z.string().optional(),
      by: z.object({ idMember: z.string(), name: z.string() }).optional(),
      /**
       * Set if no source reported the change. Two readings of the memberships differ, so the change happened between
       * their times `from` and `until`.
       */
      inferred: z.object({ from: z.string(), until: z.string() }).optional(),
    }),
  ),
  notes: z.array(z.string()),
  nextCursor: z.string(),
});
export type ShownChange = z.infer<typeof changesOutput>["changes"][number];
/** The parts of a call's context that the comparison needs. */
export type ChangesContext = Pick<ReadContext, "reads" | "now" | "snapshots" | "webhooks" | "appliedSince">;

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
  output: changesOutput,
  read: readChanges,
  text: ({ since, until, total, changes, notes, nextCursor }) =>
    [
      since === null
        ? `The memberships were read at ${until}. The next call with the cursor shows what changed after this time.`
        : `${plural(total, "change")} between ${since} and ${until}. Shown: ${changes.length}.`,
      ...changes.map((change) => changeLine(change, change.at ?? "inferred")),
      ...notes,
      `nextCursor: ${nextCursor}`,
    ].join("\n"),
});

/**
 * Reads the memberships and compares them with the memberships that the cursor names. Without a cursor, compares them
 * with the newest stored memberships.
 */
export async function readChanges(
  args: Args,
  context: ChangesContext,
): Promise<z.infer<typeof changesOutput>> {
  const { before, after, offset, notes } = await sidesOf(args, context);
  const own = before ? await context.appliedSince(before.at) : [];
  const changes = before ? await joined(before, after, context) : [];
  const page = changes.slice(offset, offset + args.limit);
  const end = offset + page.length;
  return {
    since: before?.at ?? null,
    until: after.at,
    total: changes.length,
    changes: page.map((change) => shownChange(change, own)),
    notes: [...notes, ...notesOf(before)],
    nextCursor: before && end < changes.length ? [before.id, after.id, end].join("~") : after.id,
  };
}

/** A change as one line. */
export function changeLine(
  { kind, place, person, before, after, was, runId, by }: ShownChange,
  time: string,
): string {
  return `${time} ${kind}: ${person ? `${person.label}, ` : ""}${was ? `before ${was}, ` : ""}${place.kind} ${place.name}${rolesText(before, after)}${by ? `, by ${by.name}` : ""}${runId ? `, by run ${runId}` : ""}`;
}

interface Args {
  readonly limit: number;
  readonly workspaces?: readonly string[] | undefined;
  readonly cursor?: string | undefined;
}

interface Sides {
  /** The earlier reading of the memberships; null at the first call, because there is no earlier reading. */
  readonly before: MembershipSnapshot | null;
  readonly after: MembershipSnapshot;
  readonly offset: number;
  readonly notes: readonly string[];
}

/**
 * The two readings of the memberships to compare. If the cursor names both, the store has them. Otherwise the later
 * reading is made now, and stored if something changed.
 */
async function sidesOf(args: Args, context: ChangesContext): Promise<Sides> {
  const [from, to, offset] = args.cursor?.split("~") ?? [];
  const { snapshots } = context;
  if (from !== undefined && to !== undefined) {
    const [before, after] = [await kept(from, context), await kept(to, context)];
    return { before, after, offset: Number(offset) || 0, notes: [] };
  }
  const before = from === undefined ? await snapshots.newest() : await kept(from, context);
  const { snapshots: read, unread } = await readWorkspaces(context.reads, args.workspaces);
  const after = await snapshots.keep(readMemberships(read, context.now));
  if (before) await readFeeds(before, after, context);
  return { before, after, offset: 0, notes: [...unread, ...(await blindSpotsOf(read, context.reads))] };
}

async function kept(id: string, { snapshots }: ChangesContext): Promise<MembershipSnapshot> {
  const snapshot = await snapshots.get(id);
  if (snapshot) return snapshot;
  throw new AppError("NOT_FOUND", "The memberships that the cursor refers to are no longer stored.", {
    next: "Call without `cursor` to compare with the newest stored memberships.",
  });
}

/**
 * Trello's own feed of actions contains no removals. So without webhooks, the time and author of a removal are unknown.
 */
function notesOf(before: MembershipSnapshot | null): readonly string[] {
  return before === null
    ? []
    : [
        "Inferred changes were found by comparing the memberships at two times: they happened between `from` and `until`, and their author is unknown. Only webhooks report removals (create_webhook).",
      ];
}

/** The feeds of at most this many changed boards are read to find the time and author of changes. */
const MOST_BOARDS = 50;
/** The feeds of at most this many renamed people are read for the same reason: as many as fit into one batch. */
const MOST_RENAMED = 10;

/**
 * The changes, with the time and author from webhooks and feeds. Feeds are read once and stored, so that every page of
 * one comparison shows the same facts.
 */
async function joined(
  before: MembershipSnapshot,
  after: MembershipSnapshot,
  { webhooks }: ChangesContext,
): Promise<readonly TimedChange[]> {
  const near = (time: string, by: number) => new Date(Date.parse(time) + by).toISOString();
  return joinFeed(before, after, await webhooks.events(near(before.at, -NEAR_MS), near(after.at, NEAR_MS)));
}

async function readFeeds(
  before: MembershipSnapshot,
  after: MembershipSnapshot,
  { reads, webhooks }: ChangesContext,
): Promise<void> {
  const workspaces = new Set(after.places.map(({ idOrganization }) => idOrganization));
  const boards = new Map(
    membershipChanges(before, after).flatMap(({ place, person }) =>
      person && place.kind === "board"
        ? [[place.id, { idOrganization: place.idOrganization, idBoard: place.id }]]
        : [],
    ),
  );
  const places = [
    ...[...workspaces].map((idOrganization) => ({ idOrganization })),
    ...[...boards.values()].slice(0, MOST_BOARDS),
    ...[...renamedPeople(before, after)]
      .slice(0, MOST_RENAMED)
      .map(([idMember, { idOrganization }]) => ({ idOrganization, idMember })),
  ];
  await webhooks.learn(await reads.trello.membershipEvents(places, before.at));
}

function shownChange(change: TimedChange, own: readonly AppliedEffect[]) {
  const { kind, place, person, before, after, was, by, between } = change;
  const run = ownRun(change, own);
  const at = change.at ?? run?.at;
  return {
    kind,
    place: { kind: place.kind, id: place.id, name: place.name, workspace: place.idOrganization },
    person,
    before,
    after,
    ...(was && { was }),
    ...(run && { runId: run.runId }),
    ...(at === undefined ? between && { inferred: between } : { at }),
    ...(by && { by }),
  };
}

/**
 * A run stores its result at most this long (ms) after Trello made the change. If the two times differ more, the run
 * did not make the change.
 */
const SOON_MS = 10 * 60_000;

/** The run of this server that made the change, and the time; null if no run of this server made it. */
function ownRun(
  { place, person, kind, at }: TimedChange,
  own: readonly AppliedEffect[],
): Pick<AppliedEffect, "runId" | "at"> | null {
  if (person === null) return null;
  const made = own.find((applied) => {
    const { target } = applied.effect;
    if (target["idMember"] !== person.idMember) return false;
    if (updateProfile.is(applied.effect) !== (kind === "member_renamed")) return false;
    if (at !== null && Math.abs(Date.parse(applied.at) - Date.parse(at)) > SOON_MS) return false;
    if (removeWorkspaceMemberEverywhere.is(applied.effect))
      return kind === "removed" && target["idOrganization"] === place.idOrganization;
    if (kind === "member_renamed") return true;
    const board = target["idBoard"] ?? "";
    return board === "" ? target["idOrganization"] === place.id : board === place.id;
  });
  return made ?? null;
}

function rolesText(before: { role: string } | null, after: { role: string } | null): string {
  if (before && after) return before.role === after.role ? "" : `, ${before.role} to ${after.role}`;
  const one = before ?? after;
  return one ? `, ${one.role}` : "";
}
