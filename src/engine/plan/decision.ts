import type { Decision } from "../../domain/confirmation.ts";
import type { Plan } from "../../domain/plan.ts";
import { type StoredPlan, unknownPlan } from "../../domain/stored-plan.ts";
import { type EngineDeps, isoNow } from "../context.ts";
import { audit } from "../run/journal.ts";

/** Stores a plan so that it can be decided, and says so in the audit. */
export async function storePlan(deps: EngineDeps, plan: Plan): Promise<StoredPlan> {
  await deps.store.plans.put(plan);
  await audit(deps, "plan.held", plan, {
    summary: plan.summary,
    digest: plan.digest,
    effects: plan.effects.length,
    requires: plan.requires,
    reason: plan.reason,
    ticket: plan.ticket,
  });
  return { plan, state: "waiting", decision: null, runId: null };
}

/** Records a person's word on a waiting plan, once; throws what `decideRefusal` says against it. */
export async function recordDecision(
  deps: EngineDeps,
  planId: string,
  word: Pick<Decision, "accepted" | "level" | "by" | "typed">,
): Promise<Decision> {
  const stored = await deps.store.plans.get(planId);
  if (!stored) throw unknownPlan();
  const { plan } = stored;
  const decision: Decision = { planId, digest: plan.digest, at: isoNow(deps.clock), ...word };
  await deps.store.plans.decide(decision);
  await audit(deps, "plan.decided", plan, {
    accepted: decision.accepted,
    level: decision.level,
    by: decision.by,
    digest: plan.digest,
  });
  return decision;
}
