import { z } from "zod";
import { sentenceOf } from "../../domain/error.ts";
import { isDone, type Run, type RunEffect, unknownRun, waitingLines } from "../../domain/run.ts";
import { plural } from "../../domain/text.ts";
import { EVIDENCE_FORMS, evidenceAddress } from "../../report/forms.ts";
import { reportOf } from "../../report/record.ts";
import { decidedText, evidenceText, section } from "../../report/words.ts";
import { defineReadTool } from "../define.ts";
import { cursor, limit, runId } from "../support/fields.ts";
import { moreLine, paginate } from "../support/page.ts";

/** The next step for a run that has not ended. */
function nextOf({ id, state, plan, stopped }: Run): string {
  if (stopped?.next) return stopped.next;
  if (state === "cancelled")
    return `Call apply_plan with planId ${plan.id} to do what is left, or restore_member with runId ${id} to undo what was done.`;
  return "The run continues by itself; call get_run again for its outcome.";
}

/** If a run has no evidence yet, the answer names at most 10 effects that are not made yet. */
const NAMED = 10;

/** How many effects have each result. `open`: effects whose result is not known yet. */
function countsOf(effects: readonly RunEffect[]) {
  const count = (...states: readonly string[]) =>
    effects.filter(({ state }) => states.includes(state)).length;
  return {
    applied: count("applied"),
    already: count("already"),
    failed: count("failed"),
    open: count("pending", "sent", "lost"),
  };
}

export default defineReadTool({
  name: "get_run",
  title: "Get a run",
  description:
    "Progress, outcome, effects and evidence of a run; `format: html` gives the address of the page.",
  toolset: "offboarding",
  input: z.strictObject({
    runId,
    format: z.enum(["json", "markdown", "html"]).default("json"),
    limit: limit.default(25),
    cursor: cursor.optional(),
  }),
  output: z.object({
    id: z.string(),
    /** The id of the run's plan. apply_plan with this id continues a cancelled run. */
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
    /** The next step for a run that has not ended. */
    next: z.string().optional(),
    /** Why the run was stopped, and what to do. */
    stopped: z.string().optional(),
    /** Who approved the plan and how, or why no approval was needed. */
    decided: z.string(),
    total: z.number(),
    counts: z.object({ applied: z.number(), already: z.number(), failed: z.number(), open: z.number() }),
    /**
     * What the run still waits for after all effects were sent, such as a person's sign-in. Until then, its result is
     * INCOMPLETE.
     */
    waiting: z.array(z.string()).optional(),
    /** The first ten effects that the run has not made yet. */
    left: z.array(z.string()).optional(),
    report: z.string().optional(),
    /** The address of the evidence as an HTML page. A client can read it as an MCP resource with this address. */
    resource: z.string().optional(),
    /** One page of the run's effects. Effects that are not made yet come first. */
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
    cursor: z.string().optional(),
  }),
  async read(args, context) {
    const run = await context.run(args.runId);
    if (!run) throw (await context.notStarted(args.runId)) ?? unknownRun();
    const { plan, decision, evidence } = run;
    const page = paginate(run.effects, {
      limit: args.limit,
      cursor: args.cursor,
      of: ["get_run", run.id],
      sort: (effect) => (isDone(effect) ? "done" : "a"),
      id: ({ index }) => String(index).padStart(6, "0"),
    });
    const left = run.effects.filter(({ state }) => ["pending", "sent", "lost"].includes(state));
    const waiting = waitingLines(run);
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
      decided: decidedText(run),
      total: run.effects.length,
      counts: countsOf(run.effects),
      ...(evidence === null && {
        left: left.slice(0, NAMED).map(({ effect }) => effect.description),
      }),
      ...(waiting.length > 0 && { waiting: [...waiting] }),
      ...(args.format === "markdown" && { report: EVIDENCE_FORMS.markdown.write(reportOf(run)) }),
      ...(args.format === "html" && { resource: evidenceAddress(run.id, ".html") }),
      effects: page.rows.map(({ effect, state, attempts, settledAt, error }) => ({
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
      ...(page.cursor && { cursor: page.cursor }),
    };
  },
  text({
    report,
    resource,
    id,
    state,
    summary,
    total,
    counts,
    waiting = [],
    left = [],
    effects,
    evidence,
    ...rest
  }) {
    const { decided, stopped, next, cursor: more } = rest;
    if (report !== undefined) return report;
    return [
      `Run ${id}: ${state}. ${summary}`,
      ...(stopped ? [stopped] : []),
      `${plural(total, "effect")}: ${counts.applied} applied, ${counts.already} already as wanted, ${counts.failed} failed${counts.open > 0 ? `, ${counts.open} open` : ""}`,
      decided,
      evidence
        ? evidenceText(evidence, total)
        : waiting.length > 0
          ? "Evidence: INCOMPLETE until the applications answer"
          : "Evidence: not checked yet",
      ...section("Not done", waiting),
      ...section("Not done", evidence?.unfinished ?? []),
      ...section("Could not be read again to check it", evidence?.unverified ?? []),
      ...section("Not visible", evidence?.blindSpots ?? []),
      ...section("Stays as it is", evidence?.untouched ?? []),
      ...section("Left", left),
      ...(counts.open > left.length && !evidence ? [`Left: ${counts.open - left.length} more`] : []),
      ...(next && !stopped ? [next] : []),
      ...(resource ? [`The evidence as an HTML page is the MCP resource ${resource}`] : []),
      ...(effects.length < total
        ? [
            `The structured content of this answer lists ${effects.length} of ${plural(total, "effect")}${moreLine(more)}`,
          ]
        : []),
    ].join("\n");
  },
});
