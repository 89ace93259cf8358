import { toAppError } from "../../domain/error.ts";
import type { RunLease } from "../../domain/run.ts";
import { type EngineDeps, isoNow, type Moment, momentOf } from "../context.ts";

/**
 * A write request is sent only if the lease of its run is still valid for at least this time (ms). So the request has
 * arrived at the upstream before another process can take over the run and read the upstream's state.
 */
const ARRIVAL_MS = 1_000;

/** How many times a lease is renewed in the time for which it is valid. So one or two failed renewals do no harm. */
const RENEWALS = 3;

/** What the engine needs to work on a run: everything in `EngineDeps`, and the code that renews leases. */
export interface RunDeps extends EngineDeps {
  readonly leases: LeaseKeeper;
}

/** Renews the leases of all runs that this process works on, together: one write for all of them. */
export interface LeaseKeeper {
  /**
   * Renews a lease again and again until `work` has ended. `since`: a moment before the lease was taken. `isHeld` tells
   * `work` whether this process certainly still holds the run. If not, `work` must send nothing.
   */
  keep<T>(lease: RunLease, since: Moment, work: (isHeld: () => boolean) => Promise<T>): Promise<T>;
}

interface Kept extends RunLease {
  since: Moment;
  /**
   * True if this process has lost the lease of the run. The value never becomes false again. If this process later gets
   * the lease of the same run once more, `keep` makes a new object for it.
   */
  isLost: boolean;
}

export function createLeaseKeeper({
  store,
  clock,
  log,
}: Pick<EngineDeps, "store" | "clock" | "log">): LeaseKeeper {
  const { leaseMs } = store;
  const all = new Set<Kept>();
  let timer: NodeJS.Timeout | undefined;
  /** How many renewals were sent to the store and have no answer yet. */
  let unanswered = 0;

  const isHeld = ({ isLost, since }: Kept): boolean => {
    const { wall, monotonic } = momentOf(clock);
    const most = leaseMs - ARRIVAL_MS;
    return !isLost && wall - since.wall < most && monotonic - since.monotonic < most;
  };

  /**
   * Renews the given leases with one write to the store. If the write fails or has no answer, each lease ends at the
   * time that was set before.
   */
  async function renew(leases: readonly Kept[]): Promise<void> {
    const sent = momentOf(clock);
    const held = await store.runs.renew(leases, isoNow(clock), leaseMs);
    for (const [index, lease] of leases.entries()) {
      if (held[index] !== true) lease.isLost = true;
      // The answers to two renewals can arrive in the wrong order, because the store may have written the older renewal
      // last. The lease in the store then ends earlier. So `since` is the time of the renewal whose answer arrived
      // last, even if this is the older renewal.
      else lease.since = sent;
    }
  }

  async function renewAll(): Promise<void> {
    const leases = [...all].filter(({ isLost }) => !isLost);
    if (leases.length === 0) return;
    // The previous renewal may have no answer yet. This renewal does not wait for that answer, because it uses another
    // connection to the store.
    if (unanswered > 0) log("warn", { runs: leases.length, unanswered }, "renewal of leases is slow");
    unanswered += 1;
    try {
      await renew(leases).catch(async (thrown: unknown) => {
        const error = toAppError(thrown);
        log("warn", { runs: leases.length, error: error.code }, "leases not renewed");
        // If the error is not temporary, one of the runs may be its cause. Then each lease is renewed separately, so
        // that the other runs keep their leases.
        if (error.retry !== "later" && leases.length > 1)
          await Promise.allSettled(leases.map((lease) => renew([lease])));
      });
    } finally {
      unanswered -= 1;
    }
  }

  return {
    async keep({ runId, holder }, since, work) {
      const lease: Kept = { runId, holder, since, isLost: false };
      all.add(lease);
      timer ??= setInterval(() => void renewAll(), leaseMs / RENEWALS).unref();
      try {
        return await work(() => isHeld(lease));
      } finally {
        all.delete(lease);
        if (all.size === 0) {
          clearInterval(timer);
          timer = undefined;
        }
      }
    },
  };
}
