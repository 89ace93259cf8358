import { atLeast } from "../domain/confirmation.ts";
import type { StoredPlan } from "../domain/decision-rules.ts";
import { type AppError, isTemporary, toAppError } from "../domain/error.ts";
import type { Run } from "../domain/run.ts";
import type { Log } from "../domain/runtime.ts";

export interface StarterDeps {
  /** Applies an approved plan. Resolves when its run has ended. */
  apply(planId: string, signal: AbortSignal): Promise<Run>;
  /** Milliseconds since 1970. */
  now(): number;
  readonly log: Log;
}

/** Starts the runs of approved plans. Each run is started only once in this process. */
export interface Starter {
  /**
   * Starts the run of an approved plan. If this process has started it already, returns that run. Resolves when the run
   * has ended.
   */
  start(planId: string): Promise<Run>;
  /** Why the last attempt to start an approved plan failed; null if it did not fail. */
  problem(planId: string): AppError | null;
  /**
   * Whether the plan's run may be started now. After a temporary failure, it may be started again after a pause. After
   * any other failure, it is not started again.
   */
  mayTry(planId: string): boolean;
  isBusy(): boolean;
  close(): Promise<void>;
}

/** How long (ms) to wait after a temporary failure, before the run of an approved plan is started again. */
const RETRY_MS = 15_000;

export function createStarter({ apply, now, log }: StarterDeps): Starter {
  const running = new Map<string, Promise<Run>>();
  const problems = new Map<string, { readonly error: AppError; readonly at: number }>();
  const stop = new AbortController();

  function start(planId: string): Promise<Run> {
    const known = running.get(planId);
    if (known) return known;
    const begun = apply(planId, stop.signal)
      .then(
        (run) => {
          problems.delete(planId);
          return run;
        },
        (thrown: unknown) => {
          const error = toAppError(thrown);
          problems.set(planId, { error, at: now() });
          log(
            "warn",
            { planId, code: error.code },
            "the run of an approved plan failed or stopped before its end",
          );
          throw error;
        },
      )
      .finally(() => running.delete(planId));
    running.set(planId, begun);
    return begun;
  }

  return {
    start,
    problem: (planId) => problems.get(planId)?.error ?? null,
    mayTry(planId) {
      const problem = problems.get(planId);
      return !problem || (isTemporary(problem.error) && now() - problem.at >= RETRY_MS);
    },
    isBusy: () => running.size > 0,
    async close() {
      stop.abort();
      await Promise.allSettled(running.values());
    },
  };
}

/** Whether a person approved the plan outside the MCP client. The run then starts without another call of the agent. */
export function isDecidedOutside({ decision }: StoredPlan): boolean {
  return decision?.accepted === true && atLeast(decision.level, "approval");
}
