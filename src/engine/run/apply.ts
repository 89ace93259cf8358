import { atLeast } from "../../domain/confirmation.ts";
import { AppError } from "../../domain/error.ts";
import type { Caller } from "../../domain/planning.ts";
import type { Run } from "../../domain/run.ts";
import type { StoredPlan } from "../../domain/stored-plan.ts";
import { createContext, type EngineDeps, isoNow, LEASE_MS, principalOf } from "../context.ts";
import { stillAllowed } from "../plan/daily-limit.ts";
import { planOf } from "../plan/decision.ts";
import { reopen, unchanged } from "../plan/replan.ts";
import { audit } from "./journal.ts";
import { execute } from "./run.ts";

/** From a decided plan to a finished run: check the decision, plan again, spend the decision once, write, verify. */
export async function apply(deps: EngineDeps, planId: string, caller: Caller): Promise<Run> {
  const spent = { requests: 0 };
  const stored = await planOf(deps, planId);
  const reopened = stored.state === "spent" ? await reopen(deps, stored.plan, caller, spent) : null;
  if (reopened) {
    await stillAllowed(deps, reopened);
    return execute(deps, reopened, caller, spent);
  }
  await usable(deps, stored, caller);
  if (stored.plan.requires !== "none") await unchanged(deps, stored.plan, caller, spent);

  const run = await deps.store.plans.spend(planId, {
    runId: deps.newId("run"),
    owner: deps.owner,
    at: isoNow(deps.clock),
    leaseMs: LEASE_MS,
  });
  try {
    await audit(deps, "run.started", run.plan, {
      run: run.id,
      digest: run.plan.digest,
      decidedBy: run.decision?.by ?? null,
    });
    await stillAllowed(deps, run);
  } catch (thrown) {
    // Else it would count as in hand here, and nobody would take it up.
    await deps.store.runs.release(run.id, deps.owner).catch(() => {});
    throw thrown;
  }
  return execute(deps, run, caller, spent);
}

/** Refuses a plan of somebody else, and one without a decision that is good enough and still valid. */
async function usable(
  deps: EngineDeps,
  { plan, state, decision }: StoredPlan,
  caller: Caller,
): Promise<void> {
  const { id } = await principalOf(createContext(deps, caller).reads, caller);
  if (plan.principal.id !== id) {
    throw new AppError("NOT_FOUND", "There is no plan with that id.", {
      next: "Call the tool again for a plan of your own.",
    });
  }
  if (state === "spent") {
    throw new AppError("CONFLICT", "This plan was applied already; a decision counts once.", {
      next: "Look at the run with get_run.",
      applied: "yes",
      details: { runId: await deps.store.plans.runOf(plan.id) },
    });
  }
  if (state === "declined") {
    throw new AppError("CONFIRMATION_DECLINED", "A person declined this plan.", {
      next: "Ask them before you plan it again.",
    });
  }
  if (state === "void") {
    throw new AppError("PLAN_STALE", "What this plan was made for has changed.", {
      next: "Call the tool again for a new plan.",
      retry: "replan",
    });
  }
  if (plan.expiresAt <= isoNow(deps.clock)) {
    throw new AppError("CONFIRMATION_EXPIRED", "This plan has expired.", {
      next: "Call the tool again for a new plan.",
      retry: "replan",
    });
  }
  if (plan.requires === "none") return;
  if (!decision?.accepted || !atLeast(decision.level, plan.requires)) {
    throw new AppError("CONFIRMATION_PENDING", "Nobody has confirmed this plan yet.", {
      next: "A person, never an agent, decides it as the waiting plan says; then call apply_plan again.",
      retry: "later",
    });
  }
}
