import { z } from "zod";
import { defineReadTool } from "../define.ts";
import { cursor, limit } from "../fields.ts";

export default defineReadTool({
  name: "list_runs",
  title: "List runs",
  description: "Runs of this account, newest first, with the evidence's result.",
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
    const page = await engine.runs({ limit: args.limit, ...(args.cursor && { before: args.cursor }) });
    const last = page.at(-1);
    return {
      runs: page
        .filter(({ plan }) => plan.principal.id === principal)
        .map(({ id, plan, state, effects, startedAt, evidence }) => ({
          id,
          tool: plan.tool,
          summary: plan.summary,
          state,
          done: effects.filter((effect) => effect.state === "applied" || effect.state === "already").length,
          total: effects.length,
          startedAt,
          evidence: evidence?.result ?? null,
        })),
      ...(last && page.length === args.limit && { cursor: last.id }),
    };
  },
  text: ({ runs }) =>
    runs
      .map(
        ({ id, summary, state, done, total, startedAt, evidence }) =>
          `${startedAt.slice(0, 16)} ${id} ${state} ${done}/${total}${evidence ? `, evidence ${evidence}` : ""}: ${summary}`,
      )
      .join("\n") || "No runs yet.",
});
