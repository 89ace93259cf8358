import type { Effect } from "../../domain/effect.ts";
import { AppError, toAppError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import type { Caller } from "../../domain/planning.ts";
import type { Run } from "../../domain/run.ts";
import { isEnough, type StoredPlan } from "../../domain/decision-rules.ts";
import { type EngineDeps, isoNow } from "../context.ts";
import { adminRefusal } from "./admins.ts";
import { endRefused } from "./daily-limit.ts";
import { digestOf, propose } from "./propose.ts";

/** Plans again and compares. If anything changed, the decision is void. Returns the new plan. */
export async function assertUnchanged(
  deps: EngineDeps,
  { plan, decision }: StoredPlan,
  caller: Caller,
  usage: { requests: number },
): Promise<Plan> {
  const fresh = await replanned(deps, plan, caller, usage);
  if (fresh?.digest === plan.digest && isEnough(decision, { ...fresh, principal: plan.principal }))
    return fresh;
  await discard(deps, plan, fresh?.digest ?? null);
  throw new AppError(
    "PLAN_STALE",
    "Things changed after this plan was made, so its confirmation is void and nothing was done.",
    {
      next: "Call the tool again and ask for a confirmation of the new plan.",
      retry: "replan",
      details: fresh ? { plan: fresh } : {},
    },
  );
}

/** The plan as it would be made now; null if what the plan was about can no longer be found. */
async function replanned(
  deps: EngineDeps,
  plan: Plan,
  caller: Caller,
  usage: { requests: number },
): Promise<Plan | null> {
  try {
    return await propose(deps, { tool: plan.tool, args: plan.args, caller, usage });
  } catch (thrown) {
    const { code } = toAppError(thrown);
    if (code === "NOT_FOUND" || code === "AMBIGUOUS" || code === "INPUT_INVALID") return null;
    // The refusal of a guard says more than "something changed", so it is thrown. The decision is void in both cases.
    if (code === "POLICY_DENIED") await discard(deps, plan, null);
    throw thrown;
  }
}

async function discard(deps: EngineDeps, plan: Plan, found: string | null): Promise<void> {
  await deps.store.plans.discard(plan.id, { at: isoNow(deps.clock), found });
}

/**
 * The run of a used plan, if the run was cancelled and the decision is still valid. This call continues it. Otherwise
 * null.
 */
export async function reopen(
  deps: EngineDeps,
  { plan, runId }: StoredPlan,
  caller: Caller,
  usage: { requests: number },
): Promise<Run | null> {
  const run = runId === null ? null : await deps.store.runs.get(runId);
  const now = isoNow(deps.clock);
  if (run?.state !== "cancelled" || run.evidence || plan.expiresAt <= now) return null;
  const fresh = await assertOnlyDecidedLeft(deps, run, caller, usage);
  if (!(await deps.store.runs.reopen(run.id, deps.processName, now, deps.store.leaseMs, caller.client)))
    return null;
  const refusal = await adminRefusal(deps, fresh, run.id);
  if (refusal) {
    await endRefused(deps, run, "last_admin");
    throw refusal;
  }
  return deps.store.runs.get(run.id);
}

/**
 * Plans again. The new plan must do only what the run still had to do. A done effect may have been undone in the
 * meantime, for example by a restore. No person has decided to repeat it: PLAN_STALE is thrown and the run does not
 * change.
 */
async function assertOnlyDecidedLeft(
  deps: EngineDeps,
  { id, plan, effects, decision }: Run,
  caller: Caller,
  usage: { requests: number },
): Promise<Plan> {
  const keyOf = (effect: Effect) =>
    digestOf({ tool: plan.tool, principalId: plan.principal.id, effects: [effect] });
  const decided = new Set(
    effects
      .filter(({ state }) => state !== "applied" && state !== "already")
      .map(({ effect }) => keyOf(effect)),
  );
  const fresh = await replanned(deps, plan, caller, usage);
  // The losses and costs were part of the decision too. The new plan does not show the losses and costs of effects that
  // are done.
  const costs = new Set(plan.impact.notes);
  if (
    fresh?.effects.every((effect) => decided.has(keyOf(effect))) &&
    fresh.impact.notes.every((note) => costs.has(note)) &&
    isEnough(decision, { ...fresh, principal: plan.principal })
  )
    return fresh;
  await discard(deps, plan, fresh?.digest ?? null);
  throw new AppError(
    "PLAN_STALE",
    "Things changed after this run was cancelled, so its confirmation is void and nothing more was done.",
    {
      next: "Call the tool again for a new plan. get_run shows what the cancelled run did.",
      retry: "replan",
      details: { runId: id, ...(fresh && { plan: fresh }) },
    },
  );
}

/** The plan for the rest of a stopped run: the same call again, because what was done is already as wanted. */
export async function planRest(
  deps: EngineDeps,
  { plan, runId }: StoredPlan,
  caller: Caller,
): Promise<Plan | null> {
  const run = runId === null ? null : await deps.store.runs.get(runId);
  return run?.state === "stopped" ? await propose(deps, { tool: plan.tool, args: plan.args, caller }) : null;
}
