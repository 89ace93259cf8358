import type { Kysely } from "kysely";
import type { EffectOp } from "../domain/effect.ts";
import type { GrantEnd } from "../domain/grant.ts";
import type { EffectState, Evidence, RunState } from "../domain/run.ts";
import type { WatchedKind } from "../domain/webhook.ts";
import type { PlanState } from "../domain/decision-rules.ts";

// The tables of the store. Times are ISO 8601 texts in one form (see `instant`). Structures are JSON texts, so SQLite
// and PostgreSQL store the same data.

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
    /**
     * Some values of the plan and the evidence are copied into columns of the run, so that a list of runs need not read
     * plan and evidence.
     */
    tool: string;
    summary: string;
    /** Why the run was stopped, as a failure in JSON; null if the run was not stopped. */
    stopped: string | null;
    result: Evidence["result"] | null;
    started_at: string;
    ended_at: string | null;
  };
  /** The journal of runs. `n` counts the records of a run from 1. */
  journal: {
    run_id: string;
    n: number;
    effect: number;
    state: EffectState;
    at: string;
    /** Failure as JSON. */
    error: string | null;
    /** How many upstream requests the run had sent when the record was written. */
    requests: number;
  };
  /**
   * A row for each effect of a run, with its state after the last journal record. The table is used to search for
   * effects.
   */
  effects: {
    run_id: string;
    effect: number;
    op: EffectOp;
    /** The id of the workspace; null for a board that belongs to no workspace. */
    id_organization: string | null;
    /** Whether the effect takes something away, so that it counts for the daily limit of destructive effects. */
    destructive: 0 | 1;
    /** The state of the last record. */
    state: EffectState;
    /** Time of the newest `sent` record. */
    sent_at: string | null;
    /**
     * If the effect was applied, or the state was already as wanted: the time of the effect's last record. Otherwise
     * null.
     */
    applied_at: string | null;
  };
  /** The people who lose something by an effect. `person` is the key under which the daily limits count the person. */
  effect_people: { run_id: string; effect: number; person: string };
  /** The audit log. `body` is exactly the JSON text that was hashed. */
  audit: { seq: number; body: string; previous: string; hash: string };
  /**
   * A table with one row: number and hash of the newest audit record. If the newest records are deleted, this row shows
   * that they are missing.
   */
  audit_head: { id: number; seq: number; hash: string };
  /** Links between identities. An unknown id is an empty text, because a primary key cannot contain null. */
  identity_links: {
    email: string;
    source: string;
    id_member: string;
    account_id: string;
    scim_id: string;
    seen_at: string;
  };
  facts: { key: string; value: string; learnt_at: string };
  /**
   * Only in PostgreSQL: the newest ticket of each unfinished run. A ticket asks a process to continue the run
   * (postgres-dispatcher.ts).
   */
  tickets: { run_id: string; n: number; due_at: string };
  /** `review` is a Review as JSON. */
  reviews: { id: string; at: string; principal: string; review: string };
  /** `sign_off` is a SignOff as JSON. */
  sign_offs: { review_id: string; at: string; sign_off: string };
  /** Entries of named reviews. `n` counts the entries of a review from 1; `entry` is a SignOffEntry in JSON. */
  sign_off_entries: { review_id: string; n: number; entry: string };
  /** `session` is a PageSession as JSON. */
  page_sessions: { id: string; expires_at: string; session: string };
  /**
   * Sessions of clients with an older MCP version. `initialize` is JSON. The last two columns say which process uses
   * the session, and until when.
   */
  client_sessions: {
    id: string;
    owner: string | null;
    initialize: string;
    /** 1 until the second request. */
    is_new: 0 | 1;
    used_at: string;
    expires_at: string;
    call_until: string | null;
    stream_until: string | null;
  };
  /** `message` is JSON text. */
  client_mail: { session_id: string; address: string; at: string; message: string };
  /** Streams that a client can resume. `events`: a list of StreamEvent as JSON. */
  client_streams: { session_id: string; stream: string; at: string; is_ended: 0 | 1; events: string };
  /**
   * Sign-ins by Trello's OAuth 2.0, one for each OAuth 2.0 client (`client`). `secret` contains the encrypted tokens.
   * `renewal_holder` is the process that is sending the refresh token; it may do so until `renewal_until`. `attempts`
   * counts how often the refresh token was sent.
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
  /**
   * The webhooks that this server made. `key`: the random part of the URL. The secret for the signatures is never
   * stored.
   */
  webhooks: {
    key: string;
    callback_url: string;
    id_model: string;
    kind: WatchedKind;
    made_at: string;
    deleted_at: string | null;
    heard_at: string | null;
  };
  /** Events that webhooks delivered, one row for each action of Trello. `event`: a MembershipEvent as JSON. */
  membership_events: { id: string; at: string; event: string };
}

/** An open transaction that writes. */
export type Tx = Kysely<Tables>;
/** An open transaction that only reads. */
export type ReadTx = Pick<Kysely<Tables>, "selectFrom">;

/**
 * What SQLite and PostgreSQL must provide: transactions, and database errors as STORE_FAILED. A function `work` may
 * wait only for queries, because its transaction stays open until the function ends.
 */
export interface Database {
  /** Reads in a transaction: all queries of `work` see the same data. */
  read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T>;
  /**
   * Opens the database file again and reads from it. If the file was replaced, this read fails. A read by the old
   * connection would not fail, but would still see the old file.
   */
  readAnew<T>(work: (tx: ReadTx) => Promise<T>): Promise<T>;
  /**
   * Writes in a transaction: everything that `work` writes is stored, or nothing. No other process writes meanwhile.
   * When the promise resolves, the data is on the disk.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * The present time for giving and comparing leases. SQLite is used on one machine, so the result is `callers`, the
   * time of the caller. PostgreSQL may be used by several machines, so the result is the time of the database.
   */
  now(tx: ReadTx, callers: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * How many rows one statement inserts. Every database limits the number of values in a statement, and a row has up to
 * ten values.
 */
const ROWS_AT_ONCE = 500;

/** Splits rows into parts of a size that one statement can insert. */
export function* inBatches<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) yield rows.slice(from, from + ROWS_AT_ONCE);
}

/**
 * Turns a time into the one ISO 8601 form of the store (UTC, milliseconds). In this form, sorted texts are sorted
 * times.
 */
export function instant(time: string): string {
  return new Date(time).toISOString();
}

/** The instant `ms` milliseconds after `time`. */
export function after(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}
