import type { Kysely } from "kysely";
import type { EffectOp } from "../domain/effect.ts";
import type { GrantEnd } from "../domain/grant.ts";
import type { EffectState, Evidence, RunState } from "../domain/run.ts";
import type { PlanState } from "../domain/decision-rules.ts";

// Times are ISO 8601 text in one form (instant.ts). Structures are JSON text, so they are the same in every dialect.

export interface Tables {
  schema_version: { version: number; applied_at: string };
  plans: {
    id: string;
    state: PlanState | "spent";
    created_at: string;
    expires_at: string;
    /** Plan as JSON. */
    plan: string;
    /** Decision as JSON. */
    decision: string | null;
  };
  runs: {
    id: string;
    plan_id: string;
    principal: string;
    /** How many effects the plan has. */
    effects: number;
    state: RunState;
    owner: string | null;
    lease_until: string | null;
    /** Evidence as JSON. */
    evidence: string | null;
    /** Copied from the plan and the evidence, so that lists of runs can be read without them. */
    tool: string;
    summary: string;
    /** Why the run was stopped: a failure as JSON. */
    stopped: string | null;
    result: Evidence["result"] | null;
    started_at: string;
    ended_at: string | null;
  };
  /** `n` counts from 1 within a run. */
  journal: {
    run_id: string;
    n: number;
    effect: number;
    state: EffectState;
    at: string;
    /** Failure as JSON. */
    error: string | null;
    /** The requests that the run had cost at that time. */
    requests: number;
  };
  /**
   * An index of the journal: the state of each effect of a run after its last record. It finds effects by what they
   * do.
   */
  effects: {
    run_id: string;
    effect: number;
    op: EffectOp;
    /** null for a board outside all workspaces. */
    id_organization: string | null;
    /** Whether the effect takes something away, so that it counts for the limit of destructive effects. */
    destructive: 0 | 1;
    /** The state of the last record. */
    state: EffectState;
    /** Time of the newest `sent` record. */
    sent_at: string | null;
    /** Time of the last record if it says applied or already, else null. */
    applied_at: string | null;
  };
  /** The people who lose something by an effect, each by the key that the limits count. */
  effect_people: { run_id: string; effect: number; person: string };
  /** `body` is the canonical JSON that was hashed, so reading it back cannot change it. */
  audit: { seq: number; body: string; previous: string; hash: string };
  /** One row: the end of the chain. It shows whether records at the end were removed. */
  audit_head: { id: number; seq: number; hash: string };
  /** Unknown ids are empty text, because a key cannot contain null. */
  identity_links: {
    email: string;
    source: string;
    id_member: string;
    account_id: string;
    scim_id: string;
    seen_at: string;
  };
  facts: { key: string; value: string; learnt_at: string };
  /** Only in PostgreSQL: the last ticket by which a run without a process was handed out (postgres-dispatcher.ts). */
  tickets: { run_id: string; n: number; due_at: string };
  /** `review` is a Review as JSON. */
  reviews: { id: string; at: string; principal: string; review: string };
  /** `sign_off` is a SignOff as JSON. */
  sign_offs: { review_id: string; at: string; sign_off: string };
  /** `n` counts from 1 within a named review; `entry` is a SignOffEntry as JSON. */
  sign_off_entries: { review_id: string; n: number; entry: string };
  /** `session` is a PageSession as JSON. */
  page_sessions: { id: string; expires_at: string; session: string };
  /**
   * Sign-ins by Trello's OAuth 2.0, one for each client. `secret` is encrypted. The renewal columns say which process sends the
   * refresh token until when, and `attempts` how often it was given out.
   */
  trello_grants: {
    client: string;
    id: string;
    id_member: string;
    /** Separated by spaces. */
    scopes: string;
    signed_in_at: string;
    generation: number;
    secret: string;
    obtained_at: string;
    expires_at: string;
    ended: GrantEnd | null;
    renewal_holder: string | null;
    renewal_until: string | null;
    attempts: number;
  };
  /** `snapshot` is a MembershipSnapshot as JSON. */
  membership_snapshots: { id: string; at: string; principal: string; snapshot: string };
}

/** An open transaction that writes. */
export type Tx = Kysely<Tables>;
/** An open transaction that only reads. */
export type ReadTx = Pick<Kysely<Tables>, "selectFrom">;

/**
 * What the queries need from a dialect: transactions that fail as AppError STORE_FAILED. `work` awaits queries only.
 */
export interface Database {
  /** All queries of `work` see the same state. */
  read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T>;
  /** Reads what a process that starts now would find in the store. Fails if the file is no longer the same store. */
  readAnew<T>(work: (tx: ReadTx) => Promise<T>): Promise<T>;
  /** All of `work` happens or none of it, as if no other process wrote. It is durable when the promise resolves. */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * The time by which leases are given and compared. Processes on one machine share its clock, so it is `callers`, the
   * caller's time. Several machines use the database's clock.
   */
  now(tx: ReadTx, callers: string): Promise<string>;
  close(): Promise<void>;
}

/** Below the limit of values in one statement of every database, with ten values in each row. */
const ROWS_AT_ONCE = 500;

/** Splits rows, in their order, into parts that one statement can take. */
export function* inBatches<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) yield rows.slice(from, from + ROWS_AT_ONCE);
}

/** A time in the one ISO 8601 form (UTC, milliseconds) in which the order of texts is the order of times. */
export function instant(time: string): string {
  return new Date(time).toISOString();
}

/** The instant `ms` milliseconds after `time`. */
export function after(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}
