import type { Effect } from "../../domain/effect.ts";
import type { PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import type { AppliedEffect, Run } from "../../domain/run.ts";
import { clean, listNames } from "../../domain/text.ts";

/**
 * The fields of an effect's target that identify the person. The effects on Trello, the SCIM directory and accounts use
 * different fields.
 */
const PEOPLE = ["idMember", "from", "scimId", "userName", "accountId", "email"];

/** A warning names at most 3 later runs. */
const MOST_NAMED = 3;

/**
 * Warns if a later run changed the same people. The undo may give back access that the later run took away on purpose,
 * for example after a dismissal. Another undo of the same run is not warned about.
 */
export async function laterRuns(
  run: Run,
  toApply: readonly Effect[],
  context: PlanContext,
): Promise<PlanPart> {
  const people = new Set(toApply.flatMap(peopleOf));
  if (people.size === 0) return {};
  const since = run.endedAt ?? run.startedAt;
  const later = new Map<string, AppliedEffect>();
  for (const row of await context.appliedSince(since)) {
    const isLater = row.runId !== run.id && row.at > since;
    if (isLater && !later.has(row.runId) && peopleOf(row.effect).some((person) => people.has(person)))
      later.set(row.runId, row);
  }
  const lines: string[] = [];
  for (const row of later.values()) {
    const other = await context.run(row.runId);
    if (!(other && undoes(other, run))) lines.push(lineOf(row, other));
  }
  if (lines.length === 0) return {};
  return {
    warnings: [
      `Later runs changed the same people after this run, which ended ${since.slice(0, 10)}: ${listNames(lines, MOST_NAMED, { separator: "; " })}. The undo may give back what a later run took on purpose.`,
    ],
    afterLaterRun: true,
  };
}

function peopleOf({ target }: Effect): readonly string[] {
  return PEOPLE.flatMap((name) => target[name]?.toLowerCase() || []);
}

function undoes({ plan: { tool, args } }: Run, { id }: Run): boolean {
  return tool === "restore_member" && (args as { readonly runId?: string }).runId === id;
}

/** One line about a later run. If the run belongs to another account, the line has no summary. */
function lineOf({ runId, at, principal }: AppliedEffect, run: Run | null): string {
  const what = run ? `: ${clean(run.plan.summary, 120)}` : "";
  return `${runId} of ${at.slice(0, 10)} by ${clean(principal.name, 60)}${what}`;
}
