import { expect, it } from "vitest";
import type { ToolReply } from "../support/client.ts";
import { errorOf, type Way } from "./describe-tool.ts";

/** A change that was applied and proven, in the shape that every write tool answers. */
export function expectApplied(reply: ToolReply, effects: number): void {
  expect(reply.text).toMatch(/^Applied: /);
  expect(reply.structured).toMatchObject({
    status: "applied",
    runId: expect.stringMatching(/^run_/),
    run: { total: effects, failed: 0, evidence: { result: "PASS", remaining: [] } },
  });
}

/** The journal and evidence of the run behind an answer. */
export async function journalOf(way: Way, reply: ToolReply): Promise<Readonly<Record<string, unknown>>> {
  const { structured, isError } = await way.call("get_run", { runId: reply.structured["runId"] });
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

/** What holds for every tool that changes something, given arguments that would change something. */
export function itPlansFirst(way: Way, tool: string, args: Readonly<Record<string, unknown>>): void {
  it("only plans on a dry run: nothing is written, nothing stored, nobody asked", async () => {
    const reply = await way.call(tool, { ...args, dryRun: true });
    expect(reply.text).toMatch(/^Planned, nothing changed\./);
    expect(reply.structured).toMatchObject({ status: "planned", plan: { digest: expect.any(String) } });
    expect(plannedOps(reply).length).toBeGreaterThan(0);
    expect(reply.structured).not.toHaveProperty("planId");
    expect(way.writes()).toEqual([]);
    expect(way.person.questions).toEqual([]);
  });

  it("refuses unknown fields", async () => {
    const reply = await way.call(tool, { ...args, force: true });
    expect(errorOf(reply)).toMatchObject({ code: "INPUT_INVALID", details: { fields: ["force"] } });
    expect(reply.text).toMatch(/unknown field force \(allowed: .+\)/);
    expect(way.writes()).toEqual([]);
  });
}

/** What holds besides for every change that a person must decide on. */
export function itAsksFirst(way: Way, tool: string, args: Readonly<Record<string, unknown>>): void {
  it("changes nothing where the person declines or cancels", async () => {
    for (const action of ["decline", "cancel"] as const) {
      way.person.answer = () => ({ action });
      const reply = await way.call(tool, args);
      expect(reply.structured).toMatchObject({ status: "declined" });
    }
    way.person.answer = () => ({ action: "accept", content: { confirm: false } });
    expect((await way.call(tool, args)).structured).toMatchObject({ status: "declined" });
    expect(way.person.questions).toHaveLength(3);
    expect(way.writes()).toEqual([]);
  });

  it("waits for a person elsewhere where the client cannot ask", async () => {
    const mute = await way.mute();
    const reply = await mute.call(tool, args);
    expect(reply.structured).toMatchObject({
      status: "awaiting_confirmation",
      planId: expect.stringMatching(/^plan_/),
      approvalUrl: null,
      expiresAt: expect.any(String),
      next: expect.stringContaining("approvals approve"),
    });
    expect(errorlessTextOf(reply)).toContain("nothing changed");
    expect(way.writes()).toEqual([]);
  });
}

function errorlessTextOf(reply: ToolReply): string {
  expect(reply.isError).toBe(false);
  return reply.text;
}
