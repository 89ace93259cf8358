import type { Caller } from "../../domain/planning.ts";
import type { Run } from "../../domain/run.ts";
import { assertCanApply } from "../../domain/decision-rules.ts";
import { createContext, isoNow, momentOf, principalOf } from "../context.ts";
import { adminCheck } from "../plan/admins.ts";
import { assertWithinDailyLimit } from "../plan/daily-limit.ts";
import { assertUnchanged, reopen } from "../plan/replan.ts";
import type { RunDeps } from "./lease-keeper.ts";
import { execute } from "./run.ts";

/**
 * Applies an approved plan. It checks the approval, plans again, starts the run (the approval is then used up), sends
 * the write requests, and verifies their results.
 */
export async function apply(deps: RunDeps, planId: string, caller: Caller): Promise<Run> {
  const usage = { requests: 0 };
  const holder = deps.processName;
  const stored = await deps.store.plans.get(planId);
  const { id: principalId } = await principalOf(createContext(deps, caller).reads, caller);
  if (stored?.state === "used" && stored.plan.principal.id === principalId) {
    const reopened = await reopen(deps, stored, caller, usage);
    if (reopened) {
      const { run, since } = reopened;
      await assertWithinDailyLimit(deps, run);
      return await deps.leases.keep({ runId: run.id, holder }, since, (isHeld) =>
        execute(deps, run, caller, usage, isHeld),
      );
    }
  }
  assertCanApply(stored, { principalId, at: isoNow(deps.clock) });
  const fresh =
    stored.plan.requires === "none" ? stored.plan : await assertUnchanged(deps, stored, caller, usage);

  const since = momentOf(deps.clock);
  const run = await deps.store.plans.startRun(planId, {
    runId: deps.newId("run"),
    principalId,
    holder,
    at: isoNow(deps.clock),
    leaseMs: deps.store.leaseMs,
    ...adminCheck(fresh),
  });
  try {
    await assertWithinDailyLimit(deps, run);
  } catch (thrown) {
    // Gives up this process's lease on the run. Otherwise other processes would believe that this process still works
    // on the run, and would not continue it.
    await deps.store.runs.release(run.id, holder).catch(() => {});
    throw thrown;
  }
  return await deps.leases.keep({ runId: run.id, holder }, since, (isHeld) =>
    execute(deps, run, caller, usage, isHeld),
  );
}
