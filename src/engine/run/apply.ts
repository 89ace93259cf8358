import type { Caller } from "../../domain/planning.ts";
import type { Run } from "../../domain/run.ts";
import { assertCanApply } from "../../domain/decision-rules.ts";
import { createContext, type EngineDeps, isoNow, principalOf } from "../context.ts";
import { adminCheck } from "../plan/admins.ts";
import { assertWithinDailyLimit } from "../plan/daily-limit.ts";
import { assertUnchanged, reopen } from "../plan/replan.ts";
import { execute } from "./run.ts";

/**
 * Applies an approved plan. It checks the approval, plans again, starts the run (the approval is then used), sends the
 * writes, and verifies them.
 */
export async function apply(deps: EngineDeps, planId: string, caller: Caller): Promise<Run> {
  const usage = { requests: 0 };
  const stored = await deps.store.plans.get(planId);
  const { id: principalId } = await principalOf(createContext(deps, caller).reads, caller);
  if (stored?.state === "used" && stored.plan.principal.id === principalId) {
    const reopened = await reopen(deps, stored, caller, usage);
    if (reopened) {
      await assertWithinDailyLimit(deps, reopened);
      return execute(deps, reopened, caller, usage);
    }
  }
  assertCanApply(stored, { principalId, at: isoNow(deps.clock) });
  const fresh =
    stored.plan.requires === "none" ? stored.plan : await assertUnchanged(deps, stored, caller, usage);

  const run = await deps.store.plans.startRun(planId, {
    runId: deps.newId("run"),
    principalId,
    holder: deps.processName,
    at: isoNow(deps.clock),
    leaseMs: deps.store.leaseMs,
    ...adminCheck(fresh),
  });
  try {
    await assertWithinDailyLimit(deps, run);
  } catch (thrown) {
    // Without this release, other processes would believe that this process still works on the run, and would not
    // continue it.
    await deps.store.runs.release(run.id, deps.processName).catch(() => {});
    throw thrown;
  }
  return execute(deps, run, caller, usage);
}
