import { z } from "zod";
import type { Effect } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { type Run, unknownRun } from "../../domain/run.ts";
import { clean } from "../../domain/text.ts";
import { kindOf } from "../../effects/kinds.ts";
import { withCards } from "../../planning/boards/removals.ts";
import { lossesOfUndo } from "../../planning/undo/losses.ts";
import { undo } from "../../planning/undo/undo.ts";
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
    const { missing, held, lost, barred, changed } = await undo(run.effects, context.reads);
    const toApply = await withCards(missing, context.reads);
    return {
      summary: `Undo the run ${run.id} (${run.plan.summary})`,
      ...combine(
        {
          warnings: [
            ...lost.map((effect) => `${remedyOf(effect)}: ${effect.description}`),
            ...barred.map(({ effect, why }) => `Cannot be undone: ${effect.description}: ${why}`),
            ...changed.map(({ effect, why }) => `Left alone, changed since: ${effect.description}: ${why}`),
            ...(held > 0
              ? [`${held} of it ${held === 1 ? "holds already and is" : "hold already and are"} left alone.`]
              : []),
          ],
          blindSpots: [...run.plan.blindSpots, ...(own ? [] : [othersRunText(run)])],
          impactUnknown: own === null,
          untouched: [
            ...lost.map((effect) => `Not undone: ${effect.description}`),
            ...[...barred, ...changed].map(({ effect, why }) => `Not done: ${effect.description}: ${why}`),
          ],
        },
        toApply,
        await lossesOfUndo(missing, context),
      ),
    };
  },
});

/** What there is to say of an effect that no other undoes: perhaps a tool of its own takes it back. */
function remedyOf(effect: Effect): string {
  const tool = kindOf(effect).revokedBy;
  return tool === undefined ? "Cannot be undone" : `Not undone here, but by ${tool}`;
}

/** What must be said of a run that another account began: its token may have reached what this one does not. */
function othersRunText({ plan }: Run): string {
  return `The run was begun by ${clean(plan.principal.name)} with another token, which may have seen more.`;
}
