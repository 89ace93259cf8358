import { createHash } from "node:crypto";
import type { ReadTx, Tables } from "./schema.ts";

/**
 * The number of records in a run's journal, and one SHA-256 over all of them. The audit log stores both each time the
 * run is resumed, paused, stopped or finished. So a later change of the journal records is noticed.
 */
export interface JournalSeal {
  readonly records: number;
  readonly hash: string;
}

export type JournalRow = Omit<Tables["journal"], "run_id">;

/** The stored rows of a journal, in the order in which they were written. */
export async function journalRows(tx: ReadTx, runId: string): Promise<readonly JournalRow[]> {
  return await tx
    .selectFrom("journal")
    .select(["n", "effect", "state", "at", "error", "requests"])
    .where("run_id", "=", runId)
    .orderBy("n")
    .execute();
}

export function sealRows(rows: readonly JournalRow[]): JournalSeal {
  const hash = createHash("sha256");
  for (const { n, effect, state, at, error, requests } of rows)
    hash.update(`${JSON.stringify([n, effect, state, at, error, requests])}\n`);
  return { records: rows.length, hash: hash.digest("hex") };
}

export async function sealJournal(tx: ReadTx, runId: string): Promise<JournalSeal> {
  return sealRows(await journalRows(tx, runId));
}
