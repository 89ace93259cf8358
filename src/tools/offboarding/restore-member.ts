import { z } from "zod";
import type { Effect } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { inverseOf, kindOf } from "../../effects/kinds.ts";
import { defineTool } from "../define.ts";
import { runId, writeFields } from "../fields.ts";

/** The account opens the way, then workspaces, then boards, then what is on them. */
const ORDER: readonly Effect["resource"][] = [
  "scim_user",
  "workspace_membership",
  "board_membership",
  "card",
];

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
    const done = run.effects.filter(({ state }) => state === "applied").map(({ effect }) => effect);
    const inverses = done.flatMap((effect) => inverseOf(effect));
    const missing: Effect[] = [];
    for (const effect of inverses) {
      if (!(await kindOf(effect).holds(effect, context.reads))) missing.push(effect);
    }
    const lost = done.filter((effect) => inverseOf(effect).length === 0);
    const there = inverses.length - missing.length;
    return {
      summary: `Undo the run ${run.id} (${run.plan.summary})`,
      effects: [...missing].sort((a, b) => ORDER.indexOf(a.resource) - ORDER.indexOf(b.resource)),
      warnings: [
        ...lost.map((effect) => `Cannot be undone: ${effect.description}`),
        ...(there > 0 ? [`${there} of it hold already and are left alone.`] : []),
      ],
      subjects: [],
      blindSpots: run.plan.blindSpots,
      remains: lost.map((effect) => `Not undone: ${effect.description}`),
    };
  },
});
