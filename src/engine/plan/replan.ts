import type { Effect } from "../../domain/effect.ts";
import { AppError, toAppError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import type { Caller } from "../../domain/planning.ts";
import type { Run } from "../../domain/run.ts";
import { isEnough, type StoredPlan } from "../../domain/decision-rules.ts";
import { kindOf } from "../../effects/kinds.ts";
import { type EngineDeps, isoNow, type Moment, momentOf } from "../context.ts";
import { adminRefusal } from "./admins.ts";
import { endRefused } from "./daily-limit.ts";
import { digestOf, propose } from "./propose.ts";

/**
 * Makes the plan again and compares it with the approved plan. If anything has changed, the approval is no longer
 * valid: throws PLAN_STALE. Otherwise returns the new plan.
 */
export async function assertUnchanged(
  deps: EngineDeps,
  { plan, decision }: StoredPlan,
  caller: Caller,
  usage: { requests: number },
): Promise<Plan> {
  const fresh = await replanned(deps, plan, caller, usage);
  if (fresh && isAsDecided(fresh, plan) && isEnough(decision, { ...fresh, principal: plan.principal }))
    return fresh;
  await discard(deps, plan, fresh?.digest ?? null);
  throw new AppError(
    "PLAN_STALE",
    "Things changed after this plan was made, so its confirmation is no longer valid and nothing was done.",
    {
      next: "Call the tool again and ask for a confirmation of the new plan.",
      retry: "replan",
      details: fresh ? { plan: fresh } : {},
    },
  );
}

/**
 * Whether the new plan is the same as the approved plan. If an application does not answer, its approved effects count
 * as the same. When the run comes to these effects, it reads the application again, and waits for its answer.
 */
function isAsDecided(fresh: Plan, plan: Plan): boolean {
  if (!hasSameAccounts(fresh, plan)) return false;
  if (fresh.digest === plan.digest) return true;
  if (![...fresh.effects, ...plan.effects].some(isUnread)) return false;
  const added = fresh.effects.filter((now) => !plan.effects.some((decided) => isSame(decided, now)));
  const effects = plan.effects.flatMap((decided) => {
    const now = fresh.effects.find((each) => isSame(decided, each));
    if (isUnread(decided) || (now && isUnread(now))) return [decided];
    return now ?? [];
  });
  return (
    digestOf({
      tool: fresh.tool,
      principalId: fresh.principal.id,
      effects: [...effects, ...added],
      notes: fresh.impact.notes,
    }) === plan.digest
  );
}

/**
 * Whether the directory still shows the same name and email for each account as in the plan that a person read. If not,
 * the account's record may now belong to another person.
 */
function hasSameAccounts(fresh: Plan, plan: Plan): boolean {
  return fresh.effects.every((now) => {
    const isAccount = now.resource === "scim_user" || now.resource === "atlassian_account";
    const decided = isAccount && plan.effects.find((each) => isSame(each, now));
    return !decided || decided.label === now.label;
  });
}

function isUnread(effect: Effect): boolean {
  return kindOf(effect).isUnread(effect);
}

function isSame(a: Effect, b: Effect): boolean {
  return a.op === b.op && a.id === b.id;
}

/** The plan as it would be made now. null if people, workspaces or boards of the plan can no longer be found. */
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
    // A guard (a check of the policy) refuses the new plan, so the approval is no longer valid. The guard's error is
    // thrown, because it says more than "something changed".
    if (code === "POLICY_DENIED") await discard(deps, plan, null);
    throw thrown;
  }
}

async function discard(deps: EngineDeps, plan: Plan, found: string | null): Promise<void> {
  await deps.store.plans.discard(plan.id, { at: isoNow(deps.clock), found });
}

/**
 * Finds the cancelled run of a plan, so that this call can continue it. null if the plan has no such run, or if the
 * approval is no longer valid.
 */
export async function reopen(
  deps: EngineDeps,
  { plan, runId }: StoredPlan,
  caller: Caller,
  usage: { requests: number },
): Promise<{ readonly run: Run; readonly since: Moment } | null> {
  const run = runId === null ? null : await deps.store.runs.get(runId);
  const now = isoNow(deps.clock);
  if (run?.state !== "cancelled" || run.evidence || plan.expiresAt <= now) return null;
  const fresh = await assertOnlyDecidedLeft(deps, run, caller, usage);
  const since = momentOf(deps.clock);
  if (!(await deps.store.runs.reopen(run.id, deps.processName, now, deps.store.leaseMs, caller.client)))
    return null;
  const refusal = await adminRefusal(deps, fresh, run.id);
  if (refusal) {
    await endRefused(deps, run, "last_admin");
    throw refusal;
  }
  const reopened = await deps.store.runs.get(run.id);
  return reopened && { run: reopened, since };
}

/**
 * Plans again before a cancelled run continues. The new plan may contain only effects that the run had not done. If
 * someone undid a done effect meanwhile, the new plan contains this effect a second time, which no person has approved.
 * In this case, the function throws PLAN_STALE and leaves the run as it is.
 */
async function assertOnlyDecidedLeft(
  deps: EngineDeps,
  { id, plan, effects, decision }: Run,
  caller: Caller,
  usage: { requests: number },
): Promise<Plan> {
  const keyOf = (effect: Effect) =>
    digestOf({ tool: plan.tool, principalId: plan.principal.id, effects: [effect] });
  const open = effects.flatMap(({ state, effect }) =>
    state === "applied" || state === "already" ? [] : [effect],
  );
  const decided = new Set(open.map(keyOf));
  const isDecided = (now: Effect) =>
    decided.has(keyOf(now)) || open.some((each) => isSame(each, now) && (isUnread(each) || isUnread(now)));
  const fresh = await replanned(deps, plan, caller, usage);
  // The new plan may cause only losses and costs that a person has approved. It may cause fewer, because some effects
  // are already done.
  const costs = new Set(plan.impact.notes);
  if (
    fresh?.effects.every(isDecided) &&
    fresh.impact.notes.every((note) => costs.has(note)) &&
    isEnough(decision, { ...fresh, principal: plan.principal })
  )
    return fresh;
  await discard(deps, plan, fresh?.digest ?? null);
  throw new AppError(
    "PLAN_STALE",
    "Things changed after this run was cancelled, so its confirmation is no longer valid and nothing more was done.",
    {
      next: "Call the tool again for a new plan. get_run shows what the cancelled run did.",
      retry: "replan",
      details: { runId: id, ...(fresh && { plan: fresh }) },
    },
  );
}

/**
 * Makes a plan for the rest of a stopped run by repeating its call. Effects that are already done are not planned
 * again.
 */
export async function planRest(
  deps: EngineDeps,
  { plan, runId }: StoredPlan,
  caller: Caller,
): Promise<Plan | null> {
  const run = runId === null ? null : await deps.store.runs.get(runId);
  return run?.state === "stopped" ? await propose(deps, { tool: plan.tool, args: plan.args, caller }) : null;
}
