import type { Decision } from "./confirmation.ts";
import type { Effect } from "./effect.ts";
import { AppError, type StoredFailure } from "./error.ts";
import type { Plan, Principal } from "./plan.ts";

/**
 * `already`: the wanted state was true before any request. `lost`: the request was sent, its answer was lost, and no
 * read has settled it yet.
 */
export type EffectState = "pending" | "sent" | "applied" | "already" | "lost" | "failed";

export interface RunEffect {
  readonly index: number;
  readonly effect: Effect;
  readonly state: EffectState;
  /** How many times the request was sent. It is sent again only if it is proven that the last one was not applied. */
  readonly attempts: number;
  readonly sentAt: string | null;
  readonly settledAt: string | null;
  /** The error of the last journal record; null if it has none. */
  readonly error: StoredFailure | null;
}

/** Whether the wanted state of an effect is true: this run made it so, or found it so. */
export function isDone({ state }: { readonly state: EffectState }): boolean {
  return state === "applied" || state === "already";
}

/**
 * Whether an effect may have been made without proof: the request was sent, its answer was lost, and a read could not
 * settle it.
 */
export function isUncertain({ state, error }: Pick<RunEffect, "state" | "error">): boolean {
  return state === "sent" || state === "lost" || (state === "failed" && error?.code === "OUTCOME_UNKNOWN");
}

/**
 * `cancelled`: the caller gave the run up, and apply_plan continues it. `stopped`: a person or a rule ended the run
 * before all was done. It is not continued; apply_plan makes a new plan for the rest.
 */
export type RunState = "running" | "verifying" | "applied" | "partial" | "failed" | "cancelled" | "stopped";

export interface Run {
  readonly id: string;
  readonly plan: Plan;
  readonly decision: Decision | null;
  readonly state: RunState;
  readonly effects: readonly RunEffect[];
  readonly evidence: Evidence | null;
  /** Why the run was stopped; null if it was not. */
  readonly stopped: StoredFailure | null;
  /**
   * Upstream requests up to the last journal record, by all processes of the run. If a process died, its requests
   * after its last record are not counted.
   */
  readonly requests: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** An effect of a run that has begun. It was made (`settled`), or it may be made at any moment. */
export interface BegunEffect {
  readonly effect: Effect;
  readonly settled: boolean;
}

/** A run without its plan and its journal, as lists show it. */
export interface RunSummary {
  readonly id: string;
  readonly planId: string;
  readonly tool: string;
  readonly summary: string;
  readonly state: RunState;
  /** How many effects are as wanted now, because this run made them or because they were true before. */
  readonly done: number;
  readonly total: number;
  /** The result of the run's evidence; null if there is none yet. */
  readonly result: FinalResult | null;
  /** Why the run was stopped; null if it was not. */
  readonly stopped: StoredFailure | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

/** A run that waits for a person, and the run's principal. */
export interface LeftRun extends RunSummary {
  readonly principal: Principal;
}

/** A page of runs, newest first. `next` is the cursor of the next page; null after the last page. */
export interface RunPage {
  readonly runs: readonly RunSummary[];
  readonly cursor: string | null;
  /** Unfinished runs of other principals that no process works on. Perhaps no server will continue them. */
  readonly others: readonly LeftRun[];
}

/** The one answer about a run that does not exist, or that belongs to another principal. */
export function unknownRun(): AppError {
  return new AppError("NOT_FOUND", "There is no run with this id.", {
    next: "Use the runId of a tool's answer; list_runs shows the runs of this account.",
  });
}

/**
 * The result of a run, from worst to best. If there are several results, the worst counts.
 * - PENDING: the run has not ended.
 * - FAIL: nothing was done.
 * - INCOMPLETE: something that was promised is known to be false, or was not done.
 * - UNVERIFIED: everything was accepted, but a part cannot be read.
 * - PASS: everything that was promised was read and is true.
 */
export const RESULTS = ["PENDING", "FAIL", "INCOMPLETE", "UNVERIFIED", "PASS"] as const;
export type Result = (typeof RESULTS)[number];
export type FinalResult = Exclude<Result, "PENDING">;

/** The status of the answer about a run, by its result. */
export const STATUS_BY_RESULT = {
  PENDING: "running",
  FAIL: "failed",
  INCOMPLETE: "partial",
  UNVERIFIED: "applied",
  PASS: "applied",
} as const satisfies Readonly<Record<Result, string>>;

/** The worst of several results; FAIL if there is none, because then nothing was done. */
export function worstOf(results: readonly Result[]): Result {
  return RESULTS.find((result) => results.includes(result)) ?? "FAIL";
}

/**
 * The result of a run whose promises were read again. `done`: whether the run changed something, or found something
 * done already.
 */
export function resultBy(found: {
  readonly done: boolean;
  readonly unfinished: readonly string[];
  readonly unverified: readonly string[];
}): FinalResult {
  if (found.unfinished.length > 0) return found.done ? "INCOMPLETE" : "FAIL";
  return found.unverified.length > 0 ? "UNVERIFIED" : "PASS";
}

/** The result of a run in any state. A run that was cancelled, and so was not read again, is INCOMPLETE. */
export function resultOf({ state, result }: Pick<RunSummary, "state" | "result">): Result {
  if (state === "running" || state === "verifying") return "PENDING";
  if (result === null) return "INCOMPLETE";
  return state === "applied" || STATUS_BY_RESULT[result] !== "applied" ? result : "INCOMPLETE";
}

/** What was true after the last write. Everything was read again for it. */
export interface Evidence {
  readonly result: FinalResult;
  readonly checkedAt: string;
  /** The effects in their order, and then the other promises. */
  readonly checks: readonly { readonly label: string; readonly op: string; readonly holds: boolean }[];
  /** What was promised but is not true or was not done, with the reason. */
  readonly unfinished: readonly string[];
  /** What was accepted but cannot be read, with the reason. */
  readonly unverified: readonly string[];
  /** What could not be read. */
  readonly blindSpots: readonly string[];
  readonly untouched: readonly string[];
  /**
   * Upstream requests of the run, including planning again and verifying. If several processes worked on it, counted as
   * in `Run.requests`.
   */
  readonly requests: number;
}

/** An effect that was applied and not undone since, with facts from its run. */
export interface AppliedEffect {
  /** The effect's position in the list, for `before`. Callers must not read anything into this text. */
  readonly cursor: string;
  readonly runId: string;
  readonly index: number;
  readonly effect: Effect;
  /** When the effect was settled, ISO 8601. */
  readonly at: string;
  readonly principal: Principal;
  readonly ticket: string | null;
}
