import type { AuditEvent, AuditRecord } from "../domain/audit.ts";
import type { Ledger } from "../domain/budget.ts";
import type { Decision } from "../domain/confirmation.ts";
import type { EffectOp } from "../domain/effect.ts";
import type { AppError, StoredFailure } from "../domain/error.ts";
import type { Grants } from "../domain/grant.ts";
import type { IdentityLinks } from "../domain/identity.ts";
import type { Json } from "../domain/json.ts";
import type { SnapshotStore } from "../domain/membership.ts";
import type { Plan } from "../domain/plan.ts";
import type {
  AppliedEffect,
  BegunEffect,
  EffectState,
  Evidence,
  Run,
  RunState,
  RunSummary,
  LeftRun,
} from "../domain/run.ts";
import type { ReviewStore } from "../domain/review.ts";
import type { StoredPlan } from "../domain/decision-rules.ts";
import type { SignOffStore } from "../domain/sign-off.ts";
import type { PageSessions } from "../domain/sign-in.ts";
import type { Dispatcher } from "./dispatcher.ts";

/**
 * Everything that outlives the process. Every method is one transaction. A failure of the database is STORE_FAILED.
 * What happens to a plan or a run is audited in the same transaction.
 */
export interface Store {
  readonly plans: PlanStore;
  readonly runs: RunStore;
  readonly audit: AuditLog;
  readonly links: IdentityLinks;
  /** Facts about upstreams from earlier calls, for example that a workspace refuses `/all`. */
  readonly facts: FactStore;
  readonly reviews: ReviewStore;
  readonly signOffs: SignOffStore;
  readonly snapshots: SnapshotStore;
  /** Sessions of people who signed in on the approval pages. */
  readonly pageSessions: PageSessions;
  /** The sign-in of a client of Trello's OAuth 2.0; `key` encrypts its tokens. */
  grants(client: string, key: string): Grants;
  /** Rate budgets that all processes on this store share. */
  readonly ledger: Ledger;
  /** How long (ms) a process holds a run without renewing its lease; long enough for what it sent to have arrived. */
  readonly leaseMs: number;
  /** Gives unfinished runs to the processes of several machines; null if the store is for one machine. */
  readonly dispatcher: Dispatcher | null;
  close(): Promise<void>;
}

export interface PlanStore {
  /** Stores a plan in state `waiting`. */
  put(plan: Plan): Promise<void>;
  get(id: string): Promise<StoredPlan | null>;
  /** Plans that wait for a decision and have not expired, oldest first. */
  waiting(now: string): Promise<readonly StoredPlan[]>;
  /** Plans that were approved and whose run has not started. They have not expired at `now`; oldest first. */
  accepted(now: string): Promise<readonly StoredPlan[]>;
  /** Records a decision. If `decideRefusal` gives a reason against it, that reason is thrown and nothing changes. */
  decide(decision: Decision): Promise<StoredPlan>;
  /** Makes a plan void because the state has changed: no decision on it counts after that. A used plan stays used. */
  discard(planId: string, drift: { readonly at: string; readonly found: string | null }): Promise<void>;
  /**
   * Turns a plan into a run, once. If `applyRefusal` gives a reason against it, that reason is thrown. The plan
   * becomes `used`, and `holder` gets the lease on the new run, whose effects are all pending. If two callers try,
   * one gets the run and the other CONFLICT. `against.refuse` is called in the same transaction with the effects of
   * other begun runs. What it returns is thrown, and nothing changes.
   */
  startRun(
    planId: string,
    start: {
      readonly runId: string;
      readonly principalId: string;
      readonly holder: string;
      readonly at: string;
      readonly leaseMs: number;
      readonly against?: BegunCheck;
    },
  ): Promise<Run>;
}

/** Compares a run that is about to begin with the effects that other runs have begun. See `RunStore.begun`. */
export interface BegunCheck {
  readonly since: string;
  refuse(begun: readonly BegunEffect[]): AppError | null;
}

/** One journal record: the intent (`sent`) before the request, the result after it. Records are only appended. */
export interface JournalEntry {
  readonly index: number;
  readonly state: EffectState;
  readonly at: string;
  readonly error: StoredFailure | null;
  /** The upstream requests that the run had cost at that time. */
  readonly requests: number;
}

export interface RunStore {
  /** The run, with its effects computed from the journal. */
  get(id: string): Promise<Run | null>;
  /**
   * Newest first, of one principal or of all. `before` is the id of the last run on the previous page. INPUT_INVALID
   * if the principal has no such run.
   */
  list(page: {
    readonly principal?: string;
    readonly limit: number;
    readonly before?: string;
  }): Promise<readonly RunSummary[]>;
  /**
   * Runs of every principal that wait for a person, newest first. These are unfinished runs that no process holds at
   * `now`, and runs that were stopped since `since` (both ISO 8601).
   */
  left(now: string, since: string): Promise<readonly LeftRun[]>;
  journal(id: string): Promise<readonly JournalEntry[]>;
  /** How many runs are in each state. A state without runs is left out. */
  counts(): Promise<Readonly<Partial<Record<RunState, number>>>>;
  /**
   * Appends a record if `holder` still holds the run. A `sent` record also needs a lease that has not lapsed at the
   * record's time, and an effect that is not applied. Otherwise CONFLICT with `details.lease`, so that a process that
   * lost its lease stops.
   */
  append(runId: string, holder: string, entry: JournalEntry): Promise<void>;
  setState(runId: string, holder: string, state: RunState): Promise<void>;
  /** Ends the run and releases the lease. */
  finish(
    runId: string,
    holder: string,
    end: { readonly state: RunState; readonly evidence: Evidence; readonly at: string },
  ): Promise<Run>;
  /**
   * Ids of runs in state running or verifying that a process can take: the lease is free, has lapsed at `now`, or its
   * holder is dead by `gone`. With `of`, only runs whose last holder it accepts (null: the run has no holder).
   */
  claimable(
    now: string,
    gone: (holder: string) => boolean,
    of?: (holder: string | null) => boolean,
  ): Promise<readonly string[]>;
  /** Takes the lease under the same conditions. false if another process was faster. */
  claim(
    runId: string,
    holder: string,
    now: string,
    leaseMs: number,
    gone: (holder: string) => boolean,
  ): Promise<boolean>;
  /** Continues a cancelled run. false if it was not cancelled or has ended, or if another process was faster. */
  reopen(runId: string, holder: string, now: string, leaseMs: number, by: string): Promise<boolean>;
  renew(runId: string, holder: string, now: string, leaseMs: number): Promise<boolean>;
  /** Releases an unfinished run for the next process. A `cancelled` run waits until a caller asks for it. */
  pause(
    runId: string,
    holder: string,
    pause: {
      readonly at: string;
      readonly done: number;
      readonly why: string;
      readonly state?: "cancelled";
    },
  ): Promise<void>;
  /**
   * Ends an unfinished run: no process sends anything more for it. CONFLICT if it has ended; with `unsent`, also
   * CONFLICT if a request of the run was sent.
   */
  stop(
    runId: string,
    stop: {
      readonly at: string;
      readonly by: string;
      readonly why: StoredFailure;
      readonly unsent?: true;
    },
  ): Promise<void>;
  release(runId: string, holder: string): Promise<void>;
  /**
   * Effects of these ops whose last record says applied or already as wanted, newest first. They are of one workspace
   * or of all, since `since` (ISO 8601), and older than the row of the cursor `before`. INPUT_INVALID if `before` is
   * not a cursor.
   */
  applied(query: {
    readonly ops: readonly EffectOp[];
    readonly idOrganization?: string;
    readonly since?: string;
    readonly limit: number;
    readonly before?: string;
  }): Promise<readonly AppliedEffect[]>;
  /**
   * Destructive effects that were sent since `since` (ISO 8601), or that a begun run may still send: of a principal, and
   * in a workspace, over all processes. `except` is the id of a run that does not count. They are counted after
   * `startRun`, so that runs that start at once count each other.
   */
  destructiveSince(
    since: string,
    principalId: string,
    idOrganization: string | null,
    except?: string,
  ): Promise<{ readonly principal: number; readonly workspace: number }>;
  /**
   * The people who lose something by effects that count in the same way, each key once: by a principal, and in a
   * workspace by all principals.
   */
  losersSince(
    since: string,
    principalId: string,
    idOrganization: string | null,
    except?: string,
  ): Promise<{ readonly principal: readonly string[]; readonly workspace: readonly string[] }>;
  /**
   * Effects made since `since` (ISO 8601), in the order in which they were sent. After them come effects without an
   * answer, and those that a begun run may still send. They are of every principal and of all runs except `except`.
   */
  begun(since: string, except: string): Promise<readonly BegunEffect[]>;
}

/** The result of a check of the audit log. */
export interface Verified {
  /** How many records fit, counted from the first. */
  readonly records: number;
  /** The first record that does not fit the one before it; null if all fit. */
  readonly broken: number | null;
  /** One sentence for each difference between the store and the chain; empty if the chain is broken. */
  readonly changed: readonly string[];
  /** The end of the unbroken chain, as `SEQ:HASH`. */
  readonly head: string;
  /** Whether the chain contains the head that was asked about; true if none was. */
  readonly hasHead: boolean;
}

export interface AuditLog {
  append(event: AuditEvent): Promise<AuditRecord>;
  read(page: { readonly after?: number; readonly limit: number }): Promise<readonly AuditRecord[]>;
  /** The end of the chain, as `SEQ:HASH`. Kept elsewhere, it shows whether the chain was cut or written again. */
  head(): Promise<string>;
  /** Checks the chain, and compares plans, decisions, evidence and journals with it. `head` is an earlier end. */
  verify(head?: string): Promise<Verified>;
}

export interface FactStore {
  get(key: string): Promise<Json | null>;
  set(key: string, value: Json): Promise<void>;
}
