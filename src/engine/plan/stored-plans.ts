import type { Decision } from "../../domain/confirmation.ts";
import type { Plan } from "../../domain/plan.ts";
import { type StoredPlan, unknownPlan } from "../../domain/decision-rules.ts";
import { type EngineDeps, isoNow } from "../context.ts";

/** Stores a plan so that a person can decide it. */
export async function storePlan(deps: EngineDeps, plan: Plan): Promise<StoredPlan> {
  await deps.store.plans.put(plan);
  return { plan, state: "waiting", decision: null, runId: null };
}

/** Records a person's decision on a waiting plan, once. Throws the reason of `decideRefusal`. */
export async function recordDecision(
  deps: EngineDeps,
  planId: string,
  word: Pick<Decision, "accepted" | "level" | "by" | "email" | "typed" | "reason">,
): Promise<Decision> {
  const stored = await deps.store.plans.get(planId);
  if (!stored) throw unknownPlan();
  const { plan } = stored;
  const decision: Decision = { planId, digest: plan.digest, at: isoNow(deps.clock), ...word };
  await deps.store.plans.decide(decision);
  return decision;
}
