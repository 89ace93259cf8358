import type { Kysely } from "kysely";
import type { EffectOp } from "../domain/effect.ts";
import type { EffectState, Evidence, RunState } from "../domain/run.ts";
import type { PlanState } from "../domain/decision-rules.ts";

// Times are ISO 8601 text in one spelling (instant.ts), structures are JSON text: the same in every dialect.

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
    /** Of the plan and of the evidence, so that a list need not read either. */
    tool: string;
    summary: string;
    /** Why the run was stopped: failure as JSON. */
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
    /** What the run had cost by then. */
    requests: number;
  };
  /** An index of the journal: for each effect of a run where its records left it, so that effects are found by what they do. */
  effects: {
    run_id: string;
    effect: number;
    op: EffectOp;
    /** null outside any workspace. */
    id_organization: string | null;
    /** Whether it takes something away, and so counts to the limit of destructive effects. */
    destructive: 0 | 1;
    /** That of the last record. */
    state: EffectState;
    /** Time of the newest `sent` record. */
    sent_at: string | null;
    /** Time of the last record if it says applied or already, else null. */
    applied_at: string | null;
  };
  /** The people from whom an effect takes something, each by the key that the limits count. */
  effect_people: { run_id: string; effect: number; person: string };
  /** `body` is the canonical JSON that was hashed, so that reading it back cannot change it. */
  audit: { seq: number; body: string; previous: string; hash: string };
  /** One row: the end of the chain, so that a cut tail shows. */
  audit_head: { id: number; seq: number; hash: string };
  /** Unknown ids are empty text, because a key may not hold null. */
  identity_links: {
    email: string;
    source: string;
    id_member: string;
    account_id: string;
    scim_id: string;
    seen_at: string;
  };
  facts: { key: string; value: string; learnt_at: string };
  /** `review` is a Review as JSON. */
  reviews: { id: string; at: string; principal: string; review: string };
  /** `snapshot` is a MembershipSnapshot as JSON. */
  membership_snapshots: { id: string; at: string; principal: string; snapshot: string };
}

/** An open transaction that writes. */
export type Tx = Kysely<Tables>;
/** An open transaction that only reads. */
export type ReadTx = Pick<Kysely<Tables>, "selectFrom">;

/** What the queries need of a dialect: transactions that fail as AppError STORE_FAILED. `work` awaits queries only. */
export interface Database {
  /** One consistent view over all queries of `work`. */
  read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T>;
  /** Reads what a process that starts now would find in the store; fails if that is not the store any more. */
  readAnew<T>(work: (tx: ReadTx) => Promise<T>): Promise<T>;
  /** All of `work` or nothing, as if no other writer ran meanwhile, durable when it resolves. */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * The time by which leases are given and compared. Processes on one machine share its clock, so it is `callers`, the
   * time that the caller has; several machines go by the clock of the database.
   */
  now(tx: ReadTx, callers: string): Promise<string>;
  close(): Promise<void>;
}

/** Below every database's limit of values in one statement, at ten values a row. */
const ROWS_AT_ONCE = 500;

/** The rows in their order, in portions that one statement can hold. */
export function* inBatches<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) yield rows.slice(from, from + ROWS_AT_ONCE);
}

/** A time in the one spelling of ISO 8601 (UTC, milliseconds) whose order as text is its order in time. */
export function instant(time: string): string {
  return new Date(time).toISOString();
}

/** The instant `ms` milliseconds after `time`. */
export function after(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}
