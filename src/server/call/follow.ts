import { setTimeout as wait } from "node:timers/promises";
import type { CallToolResult } from "@modelcontextprotocol/server";
import { atLeast } from "../../domain/confirmation.ts";
import type { StoredPlan } from "../../domain/decision-rules.ts";
import { toAppError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import type { Caller } from "../../domain/planning.ts";
import { isDone, type Run } from "../../domain/run.ts";
import { ran, underWay } from "../answers/outcome.ts";
import type { Patience, ServerDeps } from "../deps.ts";
import { joined } from "./signals.ts";

/** How long a call waits for a person or for a run. Clients stop waiting after 60 s, so the call answers earlier. */
const PATIENCE: Patience = { decisionMs: 45_000, runMs: 45_000 };
const LOOK_MS = 400;
/** While a call waits, it reports progress every 10 s. */
const TELL_MS = 10_000;

type FollowDeps = Pick<ServerDeps, "engine" | "approvals" | "patience" | "stopping" | "log">;

/** Whether a person approved the plan outside the client. The run of such a plan starts by itself. */
export function isApproved({ state, decision }: StoredPlan): boolean {
  return (
    (state === "accepted" || state === "used") &&
    decision?.accepted === true &&
    atLeast(decision.level, "approval")
  );
}

/** Waits at most 45 s for a person's decision, and returns the plan in its new state. */
export async function waitForDecision(
  stored: StoredPlan,
  caller: Caller,
  deps: FollowDeps,
): Promise<StoredPlan> {
  let now = stored;
  let told = 0;
  const { decisionMs } = deps.patience ?? PATIENCE;
  await within(decisionMs, caller, deps, async (passed) => {
    now = (await deps.engine.plan(stored.plan.id, caller)) ?? stored;
    if (now.state !== "waiting") return true;
    if (passed >= (told + 1) * TELL_MS) {
      told += 1;
      // The progress value while waiting is below 1, because progress must only grow and the run later reports 1, 2, 3.
      const done = told / 1000;
      caller.onProgress?.({
        done,
        total: stored.plan.effects.length,
        message: "Waiting for a person to decide",
      });
    }
    return false;
  });
  return now;
}

/**
 * Applies a plan and answers with the result of its run. If the run takes longer than the client waits, the answer says
 * that the run continues. Only the caller's cancellation stops the run.
 */
export async function applyAndAnswer(plan: Plan, caller: Caller, deps: FollowDeps): Promise<CallToolResult> {
  const { runMs } = deps.patience ?? PATIENCE;
  let isAnswered = false;
  const { onProgress } = caller;
  const stops = joined(caller.stopsRun ?? caller.signal, deps.stopping);
  const run = deps.engine.apply(plan.id, {
    ...caller,
    stopsRun: stops.signal,
    // After the answer to a call was sent, no progress may be sent for the call.
    ...(onProgress && { onProgress: (done) => (isAnswered ? undefined : onProgress(done)) }),
  });
  void run.catch(() => {}).finally(stops.release);
  const enough = new AbortController();
  const waited = joined(deps.stopping, enough.signal);
  try {
    const first = await Promise.race([run, wait(runMs, null, { signal: waited.signal }).catch(() => null)]);
    if (first) return ran(first);
    run.catch((thrown: unknown) => {
      const { code } = toAppError(thrown);
      deps.log("warn", { planId: plan.id, code }, "a run ended after its call was answered");
    });
    const { runId = null } = (await deps.engine.plan(plan.id, caller)) ?? {};
    return underWay(plan, runId === null ? null : await deps.engine.run(runId, caller));
  } finally {
    isAnswered = true;
    enough.abort();
    waited.release();
  }
}

/**
 * The result of the run of an approved plan. null if the run was cancelled, because then the caller of this function
 * may continue the run.
 */
export async function followRun(
  stored: StoredPlan,
  caller: Caller,
  deps: FollowDeps,
): Promise<CallToolResult | null> {
  const { plan } = stored;
  let failure: { readonly thrown: unknown } | null = null;
  if (stored.state === "accepted") {
    deps.approvals.start(plan.id).catch((thrown: unknown) => {
      failure = { thrown };
    });
  }
  let run: Run | null = null;
  let told = 0;
  const { runMs } = deps.patience ?? PATIENCE;
  await within(runMs, caller, deps, async () => {
    const { runId } = (await deps.engine.plan(plan.id, caller)) ?? stored;
    run = runId === null ? null : await deps.engine.run(runId, caller);
    if (run === null) return failure !== null;
    const done = run.effects.filter(isDone).length;
    if (done > told) caller.onProgress?.({ done, total: run.effects.length, message: lastDone(run) });
    told = Math.max(told, done);
    return isEnded(run);
  });
  const found = run as Run | null;
  const failed = failure as { readonly thrown: unknown } | null;
  const isElsewhere = found !== null && failed !== null && wasTaken(failed.thrown);
  if (failed && !isElsewhere && found?.state !== "applied") throw failed.thrown;
  if (found?.state === "cancelled") return null;
  if (found && isEnded(found)) return ran(found);
  return underWay(plan, found);
}

/** Whether starting the run failed because another process had already started it. */
function wasTaken(thrown: unknown): boolean {
  const { code } = toAppError(thrown);
  return code === "CONFLICT" || code === "PLAN_STALE";
}

function isEnded({ state }: Run): boolean {
  return state !== "running" && state !== "verifying";
}

function lastDone({ effects }: Run): string {
  const done = effects.filter(({ settledAt }) => settledAt !== null);
  const [last] = done.toSorted((a, b) => (b.settledAt ?? "").localeCompare(a.settledAt ?? ""));
  return last?.effect.description ?? "";
}

/**
 * Calls `look` repeatedly until it returns true, the time is over or the server stops. If the call is aborted, throws
 * the reason of the abort.
 */
async function within(
  longestMs: number,
  { signal }: Caller,
  { stopping }: FollowDeps,
  look: (passed: number) => Promise<boolean>,
): Promise<void> {
  const began = performance.now();
  for (;;) {
    const passed = performance.now() - began;
    if ((await look(passed)) || passed >= longestMs || stopping?.aborted) return;
    const ends = joined(signal, stopping);
    await wait(Math.min(LOOK_MS, longestMs), undefined, { signal: ends.signal })
      .catch(() => signal?.throwIfAborted())
      .finally(ends.release);
  }
}
