import { toAppError } from "../../domain/error.ts";
import type { RunLease } from "../../domain/run.ts";
import { type EngineDeps, isoNow, type Moment, momentOf } from "../context.ts";

/**
 * In the last second before the lease ends, no write is sent. So every write has arrived before another process takes
 * over and reads.
 */
const ARRIVAL_MS = 1_000;

/** How often a lease is renewed before it would end. */
const RENEWALS = 3;

/** What the work on a run needs. */
export interface RunDeps extends EngineDeps {
  readonly leases: LeaseKeeper;
}

/** Renews the leases of all runs that this process works on, together: one write for all of them. */
export interface LeaseKeeper {
  /**
   * Keeps a lease renewed while `work` runs. `since`: a moment before the lease was taken. `isHeld` says whether this
   * process can prove that it holds the run. If not, it must send nothing.
   */
  keep<T>(lease: RunLease, since: Moment, work: (isHeld: () => boolean) => Promise<T>): Promise<T>;
}

interface Kept extends RunLease {
  since: Moment;
  /** The run has another holder or none. That does not change again: a run that is taken again is a new entry. */
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
  /** How many renewals have no answer yet. */
  let unanswered = 0;

  const isHeld = ({ isLost, since }: Kept): boolean => {
    const { wall, monotonic } = momentOf(clock);
    const most = leaseMs - ARRIVAL_MS;
    return !isLost && wall - since.wall < most && monotonic - since.monotonic < most;
  };

  /** Writes one renewal. A lease whose renewal fails or has no answer keeps its earlier end. */
  async function renew(leases: readonly Kept[]): Promise<void> {
    const sent = momentOf(clock);
    const held = await store.runs.renew(leases, isoNow(clock), leaseMs);
    for (const [index, lease] of leases.entries()) {
      if (held[index] !== true) lease.isLost = true;
      // Also if a later renewal was written before: the store keeps the end that was written last.
      else lease.since = sent;
    }
  }

  async function renewAll(): Promise<void> {
    const leases = [...all].filter(({ isLost }) => !isLost);
    if (leases.length === 0) return;
    // A renewal without an answer does not hold up this one, which gets a connection of its own.
    if (unanswered > 0) log("warn", { runs: leases.length, unanswered }, "renewal of leases is slow");
    unanswered += 1;
    try {
      await renew(leases).catch(async (thrown: unknown) => {
        const error = toAppError(thrown);
        log("warn", { runs: leases.length, error: error.code }, "leases not renewed");
        // If waiting does not help, one run may be the cause, so that the others are renewed without it.
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
