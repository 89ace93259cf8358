import type { Effect } from "../domain/effect.ts";
import { isDone, type RunEffect } from "../domain/run.ts";
import type { JournalRow } from "./journal-seal.ts";
import { readFailure } from "./old-shapes.ts";
import type { JournalEntry } from "./store.ts";

export function entryOf({ effect, state, at, error, requests }: JournalRow): JournalEntry {
  return { index: effect, state, at, error: readFailure(error), requests };
}

/**
 * The effects of a run in the order of the plan, computed from the journal. State and error come from an effect's last
 * record.
 * `attempts`: how many `sent` records there are. `sentAt`: the time of the newest `sent` record. `settledAt`: the time
 * of the last record, if it says that the state is as wanted or that the effect failed.
 */
export function foldJournal(
  effects: readonly Effect[],
  journal: readonly JournalEntry[],
): readonly RunEffect[] {
  const folded = effects.map(pending);
  for (const entry of journal) {
    const known = folded[entry.index];
    if (known) folded[entry.index] = advance(known, entry);
  }
  return folded;
}

function pending(effect: Effect, index: number): RunEffect {
  return { index, effect, state: "pending", attempts: 0, sentAt: null, settledAt: null, error: null };
}

function advance(known: RunEffect, entry: JournalEntry): RunEffect {
  const sent = entry.state === "sent";
  const settles = isDone(entry) || entry.state === "failed";
  return {
    ...known,
    state: entry.state,
    attempts: known.attempts + (sent ? 1 : 0),
    sentAt: sent ? entry.at : known.sentAt,
    settledAt: settles ? entry.at : null,
    error: entry.error,
  };
}
