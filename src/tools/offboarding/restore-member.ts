import { z } from "zod";
import type { Effect } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { type Run, unknownRun } from "../../domain/run.ts";
import { clean } from "../../domain/text.ts";
import { kindOf } from "../../effects/kinds.ts";
import { takesFromPerson } from "../../effects/taking.ts";
import { withCards } from "../../planning/boards/removals.ts";
import { laterRuns } from "../../planning/undo/later-runs.ts";
import { lossesOfUndo } from "../../planning/undo/losses.ts";
import { planUndo, type Undo } from "../../planning/undo/undo.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { runId, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "restore_member",
  title: "Restore a member",
  description: "Undoes a run. Names what cannot be undone.",
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
        next: "Call get_run until it says that the run has ended. Then call restore_member again.",
        retry: "later",
      });
    }
    const undo = await planUndo(run.effects, context.reads);
    const { alreadyUndone, irreversible, changedSince, waiting, unknown } = undo;
    const { toApply, blocked } = await sparingOwner(undo, context);
    const notDone = [
      ...irreversible.map((effect) => `Not undone: ${effect.description}`),
      ...[...blocked, ...changedSince].map(({ effect, why }) => `Not done: ${effect.description}: ${why}`),
      ...unknown.map(({ effect, why }) => `Perhaps made, not undone: ${effect.description}: ${why}`),
    ];
    return {
      summary: `Undo the run ${run.id} (${run.plan.summary})`,
      ...combine(
        {
          warnings: [
            ...irreversible.map((effect) => `${remedyText(effect)}: ${effect.description}`),
            ...waiting.map(
              ({ effect, why }) => `Will be undone as soon as it is possible: ${effect.description}: ${why}`,
            ),
            ...blocked.map(({ effect, why }) => `Cannot be undone: ${effect.description}: ${why}`),
            ...changedSince.map(
              ({ effect, why }) =>
                `Not undone, because the state changed again after the run: ${effect.description}: ${why}`,
            ),
            ...unknown.map(
              ({ effect, why }) =>
                `Not undone, because the answer of Trello or Atlassian was lost and the change was perhaps not made: ${effect.description}: ${why}`,
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

/**
 * Leaves out effects that would take access from the account that this server uses, for example if that account took
 * over boards. With such effects, a guard would refuse the whole plan. If all effects are of this kind, none is left
 * out, and the guard refuses the plan.
 */
async function sparingOwner(
  { toApply, blocked }: Undo,
  { reads }: PlanContext,
): Promise<Pick<Undo, "toApply" | "blocked">> {
  const { id } = await reads.trello.me();
  const isOwn = (effect: Effect) => effect.target["idMember"] === id && takesFromPerson(effect);
  const others = toApply.filter((effect) => !isOwn(effect));
  if (others.length === 0 || others.length === toApply.length) return { toApply, blocked };
  const why = "it would take access from the account that this server uses";
  return {
    toApply: others,
    blocked: [...blocked, ...toApply.filter(isOwn).map((effect) => ({ effect, why }))],
  };
}

/**
 * The warning for an effect that cannot be undone. If another tool can still take the access away, the warning names
 * that tool.
 */
function remedyText(effect: Effect): string {
  const tool = kindOf(effect).revokedBy;
  return tool === undefined ? "Cannot be undone" : `Not undone here. Use ${tool}`;
}

/**
 * The sentence for a run that another account started. The Trello token of that account may have seen more than this
 * server's Trello token.
 */
function othersRunText({ plan }: Run): string {
  return `${clean(plan.principal.name)} started the run with another token. That token may have seen more than the token of this server.`;
}
