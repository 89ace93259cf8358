import type { AuditLog } from "../domain/audit.ts";
import type { Ledger } from "../domain/budget.ts";
import type { ClientSessions } from "../domain/client-session.ts";
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
  RunLease,
  RunState,
  RunSummary,
  LeftRun,
} from "../domain/run.ts";
import type { Retention } from "../domain/retention.ts";
import type { ReviewStore } from "../domain/review.ts";
import type { StoredPlan } from "../domain/decision-rules.ts";
import type { SignOffStore } from "../domain/sign-off.ts";
import type { PageSessions } from "../domain/sign-in.ts";
import type { WebhookStore } from "../domain/webhook.ts";
import type { Dispatcher } from "./dispatcher.ts";

/**
 * Everything that must be kept when the process ends. Each method is one transaction. An error of the database becomes
 * STORE_FAILED. Each change of a plan or run writes an audit record in the same transaction.
 */
export interface Store {
  readonly plans: PlanStore;
  readonly runs: RunStore;
  readonly audit: AuditLog;
  readonly links: IdentityLinks;
  /** Facts that were learned from answers of upstreams, for example that a workspace refuses the request `/all`. */
  readonly facts: FactStore;
  readonly reviews: ReviewStore;
  readonly signOffs: SignOffStore;
  readonly snapshots: SnapshotStore;
  readonly webhooks: WebhookStore;
  /** The sessions of people who are signed in on the approval pages. */
  readonly pageSessions: PageSessions;
  /** Sessions of clients older than 2026-07-28. */
  readonly clientSessions: ClientSessions;
  /** The sign-in of one client by Trello's OAuth 2.0. `key` encrypts its tokens. */
  grants(client: string, key: string): Grants;
  /** The rate budgets of all processes that use this store. */
  readonly ledger: Ledger;
  /**
   * A lease expires after this time (ms) if it is not renewed. The time is longer than a sent request takes to arrive.
   * So no request is still on its way when another process gets the lease.
   */
  readonly leaseMs: number;
  /** Gives unfinished runs to the processes of several machines. null if only one machine uses the store. */
  readonly dispatcher: Dispatcher | null;
  /** Deletes what ended long ago. */
  readonly retention: Retention;
  close(): Promise<void>;
}

export interface PlanStore {
  /** Stores a plan in state `waiting`. */
  put(plan: Plan): Promise<void>;
  get(id: string): Promise<StoredPlan | null>;
  /** Plans that wait for a decision and have not expired at `now`, oldest first. */
  waiting(now: string): Promise<readonly StoredPlan[]>;
  /** Approved plans without a run that have not expired at `now`, oldest first. */
  accepted(now: string): Promise<readonly StoredPlan[]>;
  /** Stores a decision. If the plan can no longer be decided, throws the error from `decideRefusal`. */
  decide(decision: Decision): Promise<StoredPlan>;
  /**
   * Makes a plan void, because the state that it was made from has changed. A plan whose run was started keeps its
   * state.
   */
  discard(planId: string, drift: { readonly at: string; readonly found: string | null }): Promise<void>;
  /**
   * Starts the run of an approved plan, once. The plan becomes `used`, and `holder` gets the lease of the run. A second
   * caller gets CONFLICT. Throws the error from `applyRefusal` if the plan may not be applied. `against.refuse` gets
   * the effects of other started runs. If `refuse` returns an error, this error is thrown and nothing is stored.
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

/** Compares a run that is about to start with the effects of other started runs, which `RunStore.begun` returns. */
export interface BegunCheck {
  readonly since: string;
  refuse(begun: readonly BegunEffect[]): AppError | null;
}

/**
 * A record of a run's journal: the intent (`sent`) before a request, or the result after the request. A record is never
 * changed.
 */
export interface JournalEntry {
  readonly index: number;
  readonly state: EffectState;
  readonly at: string;
  readonly error: StoredFailure | null;
  /** How many upstream requests the run had sent when the record was written. */
  readonly requests: number;
}

export interface RunStore {
  /** The run, with its effects computed from the journal; null if there is no such run. */
  get(id: string): Promise<Run | null>;
  /**
   * Runs of one principal or of all, newest first. `before`: the id of the last run on the page before. INPUT_INVALID
   * if the principal has no such run.
   */
  list(page: {
    readonly principal?: string;
    readonly limit: number;
    readonly before?: string;
  }): Promise<readonly RunSummary[]>;
  /**
   * Runs of all principals that need a person, the newest first: unfinished runs that no process works on at `now`, and
   * runs that were stopped after `since` (ISO 8601).
   */
  left(now: string, since: string): Promise<readonly LeftRun[]>;
  journal(id: string): Promise<readonly JournalEntry[]>;
  /** The number of runs in each state. A state that no run has is missing. */
  counts(): Promise<Readonly<Partial<Record<RunState, number>>>>;
  /**
   * Adds a journal record, if `holder` still holds the lease. A `sent` record also needs a lease that has not expired
   * and an effect that is not applied yet. If a condition fails, throws CONFLICT with `details.lease`, and the process
   * must stop working on the run.
   */
  append(runId: string, holder: string, entry: JournalEntry): Promise<void>;
  setState(runId: string, holder: string, state: RunState): Promise<void>;
  /** Stores the end of the run and releases its lease. */
  finish(
    runId: string,
    holder: string,
    end: { readonly state: RunState; readonly evidence: Evidence; readonly at: string },
  ): Promise<Run>;
  /**
   * Ids of runs in state running or verifying that a process can continue, because the lease is missing, has expired at
   * `now`, or belongs to a process that has ended (`gone`). `of` gets the process named in each run's lease (null if
   * there is no lease) and returns whether to include the run.
   */
  claimable(
    now: string,
    gone: (holder: string) => boolean,
    of?: (holder: string | null) => boolean,
  ): Promise<readonly string[]>;
  /** Takes the lease of a run that `claimable` returned. false if another process was faster. */
  claim(
    runId: string,
    holder: string,
    now: string,
    leaseMs: number,
    gone: (holder: string) => boolean,
  ): Promise<boolean>;
  /** Continues a cancelled run. false if the run was not cancelled, has ended, or was taken by another process. */
  reopen(runId: string, holder: string, now: string, leaseMs: number, by: string): Promise<boolean>;
  /**
   * Renews leases of many runs in one transaction. For each lease, in the order of the list, returns whether `holder`
   * still holds the run. A lost lease does not affect the other leases.
   */
  renew(leases: readonly RunLease[], now: string, leaseMs: number): Promise<readonly boolean[]>;
  /**
   * Releases the lease of an unfinished run, so that another process can continue it. A `cancelled` run is continued
   * only when a caller asks for it.
   */
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
   * Ends an unfinished run, so that no process sends more requests for it. CONFLICT if the run has ended. With
   * `unsent`, also CONFLICT if the run has already sent a request.
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
   * The effects that were applied, or whose state was already as wanted, the newest first. They are of the given kinds
   * (`ops`), and of the given workspace, or of all workspaces if none is given. None is older than `since` (ISO 8601).
   * `before`: the cursor of the page before; INPUT_INVALID for any other text.
   */
  applied(query: {
    readonly ops: readonly EffectOp[];
    readonly idOrganization?: string;
    readonly since?: string;
    readonly limit: number;
    readonly before?: string;
  }): Promise<readonly AppliedEffect[]>;
  /**
   * Counts the destructive effects of all processes: the effects that were sent after `since` (ISO 8601), and those
   * that a started run may still send. The run `except` is not counted. Returns one number for the principal and one
   * for the workspace. It must be called after `startRun`, so that runs that start together count each other.
   */
  destructiveSince(
    since: string,
    principalId: string,
    idOrganization: string | null,
    except?: string,
  ): Promise<{ readonly principal: number; readonly workspace: number }>;
  /**
   * The people who lose something by the effects that `destructiveSince` counts. One list is for the principal's
   * effects, and one for the effects in the workspace. Each person is in a list only once.
   */
  losersSince(
    since: string,
    principalId: string,
    idOrganization: string | null,
    except?: string,
  ): Promise<{ readonly principal: readonly string[]; readonly workspace: readonly string[] }>;
  /**
   * Effects of all principals and all runs, except of the run `except`. First come the effects that were made after
   * `since` (ISO 8601), in the order of sending. After them come effects without an answer, and effects that a started
   * run may still send.
   */
  begun(since: string, except: string): Promise<readonly BegunEffect[]>;
}

export interface FactStore {
  get(key: string): Promise<Json | null>;
  set(key: string, value: Json): Promise<void>;
  /** Sets a fact if there is no fact with this key yet. If several processes try, only one of them gets true. */
  setOnce(key: string, value: Json): Promise<boolean>;
}
