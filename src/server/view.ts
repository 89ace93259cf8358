import type { Effect } from "../domain/effect.ts";
import type { Plan } from "../domain/plan.ts";
import type { Run } from "../domain/run.ts";

const SHOWN_EFFECTS = 50;
const SHOWN_LINES = 15;

/** A plan as an agent sees it: who and what, without request targets and captured states. Its id stands beside it where it is stored. */
export function planView(plan: Plan) {
  const more = plan.effects.length - SHOWN_EFFECTS;
  return {
    summary: plan.summary,
    effects: plan.effects
      .slice(0, SHOWN_EFFECTS)
      .map(({ op, description, reversible }) => ({ op, description, reversible })),
    ...(more > 0 ? { more } : {}),
    warnings: plan.warnings,
    impact: plan.impact,
    blindSpots: plan.blindSpots,
    remains: plan.remains,
    requires: plan.requires,
    digest: plan.digest,
    expiresAt: plan.expiresAt,
  };
}

/** Whether a value from an error's details is a plan. */
export function isPlan(value: unknown): value is Plan {
  return (
    typeof value === "object" &&
    value !== null &&
    "digest" in value &&
    "effects" in value &&
    "impact" in value
  );
}

/** One line an effect, those that cannot be undone first, so that a cut never hides one of them. */
export function effectLines(effects: readonly Effect[], shown = SHOWN_LINES): readonly string[] {
  const lines = [...effects]
    .sort((a, b) => Number(a.reversible) - Number(b.reversible))
    .slice(0, shown)
    .map(({ description, reversible }) => `- ${description}${reversible ? "" : " (cannot be undone)"}`);
  const more = effects.length - lines.length;
  return more > 0 ? [...lines, `- and ${more} more`] : lines;
}

/** A titled list, or nothing where the list is empty. */
export function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0
    ? []
    : [`${title}:`, ...lines.map((line) => (line.startsWith("- ") ? line : `- ${line}`))];
}

export function planText(plan: Plan): string {
  return [
    plan.summary,
    ...effectLines(plan.effects),
    ...section("Warnings", plan.warnings),
    ...section("Impact", plan.impact.notes),
    ...section("Not visible", plan.blindSpots),
    ...section("Stays as it is", plan.remains),
  ].join("\n");
}

export function runView(run: Run) {
  const count = (state: string) => run.effects.filter((effect) => effect.state === state).length;
  const { evidence } = run;
  return {
    state: run.state,
    total: run.effects.length,
    applied: count("applied"),
    already: count("already"),
    failed: run.effects.filter(({ state }) => state === "failed" || state === "lost").length,
    evidence:
      evidence === null
        ? null
        : {
            result: evidence.result,
            remaining: evidence.remaining,
            blindSpots: evidence.blindSpots,
            remains: evidence.remains,
            requests: evidence.requests,
          },
  };
}
