import { AppError, isTemporary } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import type { Caller, PlanContext } from "../../domain/planning.ts";
import { type Run, type RunEffect, unknownRun } from "../../domain/run.ts";
import { isEnough } from "../../domain/decision-rules.ts";
import { clean } from "../../domain/text.ts";
import { strongerOf } from "../../policy/rules.ts";
import { createContext, type EngineDeps, isoNow } from "../context.ts";
import { adminRefusal } from "../plan/admins.ts";
import { assertGuarded } from "../plan/guard.ts";
import { levelFor } from "../plan/levels.ts";

/**
 * A run older than 24 hours is not continued, because the state may differ too much from the state that a person
 * approved.
 */
const LONGEST_RUN_MS = 86_400_000;
/** The clocks of two servers with the same store may differ by this much (ms). */
const CLOCKS_DIFFER_MS = 5 * 60_000;

/**
 * Checks an unfinished run before it continues: its age, the guards, the daily limits, the confirmation level and the
 * approvers. If today's rules forbid the rest, stops the run and returns it; null if it may continue. Throws if an
 * upstream does not answer; the run then stays as it is. `usage` counts the requests of this check.
 */
export async function stopIfForbidden(
  deps: EngineDeps,
  run: Run,
  caller: Caller,
  usage: { requests: number },
): Promise<Run | null> {
  const left = run.effects.filter(isLeft);
  if (left.length === 0) return null;
  const refusal = await refusalOf(deps, run, left, createContext(deps, caller, usage));
  if (!refusal) return null;
  const { code, message, next } = refusal;
  const why = { code, message: `The run was stopped. ${message}`, next: `${next} ${wayOn(run)}` };
  await deps.store.runs.stop(run.id, { at: isoNow(deps.clock), by: "the server", why });
  await deps.store.runs.release(run.id, deps.processName);
  return deps.store.runs.get(run.id);
}

/**
 * Ends an unfinished run because a person asks for it. A run of any principal can be stopped. CONFLICT if the run has
 * already ended.
 */
export async function stopRun(
  deps: EngineDeps,
  runId: string,
  word: { readonly by: string; readonly reason: string | null },
): Promise<Run> {
  const run = await deps.store.runs.get(runId);
  if (!run) throw unknownRun();
  const reason = word.reason === null ? "" : `: ${clean(word.reason, 300)}`;
  await deps.store.runs.stop(runId, {
    at: isoNow(deps.clock),
    by: word.by,
    why: {
      code: "CONFIRMATION_DECLINED",
      message: `${clean(word.by)} stopped the run${reason}.`,
      next: wayOn(run),
    },
  });
  return (await deps.store.runs.get(runId)) ?? run;
}

/** The next step for the user, which a stopped run shows. */
function wayOn({ id, plan }: Run): string {
  return `Call apply_plan with planId ${plan.id} to get a new plan for the rest, or restore_member with runId ${id} to undo what was done.`;
}

function isLeft({ state }: RunEffect): boolean {
  return state === "pending" || state === "sent" || state === "lost";
}

async function refusalOf(
  deps: EngineDeps,
  run: Run,
  left: readonly RunEffect[],
  context: PlanContext,
): Promise<AppError | null> {
  const { plan, decision } = run;
  const age = deps.clock.now() - Date.parse(run.startedAt);
  if (age > LONGEST_RUN_MS || age < -CLOCKS_DIFFER_MS) {
    const why =
      age > 0
        ? "The run was started more than 24 hours ago."
        : "The clock was set back after the run was started, so the age of the run is not known.";
    return new AppError("CONFIRMATION_EXPIRED", why, { next: "Call get_run to see what the run did." });
  }
  const effects = left.map(({ effect }) => effect);
  const requires = levelNow(deps, plan, effects);
  const { approvers } = deps.rules;
  const wanted = {
    requires,
    approvers: approvers.length > 0 ? approvers : plan.approvers,
    principal: plan.principal,
  };
  if (!isEnough(decision, wanted)) {
    return new AppError(
      "POLICY_DENIED",
      `The run now needs a confirmation of level ${requires}, by a person who may give it.`,
      {
        next: "Make a new plan for the rest, and let a person with that right confirm it.",
        details: { requires },
      },
    );
  }
  try {
    const { adminsLeft } = await assertGuarded(deps, { effects, subjects: plan.subjects }, context, run);
    const refusal = await adminRefusal(deps, { adminsLeft, createdAt: context.now }, run.id);
    if (refusal) return refusal;
  } catch (thrown) {
    if (!(thrown instanceof AppError) || isTemporary(thrown) || thrown.code === "UNAUTHENTICATED")
      throw thrown;
    return thrown;
  }
  return null;
}

/**
 * The confirmation level for the rest of a run: the higher of the plan's own level and the level that today's rules ask
 * for.
 */
function levelNow(deps: EngineDeps, plan: Plan, effects: Plan["effects"]): Plan["requires"] {
  const now = levelFor(deps, {
    tool: plan.tool,
    effects,
    subjects: plan.subjects,
    askFirst: false,
    atLeast: [deps.planner(plan.tool)?.confirmation ?? []].flat(),
    impactUnknown: false,
  });
  return strongerOf(now, plan.requires);
}
