import { z } from "zod";
import { sentenceOf } from "../../domain/error.ts";
import { defineReadTool } from "../define.ts";
import { cursor, limit } from "../support/fields.ts";
import { moreLine } from "../support/page.ts";
import { plural } from "../../domain/text.ts";

export default defineReadTool({
  name: "list_runs",
  title: "List runs",
  description: "Lists the runs of this account, newest first, with results.",
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
        /** Why the run was stopped, and what to do. */
        stopped: z.string().optional(),
      }),
    ),
    /** Unfinished runs of other accounts, if no process works on them. */
    others: z
      .array(
        z.object({
          id: z.string(),
          account: z.string(),
          state: z.string(),
          done: z.number(),
          total: z.number(),
          startedAt: z.string(),
        }),
      )
      .optional(),
    cursor: z.string().optional(),
  }),
  async read(args, context) {
    const { runs, cursor: next, others } = await context.runs(args);
    return {
      runs: runs.map(({ id, tool, summary, state, done, total, startedAt, result, stopped }) => ({
        id,
        tool,
        summary,
        state,
        done,
        total,
        startedAt,
        evidence: result,
        ...(stopped && { stopped: sentenceOf(stopped) }),
      })),
      ...(others.length > 0 && {
        others: others.map(({ id, principal, state, done, total, startedAt }) => ({
          id,
          account: principal.name,
          state,
          done,
          total,
          startedAt,
        })),
      }),
      ...(next !== null && { cursor: next }),
    };
  },
  text: ({ runs, cursor: more, others = [] }) =>
    [
      `${runs.length === 0 ? "No runs" : plural(runs.length, "run")}${moreLine(more)}`,
      ...runs.map(
        ({ id, summary, state, done, total, startedAt, evidence, stopped }) =>
          `${startedAt.slice(0, 16)} ${id} ${state} ${done}/${total}${evidence ? `, evidence ${evidence}` : ""}: ${summary}${stopped ? ` ${stopped}` : ""}`,
      ),
      ...others.map(
        ({ id, account, state, done, total, startedAt }) =>
          `${startedAt.slice(0, 16)} ${id} ${state} ${done}/${total}, of ${account}: no process works on it. An administrator can end it on the server's machine with \`runs stop ${id}\`.`,
      ),
    ].join("\n"),
});
