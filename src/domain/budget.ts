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
 * Counts requests for the rate limits, for one process or for several processes that share a key. `take` counts a
 * request as `cost` in all given budgets. If one of the budgets is full, it counts nothing and returns how long to
 * wait.
 */
export interface Ledger {
  /** 0 if the request was counted; otherwise the milliseconds to wait before the next attempt. */
  take(budgets: readonly { readonly budget: Budget; readonly cost: number }[]): Promise<number>;
  /**
   * Called when the answer to a request has arrived. Changes the request's counted time from `takenAt` (monotonic
   * milliseconds) to now. The upstream counted the request when it arrived, so at a time between the two.
   */
  answered(
    budgets: readonly { readonly budget: Budget; readonly cost: number }[],
    takenAt: number,
  ): Promise<void>;
  /** Lets no request pass in a budget for `ms` milliseconds, for all processes that share the budget. */
  pause(id: string, ms: number): Promise<void>;
  /** How many requests each budget allows now. */
  remaining(budgets: readonly Budget[]): Promise<readonly number[]>;
}

/**
 * How long (ms) a reply can block a budget at most: 15 minutes, Trello's longest published window. Otherwise a wrong
 * reply could stop the server for years.
 */
export const LONGEST_PAUSE_MS = 900_000;

/** How much one request uses of one budget: the budget counts it as `cost` requests. */
export interface Charge {
  readonly budget: Budget;
  readonly cost: number;
}
