import { atLeast, type Decision } from "./confirmation.ts";
import { approverRefusal, isConcerned, permissionRefusal } from "./approvers.ts";
import { AppError } from "./error.ts";
import type { Plan } from "./plan.ts";
import { clean } from "./text.ts";

/**
 * The state of a stored plan. `used`: the plan was approved and its run has started. `void`: the facts that the plan
 * was made from have changed.
 */
export type PlanState = "waiting" | "accepted" | "declined" | "used" | "void";

export interface StoredPlan {
  readonly plan: Plan;
  readonly state: PlanState;
  readonly decision: Decision | null;
  /** The id of the run of this plan; null if no run has started. */
  readonly runId: string | null;
}

/**
 * Why this principal cannot apply this plan at this time (ISO 8601); null if the principal can apply it. The store
 * checks this in the transaction that starts the run. So if two callers apply a plan at the same time, only one
 * succeeds. Other code calls this function only to know the answer earlier.
 */
export function applyRefusal(
  stored: StoredPlan | null,
  by: { readonly principalId: string; readonly at: string },
): AppError | null {
  // A plan of another principal is treated like a plan that does not exist.
  if (!stored || stored.plan.principal.id !== by.principalId) return unknownPlan();
  const { plan, state, decision } = stored;
  if (state === "used") {
    return new AppError("CONFLICT", "This plan was already applied. A plan can be applied only once.", {
      next: "Call get_run to see the run.",
      applied: "yes",
      details: { runId: stored.runId },
    });
  }
  const over = overRefusal(stored, by.at);
  if (over || plan.requires === "none") return over;
  if (decision?.accepted && atLeast(decision.level, plan.requires)) return approverRefusal(plan, decision);
  return new AppError("CONFIRMATION_PENDING", "No person has confirmed this plan yet.", {
    next: "A person must decide first: see `next` of the waiting plan. Then call apply_plan again.",
    retry: "later",
  });
}

/**
 * The error that tells why a plan has no run: the plan waits for a decision, it can no longer be applied, or its run
 * starts in a moment. The error's details contain the plan's state.
 */
export function notStarted(stored: StoredPlan, at: string): AppError {
  const { plan, state } = stored;
  const why = applyRefusal(stored, { principalId: plan.principal.id, at });
  if (why === null) {
    return new AppError("CONFLICT", "This plan may be applied, and its run has not started yet.", {
      next: `Call apply_plan with planId ${plan.id} for its outcome.`,
      retry: "later",
      details: { planId: plan.id, state: "accepted" },
    });
  }
  return new AppError(why.code, why.message, {
    next: why.next,
    retry: why.retry,
    details: { planId: plan.id, state: why.code === "CONFIRMATION_EXPIRED" ? "expired" : state },
  });
}

/** Throws the error that `applyRefusal` returns, if there is one. */
export function assertCanApply(
  stored: StoredPlan | null,
  by: Parameters<typeof applyRefusal>[1],
): asserts stored is StoredPlan {
  const refusal = applyRefusal(stored, by);
  if (refusal) throw refusal;
}

/**
 * Why this decision about the plan cannot be recorded; null if it can. A "no" is accepted at every level and without a
 * typed name. But a signed-in person whom the plan does not concern cannot say no. Until the run starts, a "no" also
 * cancels an earlier approval.
 */
export function decideRefusal(stored: StoredPlan | null, decision: Decision): AppError | null {
  if (!stored) return unknownPlan();
  const { plan, state } = stored;
  if (state === "used") {
    return new AppError("CONFLICT", "This plan was decided already, and its run has started.", {
      next: `Call get_run to see the run; \`runs stop ${stored.runId}\` ends the run.`,
      details: { runId: stored.runId },
    });
  }
  if (state === "accepted" && decision.accepted) {
    return new AppError("CONFLICT", "This plan was approved already.", {
      next: "Call apply_plan with its planId to apply it, or reject the plan.",
    });
  }
  const over = overRefusal(stored, decision.at);
  if (over) return over;
  if (decision.digest !== plan.digest) {
    return new AppError("CONFLICT", "The decision is about another version of this plan.", {
      next: "Show the plan again and decide on its current text.",
    });
  }
  if (decision.accepted) return yesRefusal(plan, decision);
  return isConcerned(plan, decision) ? null : permissionRefusal(plan, decision);
}

/** Throws the error that `decideRefusal` returns, if there is one. */
export function assertCanDecide(stored: StoredPlan | null, decision: Decision): asserts stored is StoredPlan {
  const refusal = decideRefusal(stored, decision);
  if (refusal) throw refusal;
}

/**
 * Whether an earlier approval is still strong enough for the plan. The rules may have become stricter since the
 * approval.
 */
export function isEnough(
  decision: Decision | null,
  plan: Pick<Plan, "requires" | "approvers" | "principal">,
): boolean {
  if (plan.requires === "none") return true;
  return (
    decision?.accepted === true &&
    atLeast(decision.level, plan.requires) &&
    approverRefusal(plan, decision) === null
  );
}

/** Why an approval of this plan does not count; null if it counts. */
function yesRefusal(plan: Plan, decision: Decision): AppError | null {
  const { level, typed } = decision;
  if (plan.requires !== "none" && !atLeast(level, plan.requires)) {
    // For a signed-in person, the error says which condition the person does not meet. Otherwise it says only that the
    // level is too low.
    const refusal = decision.subject === undefined ? null : approverRefusal(plan, decision);
    if (refusal) return refusal;
    return new AppError(
      "CONFIRMATION_PENDING",
      `This decision does not count: the plan needs a confirmation of level ${plan.requires}.`,
      {
        next: "See `next` of the waiting plan for how a person decides it.",
        retry: "later",
        details: { requires: plan.requires, given: level },
      },
    );
  }
  if (plan.typedName !== null && typed?.trim() !== plan.typedName) {
    return new AppError("INPUT_INVALID", "The typed name differs from the name that the plan asks for.", {
      next: "Type the name exactly as the plan shows it.",
    });
  }
  return approverRefusal(plan, decision);
}

/** How much (ms) the clocks of two servers with the same store may differ. */
const CLOCKS_DIFFER_MS = 5 * 60_000;

/** Why the plan can no longer be decided or applied; null if it still can be. */
function overRefusal({ plan, state, decision }: StoredPlan, at: string): AppError | null {
  if (state === "declined") {
    const why = decision?.reason ? `: "${clean(decision.reason, 300)}"` : "";
    const what = decision?.withdrawn ? "This plan was withdrawn" : "A person declined this plan";
    return new AppError("CONFIRMATION_DECLINED", `${what}${why}.`, {
      next: "Before you make the plan again, ask the person who declined or withdrew it.",
    });
  }
  if (state === "void") {
    return new AppError("PLAN_STALE", "Something that the plan depends on changed after the plan was made.", {
      next: "Call the tool again for a new plan.",
      retry: "replan",
    });
  }
  // If `at` is before the plan was made, the clock was set back. The plan then counts as expired, because it would
  // otherwise be valid for too long.
  const isTooEarly = Date.parse(at) < Date.parse(plan.createdAt) - CLOCKS_DIFFER_MS;
  // A time in a wrong form counts as expired. Otherwise the plan would never expire.
  if (Date.parse(at) < Date.parse(plan.expiresAt) && !isTooEarly) return null;
  return new AppError("CONFIRMATION_EXPIRED", "This plan has expired.", {
    next: "Call the tool again for a new plan.",
    retry: "replan",
  });
}

/**
 * The error for a plan that does not exist. It is also used for plans of other principals, so that the error reveals
 * nothing about them.
 */
export function unknownPlan(): AppError {
  return new AppError("NOT_FOUND", "There is no plan with this id.", {
    next: "Use the planId of a waiting plan, or call the tool again. A dry run stores no plan. `approvals list` shows the plans of the store that IDENTITY_STORE_URL names.",
    retry: "replan",
  });
}
