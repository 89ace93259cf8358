/**
 * A rate limit of an upstream: at most `limit` requests in `windowMs`. `id` names what the limit is for, such as a
 * token or a key; it never contains a secret.
 */
export interface Budget {
  readonly id: string;
  readonly limit: number;
  readonly windowMs: number;
}

/**
 * Counts requests for the rate limits, for one process or for several that share a key. `take` counts a request as
 * `cost` in all given budgets. If one budget is full, it counts nothing and returns how long to wait.
 */
export interface Ledger {
  /** 0 if the request was counted; otherwise the milliseconds to wait before the next attempt. */
  take(budgets: readonly { readonly budget: Budget; readonly cost: number }[]): Promise<number>;
  /**
   * Called when the answer to a request has come: changes its counted time from `takenAt` (monotonic milliseconds) to
   * now. The upstream counts a request when it arrives, which is between these two times.
   */
  answered(
    budgets: readonly { readonly budget: Budget; readonly cost: number }[],
    takenAt: number,
  ): Promise<void>;
  /** Blocks a budget for `ms` milliseconds, for all processes that share it. */
  pause(id: string, ms: number): Promise<void>;
  /** How many requests each budget allows now. */
  remaining(budgets: readonly Budget[]): Promise<readonly number[]>;
}

/**
 * A reply can block a budget for at most 15 minutes, Trello's longest published window. A wrong reply that asks for
 * more must not stop the server for years.
 */
export const LONGEST_PAUSE_MS = 900_000;

/** What one request uses of one budget: it counts as `cost` requests. */
export interface Charge {
  readonly budget: Budget;
  readonly cost: number;
}
