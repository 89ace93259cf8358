import type { Decision } from "../domain/confirmation.ts";
import type { Json } from "../domain/json.ts";
import type { Plan, Principal } from "../domain/plan.ts";
import type { Caller, PlanContext } from "../domain/planning.ts";
import type { Run } from "../domain/run.ts";
import type { StoredPlan } from "../domain/stored-plan.ts";
import { createContext, type EngineDeps, isoNow, principalOf } from "./context.ts";
import { decide, hold } from "./plan/decision.ts";
import { propose } from "./plan/propose.ts";
import { apply } from "./run/apply.ts";
import { createRecovery } from "./run/recovery.ts";

export interface Engine {
  /** A pass of guarded reads (workspace allow-list applied) for read tools. */
  context(caller: Caller): PlanContext;
  /** Plans, guards, and fixes what confirmation is needed. Stores nothing. */
  propose(tool: string, args: Json, caller: Caller): Promise<Plan>;
  /** Stores a proposed plan so that a decision can be made on it. */
  hold(plan: Plan): Promise<StoredPlan>;
  plan(id: string): Promise<StoredPlan | null>;
  waiting(): Promise<readonly StoredPlan[]>;
  /** Records a person's word, once. `typed` is what the person typed where the plan asks for a name. */
  decide(planId: string, word: Pick<Decision, "accepted" | "level" | "by" | "typed">): Promise<Decision>;
  /**
   * Plans again, compares the digest (PLAN_STALE with `details.plan`), spends the decision, writes, verifies, keeps evidence.
   * CONFIRMATION_PENDING, _DECLINED, _EXPIRED where the decision is missing or unusable.
   */
  apply(planId: string, caller: Caller): Promise<Run>;
  run(id: string): Promise<Run | null>;
  runs(page: { readonly limit: number; readonly before?: string }): Promise<readonly Run[]>;
  /**
   * Takes up unfinished runs that nobody works on, also those whose caller went away or whose upstream was out; resolves
   * when none is left. `abandoned`: not those that this process tried a moment ago in vain, for which it waits longer each
   * time. A run that a caller cancelled is taken up by `apply` alone.
   */
  recover(signal?: AbortSignal, which?: "all" | "abandoned"): Promise<readonly Run[]>;
  /** The principal behind the token. */
  principal(caller: Caller): Promise<Principal>;
}

/** The pipeline of plan, confirmation and run over one gateway and one store. */
export function createEngine(deps: EngineDeps): Engine {
  return {
    context: (caller) => createContext(deps, caller),
    propose: (tool, args, caller) => propose(deps, { tool, args, caller }),
    hold: (plan) => hold(deps, plan),
    plan: (id) => deps.store.plans.get(id),
    waiting: () => deps.store.plans.waiting(isoNow(deps.clock)),
    decide: (planId, word) => decide(deps, planId, word),
    apply: (planId, caller) => apply(deps, planId, caller),
    run: (id) => deps.store.runs.get(id),
    runs: (page) => deps.store.runs.list(page),
    recover: createRecovery(deps),
    principal: (caller) => principalOf(createContext(deps, caller).reads, caller),
  };
}
