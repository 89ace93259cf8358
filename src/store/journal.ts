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
 * Adds a record to a run's journal in the caller's transaction and returns the record's number. Throws CONFLICT if
 * `holder` no longer holds the lease of the run.
 * An intent (a request that is about to be sent) is refused if the lease has expired or the effect is settled. A result
 * is stored even if the lease has expired, because the result is true. A result is refused only if another process has
 * taken over the run.
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
    // If another program has changed the end of the audit log, the end of this run could not be recorded there. So no
    // request is sent.
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

/** The journal of a run, oldest record first. */
export async function journalOf(tx: ReadTx, runId: string): Promise<readonly JournalEntry[]> {
  return (await journalRows(tx, runId)).map(entryOf);
}

/**
 * The last protection against sending an effect twice. Throws if the effect was applied, or if its state was already as
 * wanted.
 */
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

/** How the effects of a plan count for the daily limits. This is computed only once, when the run starts. */
export interface Counting {
  /** Whether an effect takes something away. */
  readonly isDestructive: (effect: Effect) => boolean;
  /** For each effect of a plan: the people who lose something, each as the key under which the person is counted. */
  readonly losersOf: (plan: Plan) => readonly (readonly string[])[];
}

/**
 * Creates a row for each effect of a new run, with the state `pending`. The caller's transaction also creates the run.
 */
export async function insertEffects(tx: Tx, runId: string, plan: Plan, counting: Counting): Promise<void> {
  const rows = plan.effects.map((effect, index): Tables["effects"] => ({
    run_id: runId,
    effect: index,
    op: effect.op,
    // `idOrganization` is an empty text for a board that belongs to no workspace.
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

/** Updates the row of an effect after a journal record. The last record decides the state, as in `foldJournal`. */
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
