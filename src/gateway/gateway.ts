import type { Budget } from "../domain/budget.ts";
import type { Reads } from "../domain/reads.ts";
import type { HeldScopes } from "../domain/token.ts";
import type { Writes } from "../domain/writes.ts";

/** The last checks before a write is sent. They come after the write has waited for its rate budgets. */
export interface Departure {
  /** Records that the request is sent now. If this throws, the request is not sent. */
  record(): Promise<void>;
  /**
   * Called at the last moment, with the connection open and no byte sent. If it returns false, the request is not sent.
   */
  mayLeave(): boolean;
}

/**
 * The settings for the requests of one call or run. `interactive` requests, for which a user waits, are sent before
 * `bulk` requests of a run. `usage` counts the requests.
 */
export interface Pass {
  readonly priority: "interactive" | "bulk";
  readonly signal?: AbortSignal;
  readonly usage?: { requests: number };
  /** Called before each try of each write, as the last check. */
  readonly departure?: Departure;
}

/**
 * Sends all requests to the network. A failed read is sent again. A failed write is sent again only if it certainly
 * changed nothing. If it may have changed something, the error is OUTCOME_UNKNOWN (`applied: "unknown"`), and the
 * engine reads the state to find out.
 */
export interface Gateway {
  reads(pass: Pass): Reads;
  writes(pass: Pass): Writes;
  /**
   * The scopes of the Trello token, or of the sign-in by OAuth 2.0. They are read once. null if Trello does not show
   * them.
   */
  scopes(): Promise<HeldScopes | null>;
  /** How many requests each rate budget allows now. */
  budgets(): Promise<readonly (Budget & { readonly remaining: number })[]>;
  /** How many milliseconds this machine's clock is ahead of Trello's clock; null before the first reply from Trello. */
  clockOffsetMs(): number | null;
  close(): Promise<void>;
}
