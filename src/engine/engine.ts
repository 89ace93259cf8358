import type { AuditRecord } from "../domain/audit.ts";
import type { Decision } from "../domain/confirmation.ts";
import type { Json } from "../domain/json.ts";
import type { Plan } from "../domain/plan.ts";
import type { Caller, PlanContext } from "../domain/planning.ts";
import type { Snapshots } from "../domain/membership.ts";
import type { MadeReview, Review } from "../domain/review.ts";
import type { Run, RunPage } from "../domain/run.ts";
import type { StoredPlan } from "../domain/decision-rules.ts";
import { newestRecords } from "./audit.ts";
import { createContext, type EngineDeps, isoNow, principalOf } from "./context.ts";
import { recordDecision, startable, storePlan, type Word } from "./plan/stored-plans.ts";
import { propose } from "./plan/propose.ts";
import { withdraw } from "./plan/withdraw.ts";
import { apply } from "./run/apply.ts";
import { planRest } from "./plan/replan.ts";
import { createSignOffs, type SignOffs } from "./sign-offs.ts";
import { createRecovery } from "./run/recovery.ts";
import { stopRun } from "./run/resume.ts";

export interface Engine {
  /** A pass of reads for read tools, limited to the allowed workspaces. */
  context(caller: Caller): PlanContext;
  /** Makes a plan, checks the guards, and says which confirmation the plan needs. Stores nothing. */
  propose(tool: string, args: Json, caller: Caller): Promise<Plan>;
  /** Stores a proposed plan so that a decision can be made on it. */
  storePlan(plan: Plan): Promise<StoredPlan>;
  /** The stored plan; null if it belongs to another principal. */
  plan(id: string, caller: Caller): Promise<StoredPlan | null>;
  waiting(): Promise<readonly StoredPlan[]>;
  /** Records a person's decision, once. `typed` is what the person typed if the plan asks for a name. */
  decide(planId: string, word: Word): Promise<Decision>;
  /** Plans that a person approved outside the client, and whose run has not started. This server can start their runs. */
  startable(): Promise<readonly StoredPlan[]>;
  /**
   * Takes back a waiting plan, or the approval of a plan whose run has sent nothing yet. Throws the reason if it is too
   * late.
   */
  withdraw(planId: string, word: Parameters<typeof withdraw>[2]): Promise<StoredPlan>;
  /**
   * Applies a decided plan: plans again, compares the digest (PLAN_STALE with `details.plan`), uses the decision,
   * writes, verifies, stores the evidence. If the decision is missing or unusable, it throws CONFIRMATION_PENDING,
   * _DECLINED or _EXPIRED.
   */
  apply(planId: string, caller: Caller): Promise<Run>;
  /** A new plan for the rest of a stopped run; null if the plan's run was not stopped. Stores nothing. */
  planRest(stored: StoredPlan, caller: Caller): Promise<Plan | null>;
  /** Stores an access review for the caller's principal. */
  keepReview(made: MadeReview, caller: Caller): Promise<Review>;
  readonly signOffs: SignOffs;
  /** The memberships at earlier times, as the caller's principal saw them. */
  snapshots(caller: Caller): Snapshots;
  /** The newest audit records of the caller's principal, newest first. */
  audit(caller: Caller, limit: number): Promise<readonly AuditRecord[]>;
  /** Ends an unfinished run of any principal: it sends nothing more. CONFLICT if the run has ended. */
  stop(runId: string, word: { readonly by: string; readonly reason: string | null }): Promise<Run>;
  /** The run; null if it belongs to another principal. */
  run(id: string, caller: Caller): Promise<Run | null>;
  /** The principal's own runs, newest first. INPUT_INVALID if the cursor does not come from this list. */
  runs(page: {
    readonly caller: Caller;
    readonly limit: number;
    readonly cursor?: string | undefined;
  }): Promise<RunPage>;
  /**
   * Continues unfinished runs that no process works on, also if the caller left or an upstream was down. It ends when
   * no such run is left. With `abandoned`, it leaves out runs that this process could not finish a moment ago; it waits
   * longer after each try. Only `apply` continues a run that a caller cancelled.
   */
  recover(signal?: AbortSignal, which?: "all" | "abandoned"): Promise<readonly Run[]>;
  /**
   * Continues one unfinished run. null if another process holds it, or if it is not for this server. Rejects if the run
   * cannot be finished now; the run can be continued later.
   */
  carry(runId: string, signal?: AbortSignal): Promise<Run | null>;
}

/** Plan, confirmation and run, for one gateway and one store. */
export function createEngine(deps: EngineDeps): Engine {
  return {
    context: (caller) => createContext(deps, caller),
    propose: (tool, args, caller) => propose(deps, { tool, args, caller }),
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
    stop: (runId, word) => stopRun(deps, runId, word),
    run: (id, caller) => createContext(deps, caller).run(id),
    runs: (page) => listRuns(deps, page),
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
    // People who signed in do not see each other's runs.
    others: caller.subject
      ? []
      : left.filter((run) => run.principal.id !== principal && run.state !== "stopped"),
  };
}
