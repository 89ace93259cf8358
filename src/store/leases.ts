import { AppError } from "../domain/error.ts";
import type { Plan } from "../domain/plan.ts";
import { type RunState, unknownRun } from "../domain/run.ts";
import { recordPaused, recordResumed, recordStopped } from "./events.ts";
import { sealJournal } from "./journal-seal.ts";
import { planFromJson } from "./old-shapes.ts";
import { after, type Database, inBatches, instant, type ReadTx, type Tables } from "./schema.ts";
import type { RunStore } from "./store.ts";

/** The states in which a run may still send requests. */
export const UNFINISHED: readonly RunState[] = ["running", "verifying"];

type Lease = Pick<Tables["runs"], "owner" | "lease_until">;

/**
 * Leases say which process works on a run. Only one process at a time holds the lease of a run, and it must renew the
 * lease before the lease expires.
 */
export function createLeases(
  database: Database,
): Pick<RunStore, "claimable" | "claim" | "reopen" | "renew" | "pause" | "stop" | "release"> {
  return {
    async claimable(now, gone, of = () => true) {
      const { runs, at } = await database.read(async (tx) => ({
        runs: await unfinished(tx).orderBy("started_at").orderBy("id").execute(),
        at: await database.now(tx, now),
      }));
      return runs.filter((run) => of(run.owner) && isFree(run, at, gone)).map((run) => run.id);
    },
    claim: (runId, holder, now, leaseMs, gone) =>
      database.write(async (tx) => {
        const run = await unfinished(tx).where("id", "=", runId).executeTakeFirst();
        const at = await database.now(tx, now);
        if (!run || !isFree(run, at, gone)) return false;
        const lease = { owner: holder, lease_until: after(at, leaseMs) };
        await tx.updateTable("runs").set(lease).where("id", "=", runId).execute();
        const journal = await sealJournal(tx, runId);
        await recordResumed(tx, await planBehind(tx, runId), { runId, at: now, by: null, journal });
        return true;
      }),
    reopen: (runId, holder, now, leaseMs, by) =>
      database.write(async (tx) => {
        const at = await database.now(tx, now);
        const { numUpdatedRows } = await tx
          .updateTable("runs")
          .set({ state: "running", owner: holder, lease_until: after(at, leaseMs) })
          .where("id", "=", runId)
          .where("state", "=", "cancelled")
          // A process may have stored the state `cancelled` and ended before it released the lease. So the run may be
          // continued if nobody holds its lease, or if the lease has expired.
          .where((is) => is.or([is("owner", "is", null), is("lease_until", "<=", at)]))
          // A run with evidence has ended, so it is never continued.
          .where("evidence", "is", null)
          .executeTakeFirstOrThrow();
        if (numUpdatedRows === 0n) return false;
        const journal = await sealJournal(tx, runId);
        await recordResumed(tx, await planBehind(tx, runId), { runId, at: now, by, journal });
        return true;
      }),
    renew: (leases, now, leaseMs) =>
      database.write(async (tx) => {
        const owners = new Map<string, string | null>();
        for (const batch of inBatches([...new Set(leases.map(({ runId }) => runId))]))
          for (const { id, owner } of await owned(tx).where("id", "in", batch).execute())
            owners.set(id, owner);
        const held = leases.map(({ runId, holder }) => owners.get(runId) === holder);
        const lease_until = after(await database.now(tx, now), leaseMs);
        for (const batch of inBatches(leases.flatMap(({ runId }, index) => (held[index] ? [runId] : []))))
          await tx.updateTable("runs").set({ lease_until }).where("id", "in", batch).execute();
        return held;
      }),
    pause: (runId, holder, { at, done, why, state }) =>
      database.write(async (tx) => {
        const isStopped = (await heldBy(tx, runId, holder)).state === "stopped";
        await tx
          .updateTable("runs")
          .set({ owner: null, lease_until: null, ...(state && !isStopped && { state }) })
          .where("id", "=", runId)
          .execute();
        if (isStopped) return;
        const journal = await sealJournal(tx, runId);
        const paused = { runId, at, done, why, state: state ?? null, journal };
        await recordPaused(tx, await planBehind(tx, runId), paused);
      }),
    stop: (runId, { at, by, why, unsent }) =>
      database.write(async (tx) => {
        const run = await tx
          .selectFrom("runs")
          .select(["state", "evidence"])
          .where("id", "=", runId)
          .executeTakeFirst();
        if (!run) throw unknownRun();
        const isOpen = UNFINISHED.includes(run.state) || (run.state === "cancelled" && run.evidence === null);
        if (!isOpen) {
          throw new AppError("CONFLICT", "This run has ended already.", {
            next: "Call get_run to see the run; restore_member undoes its changes.",
          });
        }
        if (unsent) await assertUnsent(tx, runId);
        // Stopping a run does not release its lease, because the process that works on the run may still have to store
        // answers to requests that were sent.
        const text = JSON.stringify(why);
        await tx
          .updateTable("runs")
          .set({ state: "stopped", stopped: text, ended_at: instant(at) })
          .where("id", "=", runId)
          .execute();
        const journal = await sealJournal(tx, runId);
        await recordStopped(tx, await planBehind(tx, runId), { runId, at, by, why, journal }, text);
      }),
    release: (runId, holder) =>
      database.write(async (tx) => {
        await tx
          .updateTable("runs")
          .set({ owner: null, lease_until: null })
          .where("id", "=", runId)
          .where("owner", "=", holder)
          .execute();
      }),
  };
}

/** Throws CONFLICT if a request of the run was already sent. */
async function assertUnsent(tx: ReadTx, runId: string): Promise<void> {
  const sent = await tx
    .selectFrom("journal")
    .select("n")
    .where("run_id", "=", runId)
    .where("state", "=", "sent")
    .limit(1)
    .executeTakeFirst();
  if (!sent) return;
  throw new AppError(
    "CONFLICT",
    "The run has already sent a change, so the approval can no longer be withdrawn.",
    {
      next: `\`runs stop ${runId}\` ends the run; restore_member undoes its changes.`,
      applied: "yes",
      details: { runId },
    },
  );
}

/**
 * The row of the run, if `holder` holds its lease. The lease may have expired. CONFLICT if another process holds the
 * lease.
 */
export async function heldBy(tx: ReadTx, runId: string, holder: string) {
  const run = await tx
    .selectFrom("runs")
    .select(["effects", "state", "lease_until"])
    .where("id", "=", runId)
    .where("owner", "=", holder)
    .executeTakeFirst();
  if (run) return run;
  throw new AppError(
    "CONFLICT",
    "Another process has taken over this run, so this process stops working on the run.",
    {
      next: "Watch the run with get_run.",
      retry: "resume",
      details: { lease: "lost" },
    },
  );
}

/**
 * Throws CONFLICT with `details.lease` if the run was stopped. The process that works on the run then sends no more
 * requests.
 */
export function assertNotStopped({ state }: { readonly state: RunState }): void {
  if (state !== "stopped") return;
  throw new AppError("CONFLICT", "This run was stopped.", {
    next: "Call get_run to see the run.",
    details: { lease: "stopped" },
  });
}

/** The plan of a run. */
export async function planBehind(tx: ReadTx, runId: string): Promise<Plan> {
  const { plan } = await tx
    .selectFrom("runs")
    .innerJoin("plans", "plans.id", "runs.plan_id")
    .select("plans.plan")
    .where("runs.id", "=", runId)
    .executeTakeFirstOrThrow();
  return planFromJson(plan);
}

function unfinished(tx: ReadTx) {
  return owned(tx).where("state", "in", [...UNFINISHED]);
}

function owned(tx: ReadTx) {
  return tx.selectFrom("runs").select(["id", "owner", "lease_until"]);
}

function isFree({ owner, lease_until }: Lease, now: string, gone: (holder: string) => boolean): boolean {
  return owner === null || lease_until === null || lease_until <= now || gone(owner);
}
