import type { Plan } from "../domain/plan.ts";
import { clean } from "../domain/text.ts";
import { effectLines, FULL } from "./changes.ts";

/** A plan in full, for the person who decides on it: everybody and every place by name, and what cannot be undone marked. */
export function planLines(plan: Plan): readonly string[] {
  return [
    `Plan ${plan.id}: ${clean(plan.summary, 300)}`,
    `  asked by     ${clean(plan.principal.name)} through ${clean(plan.principal.client)}, tool ${plan.tool}`,
    ...(plan.reason ? [`  reason       ${clean(plan.reason, 300)}`] : []),
    ...(plan.ticket ? [`  ticket       ${clean(plan.ticket)}`] : []),
    `  needs        ${plan.requires}`,
    `  valid until  ${plan.expiresAt}`,
    `  writes       ${plan.impact.writes}, of which ${plan.impact.irreversible} cannot be undone`,
    ...effectLines(plan.effects, FULL).map((line) => `    ${line}`),
    ...section("impact", plan.impact.notes),
    ...section("warnings", plan.warnings),
    ...section("not visible", plan.blindSpots),
    ...section("stays as it is", plan.remains),
    `  digest       ${plan.digest}`,
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`  ${title}:`, ...lines.map((line) => `    - ${clean(line, 300)}`)];
}
