import { atLeast, type Decision } from "./confirmation.ts";
import { AppError } from "./error.ts";
import type { Plan } from "./plan.ts";

/** Where a stored plan stands. `spent`: its decision started a run. `void`: the state it was made for is gone. */
export type PlanState = "waiting" | "accepted" | "declined" | "spent" | "void";

export interface StoredPlan {
  readonly plan: Plan;
  readonly state: PlanState;
  readonly decision: Decision | null;
}

/** Refuses a decision that the plan as stored cannot take (the codes are those of `PlanStore.decide`). */
export function checkDecidable(stored: StoredPlan | null, decision: Decision): asserts stored is StoredPlan {
  if (!stored) throw unknownPlan();
  const { plan, state } = stored;
  if (state === "declined") throw declined();
  if (state === "void") throw stale();
  if (state !== "waiting") {
    throw new AppError("CONFLICT", "This plan was decided already.", {
      next: "Look at the plan's run, or plan again.",
      retry: "replan",
    });
  }
  if (isOver(stored, decision.at)) throw expired();
  if (decision.digest !== plan.digest) {
    throw new AppError("CONFLICT", "The decision is about another version of this plan.", {
      next: "Show the plan again and decide on what it says now.",
    });
  }
  if (decision.accepted && plan.requires !== "none" && !atLeast(decision.level, plan.requires)) {
    throw new AppError("POLICY_DENIED", `This plan needs confirmation of level ${plan.requires}.`, {
      next: "Have it confirmed at that level.",
      details: { requires: plan.requires, given: decision.level },
    });
  }
}

/** Refuses to start a run of the plan as stored at `at` (the codes are those of `PlanStore.spend`). */
export function checkSpendable(stored: StoredPlan | null, at: string): asserts stored is StoredPlan {
  if (!stored) throw unknownPlan();
  const { plan, state } = stored;
  if (state === "spent") {
    throw new AppError("CONFLICT", "This plan was applied already.", {
      next: "Look at its run with get_run.",
    });
  }
  if (state === "declined") throw declined();
  if (state === "void") throw stale();
  if (isOver(stored, at)) throw expired();
  if (state === "waiting" && plan.requires !== "none") {
    throw new AppError("CONFIRMATION_PENDING", "Nobody has confirmed this plan yet.", {
      next: "Have a person confirm it, then apply it again.",
      retry: "later",
    });
  }
}

function isOver(stored: StoredPlan, at: string): boolean {
  // A time that cannot be read must not make a plan last for ever.
  return !(Date.parse(at) < Date.parse(stored.plan.expiresAt));
}

function unknownPlan(): AppError {
  return new AppError("NOT_FOUND", "There is no plan with this id.", {
    next: "Plan again.",
    retry: "replan",
  });
}

function declined(): AppError {
  return new AppError("CONFIRMATION_DECLINED", "A person declined this plan.", {
    next: "Do not apply it; plan something else if it is still needed.",
  });
}

function stale(): AppError {
  return new AppError("PLAN_STALE", "What this plan was made for has changed.", {
    next: "Plan again.",
    retry: "replan",
  });
}

function expired(): AppError {
  return new AppError("CONFIRMATION_EXPIRED", "This plan has expired.", {
    next: "Plan again.",
    retry: "replan",
  });
}
