import type { Budget } from "../domain/budget.ts";
import type { Reads } from "../domain/reads.ts";
import type { HeldScopes } from "../domain/token.ts";
import type { Writes } from "../domain/writes.ts";

/** Checks a write after it got its place in the rate budgets, just before it leaves. */
export interface Departure {
  /** Records that the request leaves now. If it throws, the request is not sent. */
  record(): Promise<void>;
  /** Called at the last moment: the connection exists and no byte is sent yet. */
  mayLeave(): boolean;
}

/**
 * The settings of one pass over the upstreams. Interactive passes go before bulk ones. `usage` counts the requests.
 */
export interface Pass {
  readonly priority: "interactive" | "bulk";
  readonly signal?: AbortSignal;
  readonly usage?: { requests: number };
  /** Called for each attempt of each write of the pass. */
  readonly departure?: Departure;
}

/**
 * The only code that sends requests to the network. It repeats a failed read. It repeats a write only if the write
 * was provably not applied. Otherwise the write rejects with OUTCOME_UNKNOWN (`applied: "unknown"`), and the engine
 * settles it by reading.
 */
export interface Gateway {
  reads(pass: Pass): Reads;
  writes(pass: Pass): Writes;
  /**
   * The scopes of the Trello token, read once in the life of the process. With OAuth 2.0, the scopes of the sign-in.
   * null if Trello does not show them.
   */
  scopes(): Promise<HeldScopes | null>;
  /** The starts that are left in each budget now. */
  budgets(): Promise<readonly (Budget & { readonly remaining: number })[]>;
  /** How far this machine's clock is ahead of Trello's, in milliseconds; null until Trello has answered. */
  clockOffsetMs(): number | null;
  close(): Promise<void>;
}
