import type { Effect } from "../../domain/effect.ts";
import { AppError, isTemporary, toAppError } from "../../domain/error.ts";
import type { Caller } from "../../domain/planning.ts";
import { isDone, type Run, type RunEffect } from "../../domain/run.ts";
import { kindOf } from "../../effects/kinds.ts";
import type { Pass } from "../../gateway/gateway.ts";
import { type EngineDeps, isoNow } from "../context.ts";
import { verifyAndEnd } from "./evidence.ts";
import { type Journal, journalOf } from "./journal.ts";
import { dependsOn, groupsOf } from "./order.ts";
import { sendEffect } from "./send-effect.ts";

/** A run with more effects than this has a low priority: its requests are sent after those of users who wait. */
const MOST_INTERACTIVE = 20;

/**
 * How many effects of a group (see order.ts) are sent at the same time. The effects of a group do not depend on each
 * other.
 */
const AT_ONCE = 6;

/**
 * Does the work of a run, while `isHeld` says that this process holds the run's lease. The journal records each effect
 * before and after its request. At the end, everything is read again. If the caller aborts, the work stops between two
 * effects. The run is then unfinished and can be continued.
 */
export async function execute(
  deps: EngineDeps,
  run: Run,
  caller: Pick<Caller, "signal" | "stopsRun" | "onProgress" | "cancelled">,
  usage: { requests: number },
  isHeld: () => boolean,
): Promise<Run> {
  const signal = caller.stopsRun ?? caller.signal;
  // The requests that earlier processes sent for this run are counted too.
  usage.requests += run.requests;
  const total = run.effects.length;
  const priority = total > MOST_INTERACTIVE ? "bulk" : "interactive";
  const journal = journalOf(deps, run.id, usage);
  let done = run.effects.filter(isSettled).length;
  const report = (effect: RunEffect): void => {
    done += 1;
    caller.onProgress?.({ done, total, message: effect.effect.description });
  };
  let waitsFor: unknown = null;
  try {
    const notDone = run.effects.filter(({ state }) => state === "failed").map(({ effect }) => effect);
    for (const group of groupsOf(run.effects)) {
      const able = group.filter((row) => {
        const stands = isSettled(row) || !notDone.some((earlier) => dependsOn(row.effect, earlier));
        if (!stands) notDone.push(row.effect);
        return stands;
      });
      const groupRun = { journal, signal, usage, priority, isHeld, report } as const;
      const applied = await applyGroup(deps, able, groupRun);
      notDone.push(...applied.failed);
      waitsFor ??= applied.waitsFor;
    }
    if (waitsFor !== null) throw waitsFor;
    return await verifyAndEnd(deps, run.id, usage, signal);
  } catch (error) {
    // If the caller has aborted, every later error is a consequence of the abort.
    const stopped = signal?.aborted === true;
    const cancelled = stopped && caller.cancelled?.() === true;
    const { code, message, next, applied, details } = toAppError(error);
    // Releases the lease, so that another process need not wait until the lease expires. If the caller cancelled the
    // run, it is continued only by a call of apply_plan. Otherwise a server continues it by itself.
    await deps.store.runs
      .pause(run.id, deps.processName, {
        at: isoNow(deps.clock),
        done,
        why: cancelled ? "cancelled" : stopped ? "stopped" : code,
        ...(cancelled && { state: "cancelled" }),
      })
      .catch(() => {});
    if (details["lease"] === "stopped") throw await stoppedError(deps, run.id, { done, total });
    const resumed = cancelled
      ? `Call apply_plan with planId ${run.plan.id} to continue, or restore_member with this run's id to undo it.`
      : "The server continues the run by itself. Call get_run to see the run.";
    throw new AppError(
      stopped ? "PARTIALLY_APPLIED" : code,
      stopped
        ? "The run was stopped between two writes and can be continued."
        : error === waitsFor
          ? `INCOMPLETE: ${done} of ${total} changes are made, and the run waits until a connected application answers. ${message}`
          : message,
      {
        next: stopped ? resumed : `${next} ${resumed}`,
        applied: done > 0 ? "yes" : stopped ? "no" : applied,
        retry: "resume",
        details: { ...details, runId: run.id, done, total },
        cause: error,
      },
    );
  }
}

/** The error for the caller if a person or rule stopped the run while this process was working on it. */
async function stoppedError(
  deps: EngineDeps,
  runId: string,
  progress: { readonly done: number; readonly total: number },
): Promise<AppError> {
  const run = await deps.store.runs.get(runId);
  return new AppError("PARTIALLY_APPLIED", run?.stopped?.message ?? "The run was stopped.", {
    next: run?.stopped?.next ?? "Call get_run to see the run.",
    applied: progress.done > 0 ? "yes" : "no",
    details: { ...progress, runId },
  });
}

interface GroupRun {
  readonly journal: Journal;
  readonly signal: AbortSignal | undefined;
  readonly usage: { requests: number };
  readonly priority: Pass["priority"];
  readonly isHeld: () => boolean;
  report(effect: RunEffect): void;
}

/**
 * Sends the effects of a group, a few at the same time. Returns the effects that failed and are not tried again. If a
 * SCIM application does not answer, only its own effects stop: the error is returned, and at the end the run waits for
 * the application.
 */
async function applyGroup(
  deps: EngineDeps,
  group: readonly RunEffect[],
  groupRun: GroupRun,
): Promise<{ readonly failed: readonly Effect[]; readonly waitsFor: unknown }> {
  const waiting = group.filter((effect) => !isSettled(effect));
  const failed: Effect[] = [];
  const down = new Map<string, unknown>();
  let stopped: unknown;
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next && !stopped; next = waiting.shift()) {
      const alone = kindOf(next.effect).waitsAlone?.(next.effect);
      if (alone !== undefined && down.has(alone)) continue;
      try {
        groupRun.signal?.throwIfAborted();
        const state = await sendEffect(deps, next, groupRun);
        groupRun.report(next);
        if (state === "failed") failed.push(next.effect);
      } catch (error) {
        if (alone !== undefined && isOutage(error, groupRun)) down.set(alone, error);
        else stopped ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, waiting.length) }, worker));
  if (stopped) throw stopped;
  return { failed, waitsFor: [...down.values()][0] ?? null };
}

/**
 * Whether the error comes only from the upstream of this effect: the upstream does not answer, or it refuses the
 * credentials.
 */
function isOutage(error: unknown, { signal, isHeld }: GroupRun): boolean {
  if (signal?.aborted === true || !isHeld()) return false;
  const failure = toAppError(error);
  return isTemporary(failure) || failure.code === "OUTCOME_UNKNOWN" || failure.code === "UNAUTHENTICATED";
}

function isSettled(row: RunEffect): boolean {
  return isDone(row) || row.state === "failed";
}
