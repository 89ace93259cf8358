import type { AuditRecord } from "../domain/audit.ts";
import type { Decision } from "../domain/confirmation.ts";
import type { Json } from "../domain/json.ts";
import type { Plan } from "../domain/plan.ts";
import type { Caller, PlanContext } from "../domain/planning.ts";
import type { Snapshots } from "../domain/membership.ts";
import type { MadeReview, Review } from "../domain/review.ts";
import type { Run, RunPage } from "../domain/run.ts";
import type { StoredPlan } from "../domain/decision-rules.ts";
import { newestRecords, recordsAfter } from "./audit.ts";
import { createContext, type EngineDeps, isoNow, principalOf } from "./context.ts";
import { recordDecision, startable, storePlan, type Word } from "./plan/stored-plans.ts";
import { propose } from "./plan/propose.ts";
import { withdraw } from "./plan/withdraw.ts";
import { apply } from "./run/apply.ts";
import { planRest } from "./plan/replan.ts";
import { createSeenNames, type SeenNames } from "./seen-names.ts";
import { createSignOffs, type SignOffs } from "./sign-offs.ts";
import { createLeaseKeeper } from "./run/lease-keeper.ts";
import { createRecovery } from "./run/recovery.ts";
import { stopRun } from "./run/resume.ts";

export interface Engine {
  /** The reads for one call of a read tool. They show only the workspaces that the settings allow. */
  context(caller: Caller): PlanContext;
  /**
   * Makes a plan, checks the policy's guards, and sets the confirmation that the plan needs. Stores nothing. `lifeMs`:
   * how long the plan can be approved and applied; 15 minutes by default.
   */
  propose(tool: string, args: Json, caller: Caller, lifeMs?: number): Promise<Plan>;
  /** Stores a plan, so that a person can approve or decline it. */
  storePlan(plan: Plan): Promise<StoredPlan>;
  /** The stored plan; null if it belongs to another principal. */
  plan(id: string, caller: Caller): Promise<StoredPlan | null>;
  waiting(): Promise<readonly StoredPlan[]>;
  /**
   * Records a person's decision on a plan; a plan can have only one decision. `typed` is the name that the person
   * typed, if the plan asks for one.
   */
  decide(planId: string, word: Word): Promise<Decision>;
  /** Plans that a person approved outside the client and that have no run yet. This server may start their runs. */
  startable(): Promise<readonly StoredPlan[]>;
  /**
   * Withdraws a waiting plan, or the approval of a plan whose run has sent nothing yet. If it is too late, throws an
   * error that says so.
   */
  withdraw(planId: string, word: Parameters<typeof withdraw>[2]): Promise<StoredPlan>;
  /**
   * Applies an approved plan: plans again, compares the two plans, sends the writes, verifies them, and stores the
   * evidence. Throws PLAN_STALE if the plans differ; the new plan is in `details.plan`. Throws CONFIRMATION_PENDING,
   * _DECLINED or _EXPIRED if there is no valid approval.
   */
  apply(planId: string, caller: Caller): Promise<Run>;
  /**
   * Makes a new plan for everything that a stopped run has not done. null if the run of the plan was not stopped.
   * Stores nothing.
   */
  planRest(stored: StoredPlan, caller: Caller): Promise<Plan | null>;
  /** Stores an access review for the principal for whom the call is made. */
  keepReview(made: MadeReview, caller: Caller): Promise<Review>;
  readonly signOffs: SignOffs;
  /** Suggests names while a person types: names that this process has already read. Sends no request. */
  readonly seenNames: SeenNames["find"];
  /** Stores the memberships that a call reads, and finds those that earlier calls for the same principal stored. */
  snapshots(caller: Caller): Snapshots;
  /** The newest audit records about the principal for whom the call is made, newest first. */
  audit(caller: Caller, limit: number): Promise<readonly AuditRecord[]>;
  /** The id of the principal for whom a call is made. */
  principalId(caller: Caller): Promise<string>;
  /**
   * The audit records of all principals after the number `after`. If `after` is null: no records, only the number of
   * the newest record.
   */
  auditAfter(after: number | null, limit: number): ReturnType<typeof recordsAfter>;
  /** Stops an unfinished run of any principal, so that the run sends nothing more. CONFLICT if the run has ended. */
  stop(runId: string, word: { readonly by: string; readonly reason: string | null }): Promise<Run>;
  /** The run; null if it belongs to another principal. */
  run(id: string, caller: Caller): Promise<Run | null>;
  /**
   * The runs of the principal for whom the call is made, newest first. INPUT_INVALID if the cursor was not made by this
   * list.
   */
  runs(page: {
    readonly caller: Caller;
    readonly limit: number;
    readonly cursor?: string | undefined;
  }): Promise<RunPage>;
  /**
   * Continues the unfinished runs that no process works on, for example after a crash or an outage. Returns the runs
   * that are finished now. If `which` is "abandoned", a run that this process tried to finish before without success is
   * left out for a while, and longer after each try. A run that a caller cancelled is never continued here, only by
   * `apply`.
   */
  recover(signal?: AbortSignal, which?: "all" | "abandoned"): Promise<readonly Run[]>;
  /**
   * Continues one unfinished run. null if another process works on the run, or if this server may not continue it.
   * Rejects if the run cannot be finished now; the run can be continued later.
   */
  carry(runId: string, signal?: AbortSignal): Promise<Run | null>;
  /**
   * Finds out for which account this server works. If it is called before `carry`, `carry` need not wait for this.
   * Rejects if the upstream does not answer.
   */
  prepare(signal?: AbortSignal): Promise<void>;
}

/** Creates the engine, which plans, checks confirmations and applies plans, for one gateway and one store. */
export function createEngine(given: EngineDeps): Engine {
  const seen = given.seen ?? createSeenNames();
  const deps = { ...given, seen, leases: createLeaseKeeper(given) };
  return {
    context: (caller) => createContext(deps, caller),
    propose: (tool, args, caller, lifeMs) => propose(deps, { tool, args, caller, lifeMs }),
    storePlan: (plan) => storePlan(deps, plan),
    async plan(id, caller) {
      const [stored, { id: principal }] = await Promise.all([
        deps.store.plans.get(id),
        principalOf(createContext(deps, caller).reads, caller),
      ]);
      return stored?.plan.principal.id === principal ? stored : null;
    },
    waiting: () => deps.store.plans.waiting(isoNow(deps.clock)),
    decide: (planId, word) => recordDecision(deps, planId, word),
    startable: () => startable(deps),
    withdraw: (planId, word) => withdraw(deps, planId, word),
    apply: (planId, caller) => apply(deps, planId, caller),
    planRest: (stored, caller) => planRest(deps, stored, caller),
    snapshots: (caller) => snapshotsOf(deps, caller),
    keepReview: (made, caller) => keepReview(deps, made, caller),
    signOffs: createSignOffs(deps),
    audit: (caller, limit) => newestRecords(deps, caller, limit),
    principalId: async (caller) => (await principalOf(createContext(deps, caller).reads, caller)).id,
    auditAfter: (after, limit) => recordsAfter(deps, after, limit),
    stop: (runId, word) => stopRun(deps, runId, word),
    run: (id, caller) => createContext(deps, caller).run(id),
    runs: (page) => listRuns(deps, page),
    seenNames: seen.find,
    ...createRecovery(deps),
  };
}

async function keepReview(deps: EngineDeps, made: MadeReview, caller: Caller): Promise<Review> {
  const { id: principal } = await principalOf(createContext(deps, caller).reads, caller);
  const review = { id: deps.newId("review"), at: isoNow(deps.clock), principal, ...made };
  await deps.store.reviews.put(review);
  return review;
}

function snapshotsOf(deps: EngineDeps, caller: Caller): Snapshots {
  const principal = async () => (await principalOf(createContext(deps, caller).reads, caller)).id;
  return {
    async keep(read) {
      const snapshot = { id: deps.newId("moment"), principal: await principal(), ...read };
      await deps.store.snapshots.put(snapshot);
      return snapshot;
    },
    async get(id) {
      const snapshot = await deps.store.snapshots.get(id);
      return snapshot?.principal === (await principal()) ? snapshot : null;
    },
    newest: async () => deps.store.snapshots.newest(await principal()),
  };
}

async function listRuns(
  deps: EngineDeps,
  { caller, limit, cursor }: Parameters<Engine["runs"]>[0],
): Promise<RunPage> {
  const { id: principal } = await principalOf(createContext(deps, caller).reads, caller);
  const before = cursor === undefined ? {} : { before: Buffer.from(cursor, "base64url").toString() };
  const found = await deps.store.runs.list({ principal, limit: limit + 1, ...before });
  const now = isoNow(deps.clock);
  const left = await deps.store.runs.left(now, now);
  const runs = found.slice(0, limit);
  const last = runs.at(-1);
  return {
    runs,
    cursor: last && found.length > limit ? Buffer.from(last.id).toString("base64url") : null,
    // People who signed in see only their own runs. So the list of the runs of other principals is empty for them.
    others: caller.subject
      ? []
      : left.filter((run) => run.principal.id !== principal && run.state !== "stopped"),
  };
}
