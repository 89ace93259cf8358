import { z } from "zod";
import { sentenceOf } from "../../domain/error.ts";
import { isDone, type Run, type RunEffect, unknownRun } from "../../domain/run.ts";
import { EVIDENCE_FORMS } from "../../report/forms.ts";
import { reportOf } from "../../report/record.ts";
import { defineReadTool } from "../define.ts";
import { runId } from "../support/fields.ts";

/** The most effects in one answer. Effects that are not done come first, so the cut never hides one of them. */
const SHOWN = 100;

function shown(effects: readonly RunEffect[]): readonly RunEffect[] {
  return [...effects.filter((effect) => !isDone(effect)), ...effects.filter(isDone)].slice(0, SHOWN);
}

/** What to do about a run that has not ended. */
function nextOf({ id, state, plan, stopped }: Run): string {
  if (stopped?.next) return stopped.next;
  if (state === "cancelled")
    return `Call apply_plan with planId ${plan.id} to do what is left, or restore_member with runId ${id} to undo what was done.`;
  return "The run goes on by itself; call get_run again for its outcome.";
}

/** The most effects that are not done and that the text names. */
const NAMED = 10;

export default defineReadTool({
  name: "get_run",
  title: "Get a run",
  description: "Progress, outcome and evidence of a run.",
  toolset: "offboarding",
  input: z.strictObject({ runId, format: z.enum(["json", "markdown", "html"]).default("json") }),
  output: z.object({
    id: z.string(),
    /** apply_plan takes this id to continue a cancelled run. */
    planId: z.string(),
    state: z.string(),
    tool: z.string(),
    summary: z.string(),
    requestedBy: z.string(),
    client: z.string(),
    reason: z.string().nullable(),
    ticket: z.string().nullable(),
    decidedBy: z.string().nullable(),
    decidedAt: z.string().nullable(),
    level: z.string().nullable(),
    digest: z.string(),
    startedAt: z.string(),
    endedAt: z.string().nullable(),
    /** What happens next to a run that has not ended. */
    next: z.string().optional(),
    /** Why the run was stopped, and what to do. */
    stopped: z.string().optional(),
    /** How many effects this answer leaves out. The report has all of them. */
    more: z.number().optional(),
    report: z.string().optional(),
    effects: z.array(
      z.object({
        description: z.string(),
        state: z.string(),
        before: z.unknown(),
        after: z.unknown(),
        attempts: z.number(),
        settledAt: z.string().nullable(),
        error: z.string().nullable(),
      }),
    ),
    evidence: z
      .object({
        result: z.string(),
        checkedAt: z.string(),
        unfinished: z.array(z.string()),
        unverified: z.array(z.string()),
        blindSpots: z.array(z.string()),
        untouched: z.array(z.string()),
        requests: z.number(),
      })
      .nullable(),
  }),
  async read(args, context) {
    const run = await context.run(args.runId);
    if (!run) throw unknownRun();
    const { plan, decision, evidence } = run;
    return {
      id: run.id,
      planId: plan.id,
      state: run.state,
      tool: plan.tool,
      summary: plan.summary,
      requestedBy: plan.principal.name,
      client: plan.principal.client,
      reason: plan.reason,
      ticket: plan.ticket,
      decidedBy: decision?.by ?? null,
      decidedAt: decision?.at ?? null,
      level: decision?.level ?? null,
      digest: plan.digest,
      startedAt: run.startedAt,
      endedAt: run.endedAt,
      ...(run.stopped && { stopped: sentenceOf(run.stopped) }),
      ...(run.evidence === null && { next: nextOf(run) }),
      ...(run.effects.length > SHOWN && { more: run.effects.length - SHOWN }),
      ...(args.format !== "json" && { report: EVIDENCE_FORMS[args.format].write(reportOf(run)) }),
      effects: shown(run.effects).map(({ effect, state, attempts, settledAt, error }) => ({
        description: effect.description,
        state,
        before: effect.before,
        after: effect.after,
        attempts,
        settledAt,
        error: error && sentenceOf(error),
      })),
      evidence: evidence && {
        result: evidence.result,
        checkedAt: evidence.checkedAt,
        unfinished: [...evidence.unfinished],
        unverified: [...evidence.unverified],
        blindSpots: [...evidence.blindSpots],
        untouched: [...evidence.untouched],
        requests: evidence.requests,
      },
    };
  },
  text({ report, id, state, summary, effects, evidence, decidedBy, stopped, next }) {
    const count = (wanted: string) => effects.filter((effect) => effect.state === wanted).length;
    // An HTML page is not sent as text, because its long lines would be cut.
    const page = report?.startsWith("<!doctype html>") === true;
    if (report !== undefined && !page) return report;
    const left = effects.filter((effect) => ["pending", "sent", "lost"].includes(effect.state));
    const lines = left.slice(0, NAMED).map((effect) => `Left: ${effect.description}`);
    return [
      `Run ${id}: ${state}. ${summary}`,
      ...(stopped ? [stopped] : []),
      `${effects.length} effects: ${count("applied")} applied, ${count("already")} already as wanted, ${count("failed")} failed${decidedBy ? `; decided by ${decidedBy}` : ""}`,
      evidence ? `Evidence: ${evidence.result}, ${evidence.requests} requests` : "Evidence: not checked yet",
      ...(evidence?.unfinished ?? []).map((line) => `Not done: ${line}`),
      ...(evidence?.unverified ?? []).map((line) => `Could not be read again to check it: ${line}`),
      ...(evidence ? [] : lines),
      ...(evidence || left.length <= NAMED ? [] : [`Left: ${left.length - NAMED} more`]),
      ...(next && !stopped ? [next] : []),
      ...(page ? ["The field `report` of the structured content holds the evidence as one HTML page."] : []),
    ].join("\n");
  },
});
