import type { Effect } from "../../domain/effect.ts";
import type { PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import type { AppliedEffect, Run } from "../../domain/run.ts";
import { clean, listNames } from "../../domain/text.ts";

/** The parts of a target that say who is meant, in the words of each upstream. */
const PEOPLE = ["idMember", "from", "scimId", "userName", "accountId", "email"];

/** So many later runs are named. */
const MOST_NAMED = 3;

/**
 * What must be said if a later run changed the same people: the undo may take back on their behalf what that run did on
 * purpose, such as a dismissal. An undo of this run is no such run, because it was asked for with the same intent.
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
      `This run is not the last about these people. It ended ${since.slice(0, 10)}; later: ${listNames(lines, MOST_NAMED, { separator: "; " })}. Undoing it may give back what a later run took on purpose.`,
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

/** A run of another account is told without its summary. */
function lineOf({ runId, at, principal }: AppliedEffect, run: Run | null): string {
  const what = run ? `: ${clean(run.plan.summary, 120)}` : "";
  return `${runId} of ${at.slice(0, 10)} by ${clean(principal.name, 60)}${what}`;
}
