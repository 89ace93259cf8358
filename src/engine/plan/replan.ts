import type { Effect } from "../../domain/effect.ts";
import { AppError, toAppError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import type { Caller } from "../../domain/planning.ts";
import type { Run } from "../../domain/run.ts";
import { isEnough, type StoredPlan } from "../../domain/decision-rules.ts";
import { type EngineDeps, isoNow, LEASE_MS } from "../context.ts";
import { adminRefusal } from "./admins.ts";
import { endRefused } from "./daily-limit.ts";
import { digestOf, propose } from "./propose.ts";

/** Plans again and compares: any drift voids the decision. Answers the fresh plan. */
export async function assertUnchanged(
  deps: EngineDeps,
  { plan, decision }: StoredPlan,
  caller: Caller,
  usage: { requests: number },
): Promise<Plan> {
  const fresh = await replanned(deps, plan, caller, usage);
  if (fresh?.digest === plan.digest && isEnough(decision, fresh)) return fresh;
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

/** The plan as it would be made now, or null if what it was about can no longer be found. */
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
    // A guard that refuses now says more than that something changed; the decision is void all the same.
    if (code === "POLICY_DENIED") await discard(deps, plan, null);
    throw thrown;
  }
}

async function discard(deps: EngineDeps, plan: Plan, found: string | null): Promise<void> {
  await deps.store.plans.discard(plan.id, { at: isoNow(deps.clock), found });
}

/** The run of a used plan, if it was cancelled and its decision still counts; taken up again by this call, else null. */
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
  if (!(await deps.store.runs.reopen(run.id, deps.owner, now, LEASE_MS, caller.client))) return null;
  const refusal = await adminRefusal(deps, fresh, run.id);
  if (refusal) {
    await endRefused(deps, run, "last_admin");
    throw refusal;
  }
  return deps.store.runs.get(run.id);
}

/**
 * Plans again: what would be done now has to be what the run was still to do. What it did and somebody took back, as by
 * a restore, nobody has decided a second time: PLAN_STALE, and the run stays as it is.
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
  // What else is lost or charged was read too; what is not left to do is not told again.
  const costs = new Set(plan.impact.notes);
  if (
    fresh?.effects.every((effect) => decided.has(keyOf(effect))) &&
    fresh.impact.notes.every((note) => costs.has(note)) &&
    isEnough(decision, fresh)
  )
    return fresh;
  await discard(deps, plan, fresh?.digest ?? null);
  throw new AppError(
    "PLAN_STALE",
    "Things changed after this run was cancelled, so its confirmation is void and nothing more was done.",
    {
      next: "Call the tool again for a new plan; get_run shows what the cancelled run did.",
      retry: "replan",
      details: { runId: id, ...(fresh && { plan: fresh }) },
    },
  );
}

/** The plan for what a stopped run left: the same call again, because what was done holds already. */
export async function planRest(
  deps: EngineDeps,
  { plan, runId }: StoredPlan,
  caller: Caller,
): Promise<Plan | null> {
  const run = runId === null ? null : await deps.store.runs.get(runId);
  return run?.state === "stopped" ? await propose(deps, { tool: plan.tool, args: plan.args, caller }) : null;
}
