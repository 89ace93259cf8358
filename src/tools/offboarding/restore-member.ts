import { z } from "zod";
import type { Effect } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { unknownRun } from "../../domain/run.ts";
import { kindOf, takesAway } from "../../effects/kinds.ts";
import { impactOf } from "../../planning/undo/losses.ts";
import { undo } from "../../planning/undo/undo.ts";
import { toolsFor } from "../../policy/tools-by-effect.ts";
import { defineTool } from "../define.ts";
import { runId, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "restore_member",
  title: "Restore a member",
  description: "Undoes a run; what cannot be undone is named.",
  toolset: "offboarding",
  effect: "grant",
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
    const impact = await impactOf(missing, context);
    return {
      summary: `Undo the run ${run.id} (${run.plan.summary})`,
      effects: missing,
      warnings: [
        ...lost.map((effect) => `${remedyOf(effect)}: ${effect.description}`),
        ...barred.map(({ effect, why }) => `Cannot be undone: ${effect.description}: ${why}`),
        ...changed.map(({ effect, why }) => `Left alone, changed since: ${effect.description}: ${why}`),
        ...(held > 0
          ? [`${held} of it ${held === 1 ? "holds already and is" : "hold already and are"} left alone.`]
          : []),
        ...impact.warnings,
      ],
      notes: impact.notes,
      impactUnknown: impact.unknown,
      // Whatever the run did, undoing it is what these tools do: it asks for what they would ask for.
      insteadOf: [...new Set(missing.flatMap((effect) => toolsFor(effect.op, takesAway(effect))))],
      subjects: impact.subjects,
      blindSpots: run.plan.blindSpots,
      remains: [
        ...lost.map((effect) => `Not undone: ${effect.description}`),
        ...[...barred, ...changed].map(({ effect, why }) => `Not done: ${effect.description}: ${why}`),
      ],
    };
  },
});

/** What there is to say of an effect that no other undoes: perhaps a tool of its own takes it back. */
function remedyOf(effect: Effect): string {
  const tool = kindOf(effect).takenBackBy;
  return tool === null ? "Cannot be undone" : `Not undone here, but by ${tool}`;
}
