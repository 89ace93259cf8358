import type { Plan } from "../domain/plan.ts";
import { clean } from "../domain/text.ts";
import { type Detail, effectLines, FULL, SHORT } from "./changes.ts";
import { identityLines } from "./identity-lines.ts";
import { sayOnce, section } from "./words.ts";

/** How much of a plan a reader sees. */
export interface PlanDetail {
  readonly changes: Detail;
  /** The most characters of a line in the lists below the changes. */
  readonly line: number;
  /** The most lines of a list below the changes. */
  readonly lines: number;
}

/**
 * How much each kind of reader sees. The changes themselves are never shortened, because the decision is about them.
 */
export const PLAN_DETAILS = {
  /** What a form in an MCP client shows: up to 200 lines of a list, because a plan can change about 200 people. */
  question: { changes: SHORT, line: 300, lines: 200 },
  /** What the answer to an agent contains. */
  answer: { changes: SHORT, line: 2000, lines: Number.POSITIVE_INFINITY },
  /** What a person at a terminal sees: the name of every person, board and card. */
  terminal: { changes: FULL, line: 2000, lines: Number.POSITIVE_INFINITY },
} as const satisfies Readonly<Record<string, PlanDetail>>;

/**
 * A plan as lines of text: the title, the changes (the most serious first), and everything else that the reader must
 * know.
 */
export function planText(
  plan: Plan,
  { detail, title }: { readonly detail: PlanDetail; readonly title: readonly string[] },
): string {
  const { impact, effects } = plan;
  const undo = impact.irreversible === 0 ? "" : `, ${impact.irreversible} cannot be undone`;
  const once = sayOnce();
  const list = (name: string, lines: readonly string[]) => section(name, cut(once(lines), detail));
  return [
    ...title,
    `Changes (${effects.length}${undo}):`,
    ...effectLines(effects, detail.changes),
    ...list("People", identityLines(plan)),
    ...list("Impact", impact.notes),
    ...list("Warnings", plan.warnings),
    ...list("Not visible", plan.blindSpots),
    ...list("Stays as it is", plan.untouched),
  ].join("\n");
}

/** Shortens long lines and long lists. A shortened list says how many lines are missing. */
function cut(lines: readonly string[], { line, lines: most }: PlanDetail): readonly string[] {
  const more = lines.length - most;
  const shown = lines.slice(0, most).map((each) => clean(each, line));
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}
