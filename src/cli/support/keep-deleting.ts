import { toAppError } from "../../domain/error.ts";
import type { Clock } from "../../domain/runtime.ts";
import type { Product } from "./product.ts";

/**
 * How long (ms) after its start a process first deletes old data. It waits, because deleting would slow down the first
 * calls.
 */
const AFTER_START_MS = 60_000;
/** How often (ms) old data is deleted. If several processes use the same store, only one of them deletes. */
const EVERY_MS = 3_600_000;
/**
 * How many old plans, runs or reviews are deleted in one transaction. The number is small, because other processes
 * cannot write during a transaction.
 */
const PORTION = 20;
/** The pause (ms) between two transactions, in which other processes can write. */
const BETWEEN_MS = 250;
const DAY_MS = 86_400_000;

interface DeletingDeps {
  readonly config: { readonly retentionDays: number | null };
  readonly store: Pick<Product["store"], "retention">;
  readonly log: Product["log"];
}

/**
 * Every hour, until `signal` is aborted, deletes plans, runs and reviews that ended more than IDENTITY_RETENTION_DAYS
 * days ago. If several processes use the same store, only one of them deletes. If that process ends in the middle, the
 * rest is deleted an hour later. `sleep` must not keep the process running.
 */
export async function keepDeleting(
  { config, store, log }: DeletingDeps,
  { now, sleep }: Pick<Clock, "now"> & { sleep(ms: number, signal: AbortSignal): Promise<void> },
  signal: AbortSignal,
): Promise<void> {
  const { retentionDays } = config;
  if (retentionDays === null) return;
  const iso = (ms: number) => new Date(ms).toISOString();
  for (let pause = AFTER_START_MS; ; pause = EVERY_MS) {
    await sleep(pause, signal).catch(() => {});
    if (signal.aborted) return;
    try {
      if (!(await store.retention.begin(iso(now()), EVERY_MS))) continue;
      const before = iso(now() - retentionDays * DAY_MS);
      let deleted = 0;
      let some: number;
      do {
        some = await store.retention.deleteSome({ now: iso(now()), before, most: PORTION });
        deleted += some;
        if (some > 0) await sleep(BETWEEN_MS, signal).catch(() => {});
      } while (some > 0 && !signal.aborted);
      if (deleted > 0) log("info", { deleted, before }, "old plans, runs and reviews were deleted");
    } catch (thrown) {
      const { code, message } = toAppError(thrown);
      log("error", { code, reason: message }, "old plans, runs and reviews could not be deleted");
    }
  }
}
