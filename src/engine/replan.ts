import { atLeast } from "../domain/confirmation.ts";
import { AppError, toAppError } from "../domain/error.ts";
import type { Plan } from "../domain/plan.ts";
import type { Caller } from "../domain/planning.ts";
import { audit } from "./audit.ts";
import type { EngineDeps } from "./deps.ts";
import { propose } from "./propose.ts";

/** Plans again and compares: any drift voids the decision. */
export async function unchanged(
  deps: EngineDeps,
  plan: Plan,
  caller: Caller,
  spent: { requests: number },
): Promise<void> {
  const fresh = await replanned(deps, plan, caller, spent);
  if (
    fresh?.digest === plan.digest &&
    (fresh.requires === "none" || plan.requires === "none" || atLeast(plan.requires, fresh.requires))
  )
    return;
  await discard(deps, plan, fresh?.digest ?? null);
  throw new AppError(
    "PLAN_STALE",
    "Things changed after this plan was made, so its confirmation is void and nothing was done.",
    {
      next: "Call the tool again and have the new plan confirmed.",
      retry: "replan",
      details: fresh ? { plan: fresh } : {},
    },
  );
}

/** The plan as it would be made now, or null where what it was about is not to be found any more. */
export async function replanned(
  deps: EngineDeps,
  plan: Plan,
  caller: Caller,
  spent: { requests: number },
): Promise<Plan | null> {
  try {
    return await propose(deps, { tool: plan.tool, args: plan.args, caller, spent });
  } catch (thrown) {
    const { code } = toAppError(thrown);
    if (code === "NOT_FOUND" || code === "AMBIGUOUS" || code === "INPUT_INVALID") return null;
    // A guard that refuses now says more than that something changed; the decision is void all the same.
    if (code === "POLICY_DENIED") await discard(deps, plan, null);
    throw thrown;
  }
}

export async function discard(deps: EngineDeps, plan: Plan, found: string | null): Promise<void> {
  await deps.store.plans.discard(plan.id);
  await audit(deps, "plan.stale", plan, { digest: plan.digest, found });
}
