import type { Budget, Ledger } from "../../domain/budget.ts";

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

/**
 * Added to each window, in milliseconds: starts are counted here when they leave and upstream when they arrive, and the
 * way between the two is not always equally long.
 */
const WINDOW_MARGIN_MS = 250;

/** The starts of one budget, oldest first: a true sliding window, never a fixed one whose edges let twice as many through. */
export interface SlidingLog {
  /** Starts that count at `now`. */
  used(now: number, budget: Budget): number;
  /** Milliseconds from `now` until `cost` starts fit; 0 where they fit now. */
  wait(now: number, budget: Budget, cost: number): number;
  add(now: number, cost: number): void;
  /** Counts a start of this cost that was added by `takenAt` as made at `now`; one that is forgotten already counts no more. */
  move(takenAt: number, cost: number, now: number, budget: Budget): void;
}

function createSlidingLog(): SlidingLog {
  let starts: { readonly at: number; cost: number }[] = [];
  let head = 0;
  let total = 0;

  function forget(now: number, budget: Budget): void {
    const span = budget.windowMs + WINDOW_MARGIN_MS;
    for (let first = starts[head]; first && first.at + span <= now; first = starts[head]) {
      total -= first.cost;
      head++;
    }
    // Moving the rest to the front is rare enough to cost nothing on average.
    if (head > 64 && head * 2 > starts.length) {
      starts = starts.slice(head);
      head = 0;
    }
  }

  return {
    used(now, budget) {
      forget(now, budget);
      return total;
    },
    wait(now, budget, cost) {
      if (cost > budget.limit) throw new RangeError(`${cost} starts never fit ${budget.id}`);
      forget(now, budget);
      let over = total + cost - budget.limit;
      for (let index = head; over > 0; index++) {
        const start = starts[index];
        if (!start) break;
        over -= start.cost;
        if (over <= 0) return start.at + budget.windowMs + WINDOW_MARGIN_MS - now;
      }
      return 0;
    },
    add(now, cost) {
      starts.push({ at: now, cost });
      total += cost;
    },
    move(takenAt, cost, now, budget) {
      forget(now, budget);
      const index = starts.findLastIndex(
        (start, at) => at >= head && start.cost === cost && start.at <= takenAt,
      );
      const start = starts[index];
      if (!start) return;
      start.cost = 0;
      starts.push({ at: now, cost });
    },
  };
}
