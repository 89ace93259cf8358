import { createHash } from "node:crypto";
import type { ReadTx, Tables } from "./schema.ts";

/**
 * How many records a journal had, and the SHA-256 over them, hexadecimal. The audit chain has a seal from each time
 * that a run was resumed, paused, stopped or finished, so those records of the journal cannot be changed unseen.
 */
export interface JournalSeal {
  readonly records: number;
  readonly hash: string;
}

export type JournalRow = Omit<Tables["journal"], "run_id">;

/** The rows of a journal as they are stored, in the order in which they were written. */
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
