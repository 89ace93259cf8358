import { isTemporary, sentenceOf, toAppError } from "../../domain/error.ts";
import type { MembershipEvent } from "../../domain/membership-event.ts";
import type { MembershipSnapshot, Snapshots } from "../../domain/membership.ts";
import type { Run } from "../../domain/run.ts";
import type { Clock } from "../../domain/runtime.ts";
import {
  changeLine,
  type ChangesContext,
  readChanges,
  type ShownChange,
} from "../../tools/reviews/list-membership-changes.ts";

export interface WatchDeps {
  /** The reads of one poll. */
  context(): Omit<ChangesContext, "snapshots">;
  readonly stored: Snapshots;
  /** The workspaces to watch; undefined: all. */
  readonly workspaces: readonly string[] | undefined;
  /** The pause (ms) between two polls; null: one poll only. */
  readonly everyMs: number | null;
  readonly clock: Pick<Clock, "sleep">;
  readonly stop: AbortSignal;
  /** The run that offboarded a person whose access this change gives; null if there is none. */
  offboarded(event: Pick<MembershipEvent, "kind" | "idMember" | "at">): Promise<Run | null>;
  /** Called for each change that gives an offboarded person access again. */
  readonly leaver: (change: ShownChange, run: Run) => Promise<void>;
  /** Shows a sentence about the watching itself. */
  readonly say: (sentence: string) => void;
}

/** A change of membership; `run`: the run that offboarded the person who has access again. */
export interface Watched {
  readonly change: ShownChange;
  readonly run: Run | null;
}

/**
 * Compares the memberships with the last reading, again and again, and yields each change once. It only reads Trello.
 * An error that may pass is said, and the next poll tells what happened until then.
 */
export async function* watchChanges(deps: WatchDeps): AsyncGenerator<Watched> {
  const { workspaces, everyMs, clock, stop, say } = deps;
  const snapshots = keptWhileWatching(deps.stored);
  let cursor: string | undefined;
  let noted = "";
  while (!stop.aborted) {
    try {
      const found = await readChanges(
        { workspaces, cursor, limit: Number.MAX_SAFE_INTEGER },
        { ...deps.context(), snapshots },
      );
      cursor = found.nextCursor;
      if (found.since === null)
        say(`This is the first reading, at ${found.until}. Changes after it are told.`);
      const notes = found.notes.join(" ");
      if (notes !== noted) say(notes);
      noted = notes;
      for (const change of found.changes) yield { change, run: await runBefore(change, deps) };
      // What was told must not be told again after the next start.
      if (found.total > 0 || found.since === null) await snapshots.save();
    } catch (thrown) {
      const error = toAppError(thrown);
      if (stop.aborted) return;
      if (everyMs === null || !isTemporary(error)) throw error;
      say(sentenceOf(error));
    }
    if (everyMs === null) return;
    await clock.sleep(everyMs, stop).catch(() => {});
  }
}

/** The kinds that can give a person access. */
const GIVES = new Set(["added", "reactivated"]);

async function runBefore(change: ShownChange, deps: WatchDeps): Promise<Run | null> {
  const { kind, person, at, inferred, runId } = change;
  if (person === null || runId !== undefined || !GIVES.has(kind)) return null;
  const run = await deps.offboarded({
    kind: kind === "added" ? "added" : "reactivated",
    idMember: person.idMember,
    at: at ?? inferred?.until ?? "",
  });
  if (run) await deps.leaver(change, run);
  return run;
}

/**
 * Keeps readings in memory and stores one only with `save`. The store keeps a limited number of readings, and without
 * this, a poll each minute would soon delete those to which cursors of other callers point.
 */
function keptWhileWatching(stored: Snapshots): Snapshots & { save(): Promise<void> } {
  let held: readonly MembershipSnapshot[] = [];
  let made = 0;
  return {
    async keep(read) {
      made += 1;
      const snapshot = { ...read, id: `watch ${made}`, principal: "" };
      held = [...held.slice(-1), snapshot];
      return snapshot;
    },
    get: async (id) => held.find((each) => each.id === id) ?? (await stored.get(id)),
    newest: () => stored.newest(),
    async save() {
      const newest = held.at(-1);
      if (!newest) return;
      const { id: _id, principal: _principal, ...read } = newest;
      await stored.keep(read);
    },
  };
}

/** A change as one line. */
export function watchedLine({ change, run }: Watched): string {
  const { at, inferred } = change;
  const time = at ?? (inferred ? `${inferred.from} to ${inferred.until}` : "");
  return `${changeLine(change, time)}${run ? `; OFFBOARDED before, by run ${run.id}` : ""}`;
}

/** A change as one line of JSON. */
export function watchedJson({ change, run }: Watched): string {
  return JSON.stringify({ ...change, ...(run && { offboardedBy: run.id }) });
}

/** The pause (ms) that `--every` means, 60 s without it; null if it is no number of seconds from 10 to 86400. */
export function everyMsOf(seconds: string | undefined): number | null {
  const given = Number(seconds ?? "60");
  const isFine = /^\d+$/.test(seconds ?? "60") && given >= LEAST_S && given <= MOST_S;
  return isFine ? given * 1_000 : null;
}

const LEAST_S = 10;
const MOST_S = 86_400;
