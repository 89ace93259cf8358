import type { Budget, Ledger } from "../domain/budget.ts";
import { createSlidingLog } from "./sliding-log.ts";
import type { SlidingLog } from "./sliding-log.ts";

/**
 * Counts the starts of one process. `monotonic` gives milliseconds that never go back; a wall clock that is set back
 * would let starts through.
 */
export function createMemoryLedger(monotonic: () => number): Ledger {
  const logs = new Map<string, SlidingLog>();
  const pausedUntil = new Map<string, number>();

  function logOf(budget: Budget): SlidingLog {
    let log = logs.get(budget.id);
    if (!log) {
      log = createSlidingLog();
      logs.set(budget.id, log);
    }
    return log;
  }

  const paused = (id: string, now: number): number => Math.max(0, (pausedUntil.get(id) ?? 0) - now);

  return {
    take(charges) {
      const now = monotonic();
      let wait = 0;
      for (const { budget, cost } of charges) {
        wait = Math.max(wait, paused(budget.id, now), logOf(budget).wait(now, budget, cost));
      }
      if (wait > 0) return wait;
      for (const { budget, cost } of charges) logOf(budget).add(now, cost);
      return 0;
    },
    answered(charges, takenAt) {
      const now = monotonic();
      for (const { budget, cost } of charges) logOf(budget).move(takenAt, cost, now, budget);
    },
    pause(id, ms) {
      const until = monotonic() + ms;
      if (until > (pausedUntil.get(id) ?? 0)) pausedUntil.set(id, until);
    },
    remaining(budgets) {
      const now = monotonic();
      return budgets.map((budget) =>
        paused(budget.id, now) > 0 ? 0 : Math.max(0, budget.limit - logOf(budget).used(now, budget)),
      );
    },
  };
}
