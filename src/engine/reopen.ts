import { atLeast } from "../domain/confirmation.ts";
import type { Effect } from "../domain/effect.ts";
import { AppError } from "../domain/error.ts";
import type { Plan } from "../domain/plan.ts";
import type { Caller } from "../domain/planning.ts";
import type { Run } from "../domain/run.ts";
import { audit } from "./audit.ts";
import { createContext, principalOf } from "./context.ts";
import { type EngineDeps, isoNow, LEASE_MS } from "./deps.ts";
import { digestOf } from "./digest.ts";
import { discard, replanned } from "./replan.ts";

/** The run of a spent plan, where it was cancelled and its decision still counts; taken up again by this call, else null. */
export async function reopen(
  deps: EngineDeps,
  plan: Plan,
  caller: Caller,
  spent: { requests: number },
): Promise<Run | null> {
  const runId = await deps.store.plans.runOf(plan.id);
  const run = runId === null ? null : await deps.store.runs.get(runId);
  const { id } = await principalOf(createContext(deps, caller).reads, caller);
  const now = isoNow(deps.clock);
  if (run?.state !== "cancelled" || run.evidence || plan.principal.id !== id || plan.expiresAt <= now)
    return null;
  await covered(deps, run, caller, spent);
  if (!(await deps.store.runs.reopen(run.id, deps.owner, now, LEASE_MS))) return null;
  await audit(deps, "run.resumed", plan, { run: run.id, by: caller.client });
  return deps.store.runs.get(run.id);
}

/**
 * Plans again: what would be done now has to be what the run was still to do. What it did and somebody took back, as by
 * a restore, nobody has decided a second time: PLAN_STALE, and the run stays as it is.
 */
async function covered(
  deps: EngineDeps,
  { id, plan, effects, decision }: Run,
  caller: Caller,
  spent: { requests: number },
): Promise<void> {
  const keyOf = (effect: Effect) =>
    digestOf({ tool: plan.tool, principalId: plan.principal.id, effects: [effect] });
  const decided = new Set(
    effects
      .filter(({ state }) => state !== "applied" && state !== "already")
      .map(({ effect }) => keyOf(effect)),
  );
  const fresh = await replanned(deps, plan, caller, spent);
  if (
    fresh?.effects.every((effect) => decided.has(keyOf(effect))) &&
    (fresh.requires === "none" || (decision !== null && atLeast(decision.level, fresh.requires)))
  )
    return;
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
