import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { Run } from "../../domain/run.ts";
import type { Engine } from "../../engine/engine.ts";
import { defineReadTool } from "../define.ts";
import { cursor, limit } from "../support/fields.ts";
import { cursorAt, moreLine, notOurs, placeIn } from "../support/page.ts";

const READ_AT_ONCE = 50;
const MOST_PAGES = 10;

export default defineReadTool({
  name: "list_runs",
  title: "List runs",
  description: "Runs of this account, newest first, with results.",
  toolset: "offboarding",
  input: z.strictObject({ limit: limit.default(20), cursor: cursor.optional() }),
  output: z.object({
    runs: z.array(
      z.object({
        id: z.string(),
        tool: z.string(),
        summary: z.string(),
        state: z.string(),
        done: z.number(),
        total: z.number(),
        startedAt: z.string(),
        evidence: z.string().nullable(),
      }),
    ),
    cursor: z.string().optional(),
  }),
  async read(args, { engine, reads }) {
    const { id: principal } = await reads.trello.me();
    const of = ["list_runs", principal];
    const found: Run[] = [];
    let before = args.cursor === undefined ? undefined : placeIn(args.cursor, of)[1];
    let more = true;
    // Runs of other accounts on the same store are passed over, and not for ever in one call.
    for (let page = 0; page < MOST_PAGES && more && found.length < args.limit; page += 1) {
      const runs = await runsBefore(before, engine);
      more = runs.length === READ_AT_ONCE;
      for (const [index, run] of runs.entries()) {
        before = run.id;
        if (run.plan.principal.id === principal) found.push(run);
        if (found.length < args.limit) continue;
        more ||= index < runs.length - 1;
        break;
      }
    }
    return {
      runs: found.map(({ id, plan, state, effects, startedAt, evidence }) => ({
        id,
        tool: plan.tool,
        summary: plan.summary,
        state,
        done: effects.filter((effect) => effect.state === "applied" || effect.state === "already").length,
        total: effects.length,
        startedAt,
        evidence: evidence?.result ?? null,
      })),
      ...(more && before !== undefined && { cursor: cursorAt(["", before], of) }),
    };
  },
  text: ({ runs, cursor: more }) =>
    [
      `${runs.length === 0 ? "No runs" : `${runs.length} runs`}${moreLine(more)}`,
      ...runs.map(
        ({ id, summary, state, done, total, startedAt, evidence }) =>
          `${startedAt.slice(0, 16)} ${id} ${state} ${done}/${total}${evidence ? `, evidence ${evidence}` : ""}: ${summary}`,
      ),
    ].join("\n"),
});

async function runsBefore(before: string | undefined, engine: Pick<Engine, "runs">) {
  try {
    return await engine.runs({ limit: READ_AT_ONCE, ...(before !== undefined && { before }) });
  } catch (thrown) {
    // The run that the page before ended with: whoever made the cursor up did not know one.
    if (thrown instanceof AppError && thrown.code === "NOT_FOUND") throw notOurs();
    throw thrown;
  }
}
