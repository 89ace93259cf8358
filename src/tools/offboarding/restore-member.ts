import { z } from "zod";
import type { Effect } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { unknownRun } from "../../domain/run.ts";
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
    const run = await context.run(args.runId);
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
          blindSpots: run.plan.blindSpots,
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
