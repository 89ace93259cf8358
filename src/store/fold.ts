import type { Effect } from "../domain/effect.ts";
import type { RunEffect } from "../domain/run.ts";
import type { JournalEntry } from "./store.ts";

/**
 * A run's effects as its journal tells them, in the plan's order: the last record gives state and error, `attempts`
 * counts the `sent` records, `sentAt` is the newest of them, `settledAt` the last record's time where it settles.
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
  const settles = entry.state === "applied" || entry.state === "already" || entry.state === "failed";
  return {
    ...known,
    state: entry.state,
    attempts: known.attempts + (sent ? 1 : 0),
    sentAt: sent ? entry.at : known.sentAt,
    settledAt: settles ? entry.at : null,
    error: entry.error,
  };
}
