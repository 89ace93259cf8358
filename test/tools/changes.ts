import { expect } from "vitest";
import type { ToolReply } from "../support/client.ts";
import type { Way } from "./describe-tool.ts";

/** A change that was applied and proven, in the shape that every write tool answers. */
export function expectApplied(reply: ToolReply, effects: number): void {
  expect(reply.text).toMatch(/^Applied: /);
  expect(reply.structured).toMatchObject({
    status: "applied",
    runId: expect.stringMatching(/^run_/),
    run: { total: effects, failed: 0, evidence: { result: "PASS", unfinished: [] } },
  });
}

/** The journal and evidence of the run behind an answer. */
export async function journalOf(way: Way, reply: ToolReply): Promise<Readonly<Record<string, unknown>>> {
  const { structured, isError } = await way.call("get_run", { runId: reply.structured["runId"], limit: 100 });
  expect(isError).toBe(false);
  return structured;
}

/** The effects that a reply's plan lists, as `op`. */
export function plannedOps(reply: ToolReply): readonly string[] {
  const plan = reply.structured["plan"] as { readonly effects: readonly { readonly op: string }[] };
  return plan.effects.map(({ op }) => op);
}

/** The warnings of a reply's plan. */
export function warningsOf(reply: ToolReply): readonly string[] {
  return (reply.structured["plan"] as { readonly warnings: readonly string[] }).warnings;
}
