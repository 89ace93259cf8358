import { z } from "zod";
import { defineReadTool } from "../define.ts";
import { cursor, limit } from "../support/fields.ts";
import { moreLine } from "../support/page.ts";

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
  async read(args, context) {
    const { runs, cursor: next } = await context.runs(args);
    return {
      runs: runs.map(({ id, tool, summary, state, done, total, startedAt, result }) => ({
        id,
        tool,
        summary,
        state,
        done,
        total,
        startedAt,
        evidence: result,
      })),
      ...(next !== null && { cursor: next }),
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
