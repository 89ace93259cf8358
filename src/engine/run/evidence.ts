import type { Effect } from "../../domain/effect.ts";
import { AppError, isTemporary, reasonOf, toAppError } from "../../domain/error.ts";
import type { Reads } from "../../domain/reads.ts";
import type { Evidence, Run, RunState } from "../../domain/run.ts";
import { kindOf } from "../../effects/kinds.ts";
import { invitedKey } from "../../people/invited.ts";
import { createContext, type EngineDeps, isoNow } from "../context.ts";
import { dependsOn } from "./order.ts";

/** Times that everything is read again while an upstream does not answer. */
const LOOKS = 6;
const FIRST_WAIT_MS = 500;

/** A run that nobody could verify for so long ends with evidence that says so. */
const GIVEN_UP_AFTER_MS = 86_400_000;

/**
 * Reads everything again after the last write, keeps what was found as evidence and ends the run. An upstream that does
 * not answer is waited for; after that the error is thrown and the run stays in state `verifying`, to be taken up again.
 */
export async function verifyAndEnd(
  deps: EngineDeps,
  runId: string,
  usage: { requests: number },
  signal?: AbortSignal,
): Promise<Run> {
  await deps.store.runs.setState(runId, deps.owner, "verifying");
  const run = await deps.store.runs.get(runId);
  if (!run) throw new Error("the run is gone from the store");
  const evidence = await verify(deps, run, usage, signal);
  const state = stateOf(run, evidence);
  const ended = await deps.store.runs.finish(runId, deps.owner, { state, evidence, at: isoNow(deps.clock) });
  // Kept with the log, it shows whether the audit chain was cut later: `audit verify --head`.
  deps.log("info", { run: runId, state, auditHead: await deps.store.audit.head() }, "run ended");
  return ended;
}

interface Check {
  readonly label: string;
  readonly op: string;
  readonly holds: boolean;
  readonly why: string | null;
  /** What was accepted and cannot be seen, as a sentence. */
  readonly hidden: string | null;
  /** Why nobody could look; null where somebody did. */
  readonly unread: AppError | null;
}

async function verify(
  deps: EngineDeps,
  run: Run,
  usage: { requests: number },
  signal: AbortSignal | undefined,
): Promise<Evidence> {
  const lastChance = deps.clock.now() - Date.parse(run.startedAt) > GIVEN_UP_AFTER_MS;
  for (let attempt = 1; ; attempt += 1) {
    const { reads } = createContext(deps, { client: "", subject: null }, usage);
    const outage = await readWorkspaces(run, reads);
    // Only the last look asks for each by itself what could not be had for all.
    if (!outage || attempt === LOOKS) {
      const checks = await checkAll(deps, run, reads);
      const unread = checks.find((check) => check.unread && isTemporary(check.unread))?.unread;
      if (!unread || (attempt === LOOKS && lastChance)) return evidenceOf(deps, run, checks, usage);
      if (attempt === LOOKS) throw unread;
    }
    await deps.clock.sleep(FIRST_WAIT_MS * 2 ** (attempt - 1), signal);
  }
}

/** Reads what the checks look at, three workspaces a request; true where that has to wait. */
async function readWorkspaces(run: Run, { trello }: Reads): Promise<boolean> {
  const workspaces = run.effects.flatMap(({ effect }) => kindOf(effect).readsWorkspace(effect) ?? []);
  try {
    await trello.workspaceSnapshots([...new Set(workspaces)]);
    return false;
  } catch (thrown) {
    return isTemporary(toAppError(thrown));
  }
}

/** One pass for all checks: effects of one workspace are checked by one reading of it. */
async function checkAll(deps: EngineDeps, run: Run, reads: Reads): Promise<readonly Check[]> {
  return Promise.all(
    run.effects.map(async ({ effect, state, error }): Promise<Check> => {
      const check = { label: effect.description, op: effect.op, hidden: null };
      const read = await kindOf(effect).holds(effect, reads).catch(toAppError);
      if (read instanceof AppError) {
        // Nothing would be answered until there are credentials that are accepted.
        if (read.code === "UNAUTHENTICATED") throw read;
        return { ...check, holds: false, why: `could not be read again (${read.code})`, unread: read };
      }
      if (read) await learn(deps, effect, reads);
      const { cannotBeSeen } = kindOf(effect);
      if (!read && cannotBeSeen !== undefined && state === "applied") {
        return {
          ...check,
          holds: true,
          why: null,
          hidden: `${effect.description}: ${cannotBeSeen}.`,
          unread: null,
        };
      }
      // What to do about it is said once for the run, not for each effect.
      const why = read
        ? null
        : ((error && reasonOf(error)) ??
          (state === "pending" ? notSent(run, effect) : "not as planned when read again"));
      return { ...check, holds: read, why, unread: null };
    }),
  );
}

function evidenceOf(
  deps: EngineDeps,
  { plan }: Run,
  checks: readonly Check[],
  usage: { readonly requests: number },
): Evidence {
  return {
    result: checks.every((check) => check.holds) ? "PASS" : "INCOMPLETE",
    checkedAt: isoNow(deps.clock),
    checks: checks.map(({ label, op, holds }) => ({ label, op, holds })),
    unfinished: checks.flatMap(({ label, why }) => (why === null ? [] : [`${label}: ${why}`])),
    blindSpots: [...plan.blindSpots, ...checks.flatMap(({ hidden }) => hidden ?? [])],
    untouched: plan.untouched,
    requests: usage.requests,
  };
}

function notSent(run: Run, effect: Effect): string {
  const notDone = run.effects.find(({ state, effect: earlier }) => {
    return (state === "failed" || state === "pending") && dependsOn(effect, earlier);
  });
  return notDone ? `not sent, because this was not done: ${notDone.effect.description}` : "not sent";
}

/** Keeps which ghost an invitation made: one that signs up changes name, and is known by id from then on. */
async function learn(deps: EngineDeps, effect: Effect, reads: Reads): Promise<void> {
  const known = await kindOf(effect).whoIs(effect, reads);
  if (!known) return;
  await deps.store.facts.set(invitedKey(known.email), known.idMember);
}

function stateOf(run: Run, evidence: Evidence): RunState {
  if (evidence.result === "PASS") return "applied";
  return run.effects.some(({ state }) => state === "applied" || state === "already") ? "partial" : "failed";
}
