/** An upstream limit: at most `limit` starts in any `windowMs`. `id` says what it counts for (a token or a key), never a secret. */
export interface Budget {
  readonly id: string;
  readonly limit: number;
  readonly windowMs: number;
}

/**
 * Where starts are counted, for one process or for several that share a key.
 * `take` counts `cost` starts against every budget at once, or against none and answers how long to wait.
 */
export interface Ledger {
  /** 0: taken. Otherwise milliseconds until it is worth asking again. */
  take(budgets: readonly { readonly budget: Budget; readonly cost: number }[]): Promise<number>;
  /**
   * Counts starts that were taken by `takenAt` (monotonic milliseconds) as made now, when their answer came: upstream they
   * count from their arrival, which was at some moment between the two. Which of several is moved makes no difference.
   */
  answered(
    budgets: readonly { readonly budget: Budget; readonly cost: number }[],
    takenAt: number,
  ): Promise<void>;
  /** Refuses a budget until `ms` milliseconds from now, for everyone who shares it. */
  pause(id: string, ms: number): Promise<void>;
  /** Starts still free now, for each budget. */
  remaining(budgets: readonly Budget[]): Promise<readonly number[]>;
}

/**
 * No reply holds a budget back for longer, in milliseconds: Trello's longest published window is 15 minutes. A reply
 * that asks for more is odd, and must not stop everything for years.
 */
export const LONGEST_PAUSE_MS = 900_000;

/** What a request costs: `cost` starts of one budget. */
export interface Charge {
  readonly budget: Budget;
  readonly cost: number;
}
