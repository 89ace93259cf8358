/**
 * An upstream rate limit: at most `limit` requests may start in any `windowMs`. `id` says what the limit counts for
 * (a token or a key), never a secret.
 */
export interface Budget {
  readonly id: string;
  readonly limit: number;
  readonly windowMs: number;
}

/**
 * Counts the requests that start, for one process or for several that share a key. `take` counts `cost` starts in all
 * budgets. If one budget is full, it counts nothing and says how long to wait.
 */
export interface Ledger {
  /** 0 if the starts were counted. Otherwise the milliseconds to wait before asking again. */
  take(budgets: readonly { readonly budget: Budget; readonly cost: number }[]): Promise<number>;
  /**
   * Moves starts that were taken at `takenAt` (monotonic milliseconds) to now, when their answer came. The upstream
   * counts a request when it arrives, between these two times. If several starts are equal, any of them may be moved.
   */
  answered(
    budgets: readonly { readonly budget: Budget; readonly cost: number }[],
    takenAt: number,
  ): Promise<void>;
  /** Blocks a budget for `ms` milliseconds, for everyone who shares it. */
  pause(id: string, ms: number): Promise<void>;
  /** How many starts are free now, for each budget. */
  remaining(budgets: readonly Budget[]): Promise<readonly number[]>;
}

/**
 * The longest time in milliseconds that a reply may block a budget. Trello's longest published window is 15 minutes.
 * A reply that asks for more is odd and must not stop the server for years.
 */
export const LONGEST_PAUSE_MS = 900_000;

/** What a request costs: `cost` starts of one budget. */
export interface Charge {
  readonly budget: Budget;
  readonly cost: number;
}
