import { describe, expect, it, vi } from "vitest";
import { KINDS, smallClients } from "../../support/small-client.ts";
import { profileChange, refusedEffect, removal } from "../../support/planned-engine.ts";
import { sayYes } from "../../support/matrix.ts";

const start = smallClients();

describe.each(KINDS)("a plan, $sdk client of the $era era", (kind) => {
  it("without elicitation waits, and no call of the same client applies it", async () => {
    const { client, applied } = await start(kind);
    const waiting = await client.call("remove_thing", { thing: "x" });
    expect(waiting.isError).toBe(false);
    expect(waiting.structured).toMatchObject({
      status: "awaiting_confirmation",
      planId: "plan_1",
      approvalUrl: null,
      expiresAt: "2026-01-01T00:15:00.000Z",
      plan: {
        effects: [
          { op: "remove_board_member", description: "Remove Jane Doe from board Roadmap", reversible: true },
        ],
      },
    });
    expect(waiting.text).toContain("trello-identity-mcp approvals approve plan_1");
    for (let again = 0; again < 3; again += 1) {
      const reply = await client.call("apply_plan", { planId: "plan_1" });
      expect(reply.structured).toMatchObject({ status: "awaiting_confirmation", planId: "plan_1" });
      await client.call("remove_thing", { thing: "x" });
    }
    expect(applied).toEqual([]);
  });

  it("applies through apply_plan what a person approved elsewhere, and once", async () => {
    const { client, engine, applied } = await start(kind);
    await client.call("remove_thing", { thing: "x" });
    await engine.decide("plan_1", { accepted: true, level: "approval", by: "ops" });
    expect((await client.call("apply_plan", { planId: "plan_1" })).structured).toMatchObject({
      status: "applied",
    });
    // The run is nobody's to start a second time, and everybody's to ask about.
    const again = await client.call("apply_plan", { planId: "plan_1" });
    expect(again.structured).toMatchObject({ status: "applied", runId: "run_1" });
    await vi.waitFor(() => expect(applied).toEqual(["plan_1"]));
  });

  it("asks again through apply_plan where the client can ask", async () => {
    let asked = 0;
    const { client, applied } = await start(
      kind,
      {},
      {
        elicit: () => {
          asked += 1;
          if (asked === 1) throw new Error("the window was closed");
          return sayYes();
        },
      },
    );
    // In the handshake era the server hears of the failure and waits; later the client itself fails the call.
    const first = await client.call("remove_thing", { thing: "x" }).catch(() => null);
    expect(first?.structured["status"]).toBe(kind.era === "legacy" ? "awaiting_confirmation" : undefined);
    expect(applied).toEqual([]);
    expect((await client.call("apply_plan", { planId: "plan_1" })).structured).toMatchObject({
      status: "applied",
    });
    expect(asked).toBe(2);
    expect(applied).toEqual(["plan_1"]);
  });

  it("does not let the client's person stand in for an approval", async () => {
    for (const requires of ["approval", "four_eyes"] as const) {
      const { client, applied } = await start(kind, { requires }, { elicit: sayYes });
      const reply = await client.call("remove_thing", { thing: "x" });
      expect(reply.structured).toMatchObject({ status: "awaiting_confirmation", plan: { requires } });
      const later = await client.call("apply_plan", { planId: "plan_1" });
      expect(later.structured).toMatchObject({ status: "awaiting_confirmation" });
      expect(applied).toEqual([]);
    }
  });

  it("needs a second call for two_step, by apply_plan", async () => {
    const { client, applied, decisions } = await start(kind, { requires: "two_step" });
    const reply = await client.call("remove_thing", { thing: "x" });
    expect(reply.structured).toMatchObject({ status: "awaiting_confirmation" });
    expect(String(reply.structured["next"])).toContain("apply_plan");
    expect(applied).toEqual([]);
    expect((await client.call("apply_plan", { planId: "plan_1" })).structured).toMatchObject({
      status: "applied",
    });
    expect(decisions).toMatchObject([{ level: "two_step", accepted: true }]);
  });

  it("stores nothing for a dry run and nothing where all is so already", async () => {
    const { client, held, options } = await start(kind, {}, { elicit: sayYes });
    const reply = await client.call("remove_thing", { thing: "x", dryRun: true });
    expect(reply.structured).toMatchObject({ status: "planned", plan: { requires: "client" } });
    expect(reply.structured).not.toHaveProperty("planId");
    options.effects = [];
    expect((await client.call("remove_thing", { thing: "x" })).structured).toMatchObject({
      status: "already",
    });
    expect(held).toEqual([]);
  });

  it("asks nobody where no confirmation is needed", async () => {
    const { client, applied } = await start(kind, { effects: [profileChange("new")] });
    expect((await client.call("rename_thing", { thing: "x" })).structured).toMatchObject({
      status: "applied",
    });
    expect(applied).toEqual(["plan_1"]);
  });

  it("hides the plans of another principal", async () => {
    const { client, options, engine, applied } = await start(kind, {}, { elicit: sayYes });
    await engine.storePlan(await engine.propose("remove_thing", {}, { client: "other", subject: null }));
    options.principal = "other";
    const reply = await client.call("apply_plan", { planId: "plan_1" });
    expect(reply).toMatchObject({ isError: true, structured: { error: { code: "NOT_FOUND" } } });
    expect(applied).toEqual([]);
  });

  it("refuses an expired plan, and answers a changed world with the new plan", async () => {
    const { client, options, engine, applied } = await start(kind, {}, { elicit: sayYes });
    await engine.storePlan(await engine.propose("remove_thing", {}, { client: "other", subject: null }));
    options.now = "2026-01-01T01:00:00.000Z";
    expect(await client.call("apply_plan", { planId: "plan_1" })).toMatchObject({
      isError: true,
      structured: { error: { code: "CONFIRMATION_EXPIRED", retry: "replan" } },
    });
    options.stale = true;
    const stale = await client.call("remove_thing", { thing: "x" });
    expect(stale).toMatchObject({
      isError: true,
      structured: {
        error: { code: "PLAN_STALE", details: { plan: { summary: "Remove Jane Doe from 1 board." } } },
      },
    });
    expect(applied).toEqual([]);
  });

  it("says of a run that did not do everything what failed", async () => {
    const { client } = await start(kind, { effects: [removal("a"), refusedEffect("b")] }, { elicit: sayYes });
    const reply = await client.call("remove_thing", { thing: "x" });
    expect(reply).toMatchObject({
      isError: true,
      structured: { status: "partial", runId: "run_1", run: { applied: 1, failed: 1 } },
    });
    expect(reply.text).toMatch(/^PARTIALLY_APPLIED: .*Next: .*Call get_run with runId run_1/su);
  });
});
