import { isDone } from "../domain/run.ts";
import type { Effect } from "../domain/effect.ts";
import { AppError } from "../domain/error.ts";
import type { Plan } from "../domain/plan.ts";
import { wholeEnd } from "./chain.ts";
import { journalRows } from "./journal-seal.ts";
import { assertNotStopped, heldBy } from "./leases.ts";
import { entryOf } from "./run-effects.ts";
import { type Database, inBatches, instant, type ReadTx, type Tables, type Tx } from "./schema.ts";
import type { JournalEntry } from "./store.ts";

/**
 * Appends a record in the caller's transaction and returns its number. CONFLICT if `holder` no longer holds the run.
 * For an intent, also CONFLICT if the lease has lapsed (another process may be about to take the run) or if the
 * effect is settled. A result is accepted under a lapsed lease if no other process took over, because it is true.
 */
export async function appendEntry(
  tx: Tx,
  now: Database["now"],
  runId: string,
  holder: string,
  entry: JournalEntry,
): Promise<number> {
  const run = await heldBy(tx, runId, holder);
  if (!Number.isInteger(entry.index) || entry.index < 0 || entry.index >= run.effects) {
    throw new AppError("INTERNAL", "A journal record names an effect that is not in its run.", {
      next: "Report this as a defect.",
    });
  }
  const at = instant(entry.at);
  if (entry.state === "sent") {
    assertNotStopped(run);
    if (run.lease_until === null || run.lease_until <= (await now(tx, at))) {
      throw new AppError("CONFLICT", "The lease on this run has lapsed.", {
        next: "Renew the lease or stop.",
        retry: "resume",
        details: { lease: "lapsed" },
      });
    }
    await refuseSettled(tx, runId, entry.index);
    // The end of the run must be recorded too.
    await wholeEnd(tx);
  }
  const last = await tx
    .selectFrom("journal")
    .select("n")
    .where("run_id", "=", runId)
    .orderBy("n", "desc")
    .limit(1)
    .executeTakeFirst();
  const n = (last?.n ?? 0) + 1;
  await tx
    .insertInto("journal")
    .values({
      run_id: runId,
      n,
      effect: entry.index,
      state: entry.state,
      at,
      error: entry.error && JSON.stringify(entry.error),
      requests: entry.requests,
    })
    .execute();
  await advanceEffect(tx, runId, { ...entry, at });
  return n;
}

/** The journal of a run, in the order in which it was written. */
export async function journalOf(tx: ReadTx, runId: string): Promise<readonly JournalEntry[]> {
  return (await journalRows(tx, runId)).map(entryOf);
}

/** The last protection against writing twice: an effect that was applied, or was as wanted already, is not sent. */
async function refuseSettled(tx: ReadTx, runId: string, effect: number): Promise<void> {
  const settled = await tx
    .selectFrom("journal")
    .select("n")
    .where("run_id", "=", runId)
    .where("effect", "=", effect)
    .where("state", "in", ["applied", "already"])
    .limit(1)
    .executeTakeFirst();
  if (settled) {
    throw new AppError("CONFLICT", "This effect is applied already.", {
      next: "Read the run again before going on.",
      applied: "yes",
      retry: "resume",
      details: { lease: "stale" },
    });
  }
}

/** What an effect counts for in the limits of a day. Asked once, when its run begins. */
export interface Counting {
  /** Whether an effect takes something away. */
  readonly isDestructive: (effect: Effect) => boolean;
  /** For each effect of a plan: the people who lose something by it, each by one key. */
  readonly losersOf: (plan: Plan) => readonly (readonly string[])[];
}

/** Creates the rows for the effects of a new run, all pending, in the transaction that creates the run. */
export async function insertEffects(tx: Tx, runId: string, plan: Plan, counting: Counting): Promise<void> {
  const rows = plan.effects.map((effect, index): Tables["effects"] => ({
    run_id: runId,
    effect: index,
    op: effect.op,
    // Empty for a board outside all workspaces.
    id_organization: effect.target["idOrganization"] || null,
    destructive: counting.isDestructive(effect) ? 1 : 0,
    state: "pending",
    sent_at: null,
    applied_at: null,
  }));
  const people = counting
    .losersOf(plan)
    .flatMap((keys, effect) => [...new Set(keys)].map((person) => ({ run_id: runId, effect, person })));
  for (const batch of inBatches(rows))
    await tx
      .insertInto("effects")
      .values([...batch])
      .execute();
  for (const batch of inBatches(people))
    await tx
      .insertInto("effect_people")
      .values([...batch])
      .execute();
}

/** Updates an effect's row after a record was appended, by the rule of `foldJournal`: the last record decides. */
async function advanceEffect(tx: Tx, runId: string, entry: JournalEntry): Promise<void> {
  const { index, state, at } = entry;
  await tx
    .updateTable("effects")
    .set({
      state,
      applied_at: isDone(entry) ? at : null,
      ...(state === "sent" && { sent_at: at }),
    })
    .where("run_id", "=", runId)
    .where("effect", "=", index)
    .execute();
}
