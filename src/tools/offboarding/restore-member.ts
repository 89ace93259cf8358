import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { defineTool } from "../define.ts";
import { runId, writeFields } from "../fields.ts";
import { undo } from "../undo.ts";

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
    if (!run) {
      throw new AppError("NOT_FOUND", "There is no run with that id.", {
        next: "Use list_runs for the runs of this account.",
      });
    }
    if (run.state === "running" || run.state === "verifying") {
      throw new AppError("CONFLICT", "The run has not ended yet.", {
        next: "Follow it with get_run, then call again.",
        retry: "later",
      });
    }
    const { missing, held, lost, barred } = await undo(run.effects, context.reads);
    const people = new Set(missing.flatMap(({ target }) => target["idMember"] || []));
    return {
      summary: `Undo the run ${run.id} (${run.plan.summary})`,
      effects: missing,
      warnings: [
        ...lost.map((effect) => `Cannot be undone: ${effect.description}`),
        ...barred.map(({ effect, why }) => `Cannot be undone: ${effect.description}: ${why}`),
        ...(held > 0
          ? [`${held} of it ${held === 1 ? "holds already and is" : "hold already and are"} left alone.`]
          : []),
      ],
      subjects: [...people].map((idMember) => ({ idMember })),
      blindSpots: run.plan.blindSpots,
      remains: [
        ...lost.map((effect) => `Not undone: ${effect.description}`),
        ...barred.map(({ effect }) => `Not done: ${effect.description}`),
      ],
    };
  },
});
