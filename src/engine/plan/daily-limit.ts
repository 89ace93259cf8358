import { AppError } from "../../domain/error.ts";
import type { Run } from "../../domain/run.ts";
import { takesAway } from "../../effects/kinds.ts";
import type { GuardFacts } from "../../policy/rules.ts";
import { type EngineDeps, isoNow } from "../context.ts";

const DAY_MS = 86_400_000;

/** Destructive effects of the last 24 hours over all processes: of a principal, and in each of some workspaces. */
export async function recentDestructive(
  { store, clock }: Pick<EngineDeps, "store" | "clock">,
  principal: string,
  workspaces: readonly string[],
): Promise<GuardFacts["recent"]> {
  const since = new Date(clock.now() - DAY_MS).toISOString();
  const own = await store.runs.destructiveSince(since, principal, null);
  const counts = await Promise.all(workspaces.map((id) => store.runs.destructiveSince(since, principal, id)));
  return {
    principal: own.principal,
    workspaces: new Map(workspaces.map((id, index) => [id, counts[index]?.workspace ?? 0])),
  };
}

/**
 * Counts the day's destructive effects again now that the run's own count: of plans that were guarded at the same
 * moment, those over the limit end here, before their first write. POLICY_DENIED; the run is then over, or, if a part
 * of it was done before it was cancelled, cancelled again.
 */
export async function assertWithinDailyLimit(deps: EngineDeps, run: Run): Promise<void> {
  const refusal = await dailyLimitRefusal(deps, run);
  if (!refusal) return;
  await endRefused(deps, run, "per_day");
  throw refusal;
}

/** Why the day's destructive effects, the run's own among them, are too many; null if they are not. */
export async function dailyLimitRefusal(deps: EngineDeps, run: Run): Promise<AppError | null> {
  const destructive = run.plan.effects.filter(takesAway);
  if (destructive.length === 0) return null;
  const workspaces = [...new Set(destructive.flatMap(({ target }) => target["idOrganization"] || []))];
  const recent = await recentDestructive(deps, run.plan.principal.id, workspaces);
  const most = deps.rules.limits.destructiveEffectsPerDay;
  if (recent.principal <= most && [...recent.workspaces.values()].every((count) => count <= most))
    return null;
  return new AppError(
    "POLICY_DENIED",
    `Other plans used up the ${most} destructive changes of 24 hours meanwhile.`,
    {
      next: "Try again tomorrow, or ask the administrator to raise limits.destructive_effects_per_day in the policy file.",
      details: { guard: "per_day", runId: run.id },
    },
  );
}

/** Ends a run that may not go on: it is over, or, if a part of it was done before it was cancelled, cancelled again. */
export async function endRefused(deps: EngineDeps, run: Run, why: string): Promise<void> {
  if (run.effects.some(({ attempts }) => attempts > 0)) {
    await deps.store.runs.pause(run.id, deps.owner, {
      at: isoNow(deps.clock),
      done: run.effects.filter(({ state }) => state === "applied" || state === "already").length,
      why,
      state: "cancelled",
    });
    return;
  }
  const at = isoNow(deps.clock);
  await deps.store.runs.finish(run.id, deps.owner, {
    state: "cancelled",
    at,
    evidence: {
      result: "FAIL",
      checkedAt: at,
      checks: [],
      unfinished: run.effects.map(({ effect }) => `${effect.description}: not begun`),
      unverified: [],
      blindSpots: run.plan.blindSpots,
      untouched: run.plan.untouched,
      requests: 0,
    },
  });
}
