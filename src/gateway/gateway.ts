import type { Budget } from "../domain/budget.ts";
import type { Reads } from "../domain/reads.ts";
import type { Writes } from "../domain/writes.ts";

/** Guards a write after it has its place in the rate budgets, immediately before it leaves. */
export interface Departure {
  /** Writes down that the request leaves now. What this throws keeps the request here. */
  record(): Promise<void>;
  /** Asked at the last moment, when the connection is there and before the first byte. */
  mayLeave(): boolean;
}

/** What one pass over the upstreams carries: interactive passes go before bulk ones, `usage` counts its requests. */
export interface Pass {
  readonly priority: "interactive" | "bulk";
  readonly signal?: AbortSignal;
  readonly usage?: { requests: number };
  /** Asked for each attempt of each write of the pass. */
  readonly departure?: Departure;
}

/**
 * The only way out to the network. A failed read is sent again here. A write is sent again only if it was provably not
 * applied; otherwise it rejects with OUTCOME_UNKNOWN (`applied: "unknown"`) and the engine settles it by reading.
 */
export interface Gateway {
  reads(pass: Pass): Reads;
  writes(pass: Pass): Writes;
  /** Starts left in each budget now. */
  budgets(): Promise<readonly (Budget & { readonly remaining: number })[]>;
  /** How far this machine's clock is ahead of Trello's, in milliseconds; null until Trello has answered. */
  clockOffsetMs(): number | null;
  close(): Promise<void>;
}
