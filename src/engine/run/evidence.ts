import type { Effect } from "../../domain/effect.ts";
import { AppError, isTemporary, reasonOf, toAppError } from "../../domain/error.ts";
import type { Reads } from "../../domain/reads.ts";
import {
  isDone,
  type Evidence,
  resultBy,
  type Run,
  type RunEffect,
  STATUS_BY_RESULT,
} from "../../domain/run.ts";
import { kindOf } from "../../effects/kinds.ts";
import { invitedKey } from "../../people/invited.ts";
import { createContext, type EngineDeps, isoNow } from "../context.ts";
import { doubtAbout } from "./doubt.ts";
import { dependsOn } from "./order.ts";
import { checkPromises, madeUnseen, type PromiseCheck } from "./promises.ts";

/** If an upstream does not answer at the end of a run, everything is read again up to this many times. */
const LOOKS = 6;
const FIRST_WAIT_MS = 500;

/**
 * How long (ms) a run waits for a successful check. After 24 hours the run ends, and its evidence says that the result
 * was not verified.
 */
const GIVEN_UP_AFTER_MS = 86_400_000;

/**
 * Ends a run after its last write: reads everything again, and stores the result as evidence. If an upstream does not
 * answer, this function waits and tries again. After the last try, the function throws. The run then stays in the state
 * `verifying` and is continued later.
 */
export async function verifyAndEnd(
  deps: EngineDeps,
  runId: string,
  usage: { requests: number },
  signal?: AbortSignal,
): Promise<Run> {
  await deps.store.runs.setState(runId, deps.processName, "verifying");
  const run = await deps.store.runs.get(runId);
  if (!run) throw new Error("the run is gone from the store");
  const evidence = await verify(deps, run, usage, signal);
  const state = STATUS_BY_RESULT[evidence.result];
  const ended = await deps.store.runs.finish(runId, deps.processName, {
    state,
    evidence,
    at: isoNow(deps.clock),
  });
  // This log line also contains the newest hash of the audit log. Later, `audit verify --head` compares this hash with
  // the audit log, and so shows whether records were removed.
  deps.log("info", { run: runId, state, auditHead: await deps.store.audit.head() }, "run ended");
  return ended;
}

interface Check {
  readonly effect: Effect;
  readonly holds: boolean;
  /** The reason, if this effect was not made or if that is unknown. The run is then not finished. Otherwise null. */
  readonly unfinished: string | null;
  /** Why the effect cannot be checked although the upstream accepted it; null if it can be checked. */
  readonly unverified: string | null;
  /**
   * A note for the evidence if Trello hides the effect's result, but other facts prove that the effect was made. null
   * in all other cases.
   */
  readonly note: string | null;
  /** The error of the read that checks the effect; null if the read worked. */
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
    // All workspaces are read together. If this read still fails at the last attempt, the checks read each workspace
    // alone.
    if (!outage || attempt === LOOKS) {
      const checks = await checkAll(deps, run, reads);
      const promises = await checkPromises(run, reads, (idPlace, idMember) =>
        checks.some(({ effect, unfinished }) => unfinished !== null && isAbout(effect, idPlace, idMember)),
      );
      const unread = [...checks, ...promises].find(
        (check) => check.unread && isTemporary(check.unread),
      )?.unread;
      if (!unread || (attempt === LOOKS && lastChance))
        return evidenceOf(deps, run, { checks, promises }, usage);
      if (attempt === LOOKS) throw unread;
    }
    await deps.clock.sleep(FIRST_WAIT_MS * 2 ** (attempt - 1), signal);
  }
}

function isAbout({ target }: Effect, idPlace: string, idMember: string): boolean {
  return target["idMember"] === idMember && (target["idBoard"] || target["idOrganization"]) === idPlace;
}

/**
 * Reads the workspaces that the checks need, three in each request. Returns true if the checks must wait for an
 * upstream.
 */
async function readWorkspaces({ plan, effects }: Run, { trello }: Reads): Promise<boolean> {
  const touched = effects.flatMap(({ effect }) => kindOf(effect).readsWorkspace(effect) ?? []);
  const promised = (plan.promises ?? []).flatMap(({ workspaces }) => workspaces.map(({ id }) => id));
  try {
    await trello.workspaceSnapshots([...new Set([...touched, ...promised])]);
    return false;
  } catch (thrown) {
    return isTemporary(toAppError(thrown));
  }
}

/** Checks all effects of a run. The checks share the answers of the upstreams, so each workspace is read only once. */
async function checkAll(deps: EngineDeps, run: Run, reads: Reads): Promise<readonly Check[]> {
  const checks = await Promise.all(run.effects.map((row) => check(deps, run, row, reads)));
  const hidden = checks.flatMap(({ effect, unverified, unread }) => (unverified && !unread ? [effect] : []));
  const made = await madeUnseen(run, hidden, reads);
  return checks.map((each) =>
    made.has(each.effect) ? { ...each, holds: true, unverified: null, note: each.unverified } : each,
  );
}

async function check(
  deps: EngineDeps,
  run: Run,
  { effect, state, error }: RunEffect,
  reads: Reads,
): Promise<Check> {
  const { description } = effect;
  const found = { effect, holds: false, unfinished: null, unverified: null, note: null, unread: null };
  const read = await kindOf(effect).holds(effect, reads).catch(toAppError);
  if (read instanceof AppError) {
    // If an upstream refuses the credentials, the whole check is repeated later, as after an outage.
    if (read.code === "UNAUTHENTICATED") throw read;
    const why = `${description}: could not be read again (${read.code})`;
    const accepted = isDone({ state });
    return { ...found, [accepted ? "unverified" : "unfinished"]: why, unread: read };
  }
  if (read) {
    const doubt = await doubtAbout(effect, reads);
    if (doubt !== null) return { ...found, unverified: `${description}: ${doubt}` };
    await learn(deps, effect, reads);
    return { ...found, holds: true };
  }
  const { cannotBeSeen } = kindOf(effect);
  if (cannotBeSeen !== undefined && state === "applied")
    return { ...found, unverified: `${description}: ${cannotBeSeen}` };
  // The next step for the user is the same for every effect. So the evidence of an effect does not contain it; the run
  // shows it once.
  const why =
    (error && reasonOf(error)) ??
    (state === "pending" ? notSent(run, effect) : "not as planned when read again");
  return { ...found, unfinished: `${description}: ${why}` };
}

function evidenceOf(
  deps: EngineDeps,
  { plan, effects }: Run,
  found: { readonly checks: readonly Check[]; readonly promises: readonly PromiseCheck[] },
  usage: { readonly requests: number },
): Evidence {
  const { checks, promises } = found;
  const unfinished = [
    ...checks.flatMap((each) => each.unfinished ?? []),
    ...promises.flatMap((each) => each.unfinished),
    ...(plan.notReached ?? []),
  ];
  const unverified = [
    ...checks.flatMap((each) => each.unverified ?? []),
    ...promises.flatMap((each) => each.unverified),
  ];
  const done = checks.some(({ holds }) => holds) || effects.some(mayBeDone);
  return {
    result: resultBy({ done, unfinished, unverified }),
    checkedAt: isoNow(deps.clock),
    checks: [
      ...checks.map(({ effect, holds }) => ({ label: effect.description, op: effect.op, holds })),
      ...promises.map(({ label, ...lines }) => ({
        label,
        op: "access",
        holds: lines.unfinished.length + lines.unverified.length === 0,
      })),
    ],
    unfinished,
    unverified,
    blindSpots: [...plan.blindSpots, ...checks.flatMap(({ note }) => (note === null ? [] : `${note}.`))],
    untouched: plan.untouched,
    requests: usage.requests,
  };
}

/** Whether an effect was made, or may have been made because its answer was lost. */
function mayBeDone(row: RunEffect): boolean {
  return isDone(row) || (row.state === "failed" && row.error?.code === "OUTCOME_UNKNOWN");
}

function notSent(run: Run, effect: Effect): string {
  const notDone = run.effects.find(({ state, effect: earlier }) => {
    return (state === "failed" || state === "pending") && dependsOn(effect, earlier);
  });
  return notDone
    ? `not sent, because it needs a change that was not made: ${notDone.effect.description}`
    : "not sent";
}

/**
 * Stores the id of the ghost (member without an account) that an invitation created. The ghost gets a new name at
 * sign-up, so later only the id identifies the person.
 */
async function learn(deps: EngineDeps, effect: Effect, reads: Reads): Promise<void> {
  const known = await kindOf(effect).whoIs(effect, reads);
  if (!known) return;
  await deps.store.facts.set(invitedKey(known.email), known.idMember);
}
