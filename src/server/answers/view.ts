import { type Effect, severity } from "../../domain/effect.ts";
import type { Plan } from "../../domain/plan.ts";
import { isDone, type Run, type RunEffect } from "../../domain/run.ts";
import { identityLines } from "../../report/identity-lines.ts";

const SHOWN_EFFECTS = 50;

/** A plan as an agent sees it: without the details of requests, and without the states before the change. */
export function planView(plan: Plan) {
  const more = plan.effects.length - SHOWN_EFFECTS;
  return {
    summary: plan.summary,
    people: identityLines(plan),
    effects: gravest(plan.effects).map(({ op, description, reversible }) => ({
      op,
      description,
      reversible,
    })),
    ...(more > 0 ? { more, countsByOp: countsByOp(plan.effects) } : {}),
    warnings: plan.warnings,
    impact: plan.impact,
    blindSpots: plan.blindSpots,
    untouched: plan.untouched,
    ...(plan.notReached && plan.notReached.length > 0 && { notReached: plan.notReached }),
    requires: plan.requires,
    digest: plan.digest,
    expiresAt: plan.expiresAt,
  };
}

/** The most serious effects, in the order of the plan. They are shown if an answer has no room for all effects. */
function gravest(effects: readonly Effect[]): readonly Effect[] {
  const kept = new Set(effects.toSorted((a, b) => severity(a) - severity(b)).slice(0, SHOWN_EFFECTS));
  return effects.filter((effect) => kept.has(effect));
}

/** How many effects of each kind (`op`) the whole plan has. */
function countsByOp(effects: readonly Effect[]): Readonly<Partial<Record<Effect["op"], number>>> {
  const counts: Partial<Record<Effect["op"], number>> = {};
  for (const { op } of effects) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
}

/** Whether a value in the details of an error is a plan. */
export function isPlan(value: unknown): value is Plan {
  return (
    typeof value === "object" &&
    value !== null &&
    "digest" in value &&
    "effects" in value &&
    "impact" in value
  );
}

export function runView(run: Run) {
  const { evidence } = run;
  const untrue = run.effects.filter((row, index) => isUntrue(run, row, index));
  const count = (state: string) =>
    run.effects.filter((row) => row.state === state && !untrue.includes(row)).length;
  return {
    state: run.state,
    total: run.effects.length,
    applied: count("applied"),
    already: count("already"),
    failed: count("failed") + count("lost") + untrue.length,
    evidence:
      evidence === null
        ? null
        : {
            result: evidence.result,
            unfinished: evidence.unfinished,
            ...(evidence.unverified.length > 0 && { unverified: evidence.unverified }),
            blindSpots: evidence.blindSpots,
            untouched: evidence.untouched,
            requests: evidence.requests,
          },
  };
}

/**
 * Whether Trello or Atlassian accepted the effect, but this server then read a state that is not the wanted state. Such
 * an effect is not counted as done.
 */
function isUntrue({ evidence }: Run, { effect, state }: RunEffect, index: number): boolean {
  if (evidence === null || !isDone({ state }) || evidence.checks[index]?.holds !== false) return false;
  return evidence.unfinished.some((line) => line.startsWith(`${effect.description}: `));
}
