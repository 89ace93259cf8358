import { AppError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import { isDone, type Run } from "../../domain/run.ts";
import { takesAway } from "../../effects/kinds.ts";
import { losersOf } from "../../effects/taking.ts";
import { limitRefusal } from "../../policy/limits.ts";
import type { GuardFacts } from "../../policy/rules.ts";
import { type EngineDeps, isoNow } from "../context.ts";

const DAY_MS = 86_400_000;

/**
 * Counts what was taken away in the last 24 hours: the destructive changes, and the people who lost something. There
 * are numbers for this principal, and numbers for each given workspace. Runs of all processes are counted, but not the
 * run `except`.
 */
export async function recentlyTaken(
  { store, clock }: Pick<EngineDeps, "store" | "clock">,
  principal: string,
  workspaces: readonly string[],
  except?: string,
): Promise<GuardFacts["recent"]> {
  const since = new Date(clock.now() - DAY_MS).toISOString();
  const of = async (idOrganization: string | null) => {
    const [effects, people] = await Promise.all([
      store.runs.destructiveSince(since, principal, idOrganization, except),
      store.runs.losersSince(since, principal, idOrganization, except),
    ]);
    return {
      principal: { effects: effects.principal, people: new Set(people.principal) },
      workspace: { effects: effects.workspace, people: new Set(people.workspace) },
    };
  };
  const [own, ...each] = await Promise.all([null, ...workspaces].map(of));
  return {
    principal: own?.principal ?? { effects: 0, people: new Set() },
    workspaces: new Map(
      workspaces.flatMap((id, index) => {
        const taken = each[index]?.workspace;
        return taken ? [[id, taken] as const] : [];
      }),
    ),
  };
}

/** The effects of a plan or run that count for the daily limits. Effects that have failed do not count. */
export function countingOf(
  plan: Pick<Plan, "effects" | "subjects">,
  rows?: Run["effects"],
): GuardFacts["counting"] {
  const losers = losersOf(plan);
  return plan.effects.flatMap((effect, index) =>
    rows?.[index]?.state === "failed"
      ? []
      : [{ effect, losers: losers[index] ?? [], isDestructive: takesAway(effect) }],
  );
}

/** The ids of the workspaces that the effects change. */
export function workspacesOf(counting: GuardFacts["counting"]): readonly string[] {
  return [...new Set(counting.flatMap(({ effect }) => effect.target["idOrganization"] || []))];
}

/**
 * Checks the daily limits again after the run has started, because two plans may have passed the guards at the same
 * time. Ends the run and throws POLICY_DENIED if it exceeds a limit.
 */
export async function assertWithinDailyLimit(deps: EngineDeps, run: Run): Promise<void> {
  const counting = countingOf(run.plan, run.effects);
  if (counting.every(({ losers, isDestructive }) => losers.length === 0 && !isDestructive)) return;
  const { principal, population, effects } = run.plan;
  const refused = limitRefusal({
    counting,
    recent: await recentlyTaken(deps, principal.id, workspacesOf(counting), run.id),
    population,
    limits: deps.rules.limits,
    names: new Map(
      effects.flatMap(({ place }) => (place?.kind === "workspace" ? [[place.id, place.name] as const] : [])),
    ),
  });
  if (!refused) return;
  await endRefused(deps, run, refused.guard);
  throw new AppError("POLICY_DENIED", refused.message, {
    next: refused.next,
    details: { guard: refused.guard, runId: run.id },
  });
}

/**
 * Ends a run that may not continue. If some of its effects were already tried, its state becomes `cancelled`, so that
 * it can be continued later.
 */
export async function endRefused(deps: EngineDeps, run: Run, why: string): Promise<void> {
  if (run.effects.some(({ attempts }) => attempts > 0)) {
    await deps.store.runs.pause(run.id, deps.processName, {
      at: isoNow(deps.clock),
      done: run.effects.filter(isDone).length,
      why,
      state: "cancelled",
    });
    return;
  }
  const at = isoNow(deps.clock);
  await deps.store.runs.finish(run.id, deps.processName, {
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
