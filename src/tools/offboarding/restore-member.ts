import { z } from "zod";
import type { Effect } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { type Run, unknownRun } from "../../domain/run.ts";
import { clean } from "../../domain/text.ts";
import { kindOf } from "../../effects/kinds.ts";
import { withCards } from "../../planning/boards/removals.ts";
import { laterRuns } from "../../planning/undo/later-runs.ts";
import { lossesOfUndo } from "../../planning/undo/losses.ts";
import { planUndo } from "../../planning/undo/undo.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { runId, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "restore_member",
  title: "Restore a member",
  description: "Undoes a run; what cannot be undone is named.",
  toolset: "offboarding",
  effect: "grant",
  makes: "inverses",
  confirmation: "client",
  input: z.strictObject({ runId, ...writeFields }),
  async plan(args, context): Promise<PlanDraft> {
    const own = await context.run(args.runId);
    const run = own ?? (await context.stoppedRun(args.runId));
    if (!run) throw unknownRun();
    if (run.state === "running" || run.state === "verifying") {
      throw new AppError("CONFLICT", "The run has not ended yet.", {
        next: "Follow it with get_run, then call again.",
        retry: "later",
      });
    }
    const { toApply, alreadyUndone, irreversible, blocked, changedSince, unknown } = await planUndo(
      run.effects,
      context.reads,
    );
    const notDone = [
      ...irreversible.map((effect) => `Not undone: ${effect.description}`),
      ...[...blocked, ...changedSince].map(({ effect, why }) => `Not done: ${effect.description}: ${why}`),
      ...unknown.map(({ effect, why }) => `Not known whether it was made: ${effect.description}: ${why}`),
    ];
    return {
      summary: `Undo the run ${run.id} (${run.plan.summary})`,
      ...combine(
        {
          warnings: [
            ...irreversible.map((effect) => `${remedyText(effect)}: ${effect.description}`),
            ...blocked.map(({ effect, why }) => `Cannot be undone: ${effect.description}: ${why}`),
            ...changedSince.map(
              ({ effect, why }) => `Left as it is, because it changed since: ${effect.description}: ${why}`,
            ),
            ...unknown.map(
              ({ effect, why }) =>
                `Its answer was lost, so it is not known whether it was made, and it is not undone: ${effect.description}: ${why}`,
            ),
            ...(alreadyUndone > 0
              ? [`${alreadyUndone === 1 ? "1 change is" : `${alreadyUndone} changes are`} undone already.`]
              : []),
          ],
          blindSpots: [...run.plan.blindSpots, ...(own ? [] : [othersRunText(run)])],
          impactUnknown: own === null,
          untouched: notDone,
          notReached: notDone,
        },
        await withCards(toApply, context.reads),
        await lossesOfUndo(toApply, context),
        await laterRuns(run, toApply, context),
      ),
    };
  },
});

/** What to say of an effect that no other effect undoes. A tool of its own may take it back. */
function remedyText(effect: Effect): string {
  const tool = kindOf(effect).revokedBy;
  return tool === undefined ? "Cannot be undone" : `Not undone here, but by ${tool}`;
}

/** What must be said of a run that another account began: its token may have reached what this one does not. */
function othersRunText({ plan }: Run): string {
  return `The run was begun by ${clean(plan.principal.name)} with another token, which may have seen more.`;
}
