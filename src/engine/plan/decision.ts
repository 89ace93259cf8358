import { atLeast, type ConfirmationLevel, type Decision } from "../../domain/confirmation.ts";
import { AppError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import type { StoredPlan } from "../../domain/stored-plan.ts";
import { type EngineDeps, isoNow } from "../context.ts";
import { audit } from "../run/journal.ts";

/** Stores a plan so that it can be decided, and says so in the audit. */
export async function hold(deps: EngineDeps, plan: Plan): Promise<StoredPlan> {
  await deps.store.plans.put(plan);
  await audit(deps, "plan.held", plan, {
    summary: plan.summary,
    digest: plan.digest,
    effects: plan.effects.length,
    requires: plan.requires,
    reason: plan.reason,
    ticket: plan.ticket,
  });
  return { plan, state: "waiting", decision: null };
}

/** A stored plan, or NOT_FOUND. */
export async function planOf(deps: EngineDeps, planId: string): Promise<StoredPlan> {
  const stored = await deps.store.plans.get(planId);
  if (stored) return stored;
  throw new AppError("NOT_FOUND", "There is no plan with that id.", {
    next: "Call the tool again for a new plan; a dry run stores none.",
  });
}

/**
 * Records a person's word on a waiting plan, once. A yes that is weaker than the plan requires is CONFIRMATION_PENDING;
 * a yes without the name that the plan asks to be typed is INPUT_INVALID; neither changes anything.
 */
export async function decide(
  deps: EngineDeps,
  planId: string,
  word: {
    readonly accepted: boolean;
    readonly level: ConfirmationLevel;
    readonly by: string;
    readonly typed?: string;
  },
): Promise<Decision> {
  const { plan } = await planOf(deps, planId);
  if (word.accepted && plan.requires !== "none" && !atLeast(word.level, plan.requires)) {
    throw new AppError("CONFIRMATION_PENDING", `This plan needs a confirmation of level ${plan.requires}.`, {
      next: "Decide it as the waiting plan says.",
      retry: "later",
    });
  }
  if (word.accepted && plan.typedName !== null && word.typed?.trim() !== plan.typedName) {
    throw new AppError("INPUT_INVALID", "The name that was typed is not the name of what would be deleted.", {
      next: "Type the name exactly as the plan shows it.",
    });
  }
  const decision: Decision = {
    planId,
    digest: plan.digest,
    accepted: word.accepted,
    level: word.level,
    by: word.by,
    at: isoNow(deps.clock),
  };
  await deps.store.plans.decide(decision);
  await audit(deps, "plan.decided", plan, {
    accepted: decision.accepted,
    level: decision.level,
    by: decision.by,
    digest: plan.digest,
  });
  return decision;
}
