import { atLeast, type Decision } from "../../domain/confirmation.ts";
import { accountOf, type Plan } from "../../domain/plan.ts";
import { type StoredPlan, unknownPlan } from "../../domain/decision-rules.ts";
import { writeScope } from "../../domain/oauth2-scopes.ts";
import { missingScope } from "../../domain/token.ts";
import { createContext, type EngineDeps, isoNow, principalOf } from "../context.ts";

/**
 * Stores a plan, so that a person can approve it. Throws UPSTREAM_FORBIDDEN if the Trello token lacks a scope that the
 * plan needs, because an approval could not help then. For the first plan of a process, this check costs one request.
 */
export async function storePlan(deps: EngineDeps, plan: Plan): Promise<StoredPlan> {
  await assertScopes(deps, plan);
  await deps.store.plans.put(plan);
  return { plan, state: "waiting", decision: null, runId: null };
}

async function assertScopes({ gateway }: EngineDeps, { effects }: Plan): Promise<void> {
  if (!effects.some(({ resource }) => writeScope(resource) !== null)) return;
  const held = await gateway.scopes();
  const missing = held && missingScope(effects, held);
  if (missing) throw missing;
}

/** A decision as the caller gives it. The engine adds the plan's id, its digest and the time. */
export type Word = Omit<Decision, "planId" | "digest" | "at">;

/**
 * Approved plans whose run this server can start: it has the tool of the plan, and its token belongs to the account of
 * the plan.
 */
export async function startable(deps: EngineDeps): Promise<readonly StoredPlan[]> {
  const accepted = (await deps.store.plans.accepted(isoNow(deps.clock))).filter(
    ({ plan, decision }) =>
      decision !== null && atLeast(decision.level, "approval") && deps.planner(plan.tool),
  );
  if (accepted.length === 0) return [];
  const me = await principalOf(createContext(deps, NO_CALLER).reads, NO_CALLER);
  return accepted.filter(({ plan }) => accountOf(plan.principal) === me.id);
}

const NO_CALLER = { client: "", subject: null };

/**
 * Records a person's decision about a waiting plan. If the plan can no longer be decided, throws the error from
 * `decideRefusal`.
 */
export async function recordDecision(deps: EngineDeps, planId: string, word: Word): Promise<Decision> {
  const stored = await deps.store.plans.get(planId);
  if (!stored) throw unknownPlan();
  const { plan } = stored;
  const decision: Decision = { planId, digest: plan.digest, at: isoNow(deps.clock), ...word };
  await deps.store.plans.decide(decision);
  return decision;
}
