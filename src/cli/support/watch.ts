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
  /** Makes what one reading of the memberships needs. */
  context(): Omit<ChangesContext, "snapshots">;
  readonly stored: Snapshots;
  /** The workspaces to watch; undefined: all. */
  readonly workspaces: readonly string[] | undefined;
  /** The pause (ms) between two readings of the memberships; null if they are read only once. */
  readonly everyMs: number | null;
  readonly clock: Pick<Clock, "sleep">;
  readonly stop: AbortSignal;
  /** The run that offboarded the person, if the change gives access to a person who was offboarded; otherwise null. */
  offboarded(
    event: Pick<MembershipEvent, "idMember" | "at"> & { readonly kind: string },
  ): Promise<Run | null>;
  /** Called for each change that gives an offboarded person access again. */
  readonly leaver: (change: ShownChange, run: Run) => Promise<void>;
  /** Shows a sentence that is not about a change, such as an error. */
  readonly say: (sentence: string) => void;
}

/**
 * A change of a membership. `run`: the run that offboarded the person, if the change gives access to an offboarded
 * person; otherwise null.
 */
export interface Watched {
  readonly change: ShownChange;
  readonly run: Run | null;
}

/**
 * Reads the memberships again and again, compares them with the last reading, and yields each change once. Nothing in
 * Trello is changed. A temporary error is shown, and the next reading finds all changes since the last successful
 * reading.
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
        say(
          `The workspaces were read for the first time, at ${found.until}. Later changes will be shown here.`,
        );
      const notes = found.notes.join(" ");
      if (notes !== noted) say(notes);
      noted = notes;
      for (const change of found.changes) yield { change, run: await runBefore(change, deps) };
      // Because the reading is stored, the changes that were already shown are not shown again after the next start.
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

async function runBefore(change: ShownChange, deps: WatchDeps): Promise<Run | null> {
  const { kind, person, at, inferred, runId } = change;
  if (person === null || runId !== undefined) return null;
  const run = await deps.offboarded({
    kind,
    idMember: person.idMember,
    at: at ?? inferred?.until ?? "",
  });
  if (run) await deps.leaver(change, run);
  return run;
}

/**
 * Keeps readings in memory, and stores a reading only when `save` is called. The store keeps only the newest readings,
 * and the cursor of another caller may name an older reading. If every reading were stored here, that older reading
 * would soon be deleted.
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

/** A change of a membership, as one line of JSON. */
export function watchedJson({ change, run }: Watched): string {
  return JSON.stringify({ ...change, ...(run && { offboardedBy: run.id }) });
}

/**
 * The pause (ms) from the flag `--every`; 60 s if the flag is missing. null if its value is not a number of seconds
 * from 10 to 86400.
 */
export function everyMsOf(seconds: string | undefined): number | null {
  const given = Number(seconds ?? "60");
  const isFine = /^\d+$/.test(seconds ?? "60") && given >= LEAST_S && given <= MOST_S;
  return isFine ? given * 1_000 : null;
}

const LEAST_S = 10;
const MOST_S = 86_400;
