import type { Decision } from "./confirmation.ts";
import type { Effect } from "./effect.ts";
import { AppError, reasonOf, type StoredFailure } from "./error.ts";
import type { Plan, Principal } from "./plan.ts";

/**
 * The states of an effect in a run. `already`: the wanted state was true before any request. `lost`: the request was
 * sent, but its answer was lost, and no read has shown the result yet.
 */
export type EffectState = "pending" | "sent" | "applied" | "already" | "lost" | "failed";

export interface RunEffect {
  readonly index: number;
  readonly effect: Effect;
  readonly state: EffectState;
  /** How often the request was sent. It is sent again only after a proof that the last request changed nothing. */
  readonly attempts: number;
  readonly sentAt: string | null;
  readonly settledAt: string | null;
  /** The error in the last journal record; null if there is none. */
  readonly error: StoredFailure | null;
}

/** Whether the wanted state is true, because this run made it true or because it was true before. */
export function isDone({ state }: { readonly state: EffectState }): boolean {
  return state === "applied" || state === "already";
}

/**
 * True if no one knows whether the effect was made: its request was sent, the answer was lost, and a read could not
 * show the result.
 */
export function isUncertain({ state, error }: Pick<RunEffect, "state" | "error">): boolean {
  return state === "sent" || state === "lost" || (state === "failed" && error?.code === "OUTCOME_UNKNOWN");
}

/**
 * The states of a run. `cancelled`: the caller stopped the run, and apply_plan can continue it. `stopped`: a person or
 * a rule ended the run early; apply_plan can make a new plan for the rest.
 */
export type RunState = "running" | "verifying" | "applied" | "partial" | "failed" | "cancelled" | "stopped";

/** The lease of a run: only the process with the lease works on the run. `holder`: the name of that process. */
export interface RunLease {
  readonly runId: string;
  readonly holder: string;
}

export interface Run {
  readonly id: string;
  readonly plan: Plan;
  readonly decision: Decision | null;
  readonly state: RunState;
  readonly effects: readonly RunEffect[];
  readonly evidence: Evidence | null;
  /** Why the run was stopped; null if the run was not stopped. */
  readonly stopped: StoredFailure | null;
  /**
   * The number of upstream requests that all processes sent for the run. If a process crashed, its last requests may be
   * missing.
   */
  readonly requests: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** An effect of a run that has started. `settled`: true if the effect was made; false if it may still be made. */
export interface BegunEffect {
  readonly effect: Effect;
  readonly settled: boolean;
}

/** The main facts of a run, without its plan and journal, for lists. */
export interface RunSummary {
  readonly id: string;
  readonly planId: string;
  readonly tool: string;
  readonly summary: string;
  readonly state: RunState;
  /** For how many effects the wanted state is true now: this run made it true, or it was true before. */
  readonly done: number;
  readonly total: number;
  /** The result in the run's evidence; null if there is no evidence yet. */
  readonly result: FinalResult | null;
  /** Why the run was stopped; null if the run was not stopped. */
  readonly stopped: StoredFailure | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** A run that needs a person, together with the principal to whom it belongs. */
export interface LeftRun extends RunSummary {
  readonly principal: Principal;
}

/** A page of runs, the newest first. `next`: the cursor of the next page; null on the last page. */
export interface RunPage {
  readonly runs: readonly RunSummary[];
  readonly cursor: string | null;
  /**
   * Unfinished runs of other principals that no process works on. They are shown because perhaps no server will
   * continue them.
   */
  readonly others: readonly LeftRun[];
}

/**
 * The error for a run that does not exist. It is also used for runs of other principals, so that the error reveals
 * nothing about them.
 */
export function unknownRun(): AppError {
  return new AppError("NOT_FOUND", "There is no run with this id.", {
    next: "Use the runId of a tool's answer; list_runs shows the runs of this account.",
  });
}

/**
 * The results of a run, from worst to best. If several apply, the worst counts.
 * - PENDING: the run has not ended.
 * - FAIL: nothing was done.
 * - INCOMPLETE: something that was promised is not true or was not done.
 * - UNVERIFIED: Trello and Atlassian accepted everything, but a part cannot be read.
 * - PASS: everything that was promised was read and is true.
 */
export const RESULTS = ["PENDING", "FAIL", "INCOMPLETE", "UNVERIFIED", "PASS"] as const;
export type Result = (typeof RESULTS)[number];
export type FinalResult = Exclude<Result, "PENDING">;

/** The `status` in an answer about a run, for each result of the run. */
export const STATUS_BY_RESULT = {
  PENDING: "running",
  FAIL: "failed",
  INCOMPLETE: "partial",
  UNVERIFIED: "applied",
  PASS: "applied",
} as const satisfies Readonly<Record<Result, string>>;

/** The worst of several results. FAIL if there are none, because then nothing was done. */
export function worstOf(results: readonly Result[]): Result {
  return RESULTS.find((result) => results.includes(result)) ?? "FAIL";
}

/**
 * The result of a run after everything was read again. `done`: whether the run changed something, or something was
 * already as wanted.
 */
export function resultBy(found: {
  readonly done: boolean;
  readonly unfinished: readonly string[];
  readonly unverified: readonly string[];
}): FinalResult {
  if (found.unfinished.length > 0) return found.done ? "INCOMPLETE" : "FAIL";
  return found.unverified.length > 0 ? "UNVERIFIED" : "PASS";
}

/**
 * The effects for which an unfinished run still waits, after it has done all others: effects in applications that do
 * not answer. Empty if the run still works on other effects.
 */
function waitingEffects({ state, effects }: Pick<Run, "state" | "effects">): readonly RunEffect[] {
  const open = effects.filter((row) => !isDone(row) && row.state !== "failed");
  const waits = state === "running" && open.some(({ error }) => error !== null);
  return waits && open.every(({ effect }) => effect.resource === "application_user") ? open : [];
}

/** Lines that say what a run waits for, one for each waiting effect. */
export function waitingLines(run: Pick<Run, "state" | "effects">): readonly string[] {
  return waitingEffects(run).map(
    ({ effect, error }) =>
      `${effect.description}: the run waits for the application${error ? ` (${reasonOf(error)})` : ""}`,
  );
}

/**
 * The result of a run in any state. INCOMPLETE if the run was cancelled, because then its effects were not checked by
 * reading.
 */
export function resultOf({ state, result }: Pick<RunSummary, "state" | "result">): Result {
  if (state === "running" || state === "verifying") return "PENDING";
  if (result === null) return "INCOMPLETE";
  return state === "applied" || STATUS_BY_RESULT[result] !== "applied" ? result : "INCOMPLETE";
}

/** What was found after the last write, when everything was read again. */
export interface Evidence {
  readonly result: FinalResult;
  readonly checkedAt: string;
  /**
   * The check of each effect, in order. Then follow the checks of what the plan promised in addition to its effects.
   */
  readonly checks: readonly { readonly label: string; readonly op: string; readonly holds: boolean }[];
  /** What was promised but is not true or was not done, with the reason. */
  readonly unfinished: readonly string[];
  /** What Trello or Atlassian accepted but no read can show, with the reason. */
  readonly unverified: readonly string[];
  /** What could not be read. */
  readonly blindSpots: readonly string[];
  readonly untouched: readonly string[];
  /**
   * The number of upstream requests of the run. It includes the requests for planning again and for the checks at the
   * end. `Run.requests` counts in the same way.
   */
  readonly requests: number;
}

/** An effect that was applied and not undone, with facts about its run. */
export interface AppliedEffect {
  /** The position of this effect in the list. Callers only pass it back; its text has no meaning for them. */
  readonly cursor: string;
  readonly runId: string;
  readonly index: number;
  readonly effect: Effect;
  /** The time at which the result of the effect became known, ISO 8601. */
  readonly at: string;
  readonly principal: Principal;
  readonly ticket: string | null;
}
