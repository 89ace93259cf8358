/**
 * A rate limit of an upstream: at most `limit` requests in `windowMs` milliseconds. `id` names the thing that has the
 * limit, such as a token or a key, and never contains a secret.
 */
export interface Budget {
  readonly id: string;
  readonly limit: number;
  readonly windowMs: number;
}

/**
 * Counts requests for the rate limits, for one process or for several processes that share the budgets. `take` counts
 * one request in all given budgets. `cost` is the number that is added in that budget. If one of the budgets is full,
 * `take` counts nothing and returns how long to wait.
 */
export interface Ledger {
  /** Returns 0 if the request was counted; otherwise the milliseconds to wait before the next attempt. */
  take(budgets: readonly { readonly budget: Budget; readonly cost: number }[]): Promise<number>;
  /**
   * Called when the answer to a request has arrived. The request was first counted at the time `takenAt` (monotonic
   * milliseconds). The upstream counted it at an unknown time between `takenAt` and now. So the request is now counted
   * at the present time. Otherwise, the next request could be sent too early.
   */
  answered(
    budgets: readonly { readonly budget: Budget; readonly cost: number }[],
    takenAt: number,
  ): Promise<void>;
  /** Blocks the budget with this id for `ms` milliseconds, for all processes that share the budget. */
  pause(id: string, ms: number): Promise<void>;
  /** How many requests each budget allows now. */
  remaining(budgets: readonly Budget[]): Promise<readonly number[]>;
}

/**
 * The longest time (ms) for which a reply can block a budget: 15 minutes, Trello's longest published window. Without
 * this limit, a wrong reply could stop the server for years.
 */
export const LONGEST_PAUSE_MS = 900_000;

/** How much one request uses of one budget. The request counts as `cost` requests there. */
export interface Charge {
  readonly budget: Budget;
  readonly cost: number;
}
