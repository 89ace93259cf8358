import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { expectApplied } from "../changes.ts";
import { countStored, decideAtTerminal, letExpire } from "../decisions.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { boardsWith, WORKSPACES, workspaceIn } from "../world.ts";

const { standard } = WORKSPACES;
const removal = { workspace: standard.id, member: SEED.successor.id };

describeTool("apply_plan", (way) => {
  /** A plan that a client held which cannot ask. */
  const waiting = async (args: Record<string, unknown> = removal) => {
    const { structured } = await (await way.mute()).call("remove_from_boards", args);
    expect(structured["status"]).toBe("awaiting_confirmation");
    return structured["planId"];
  };
  const apply = async (planId: unknown) => (await way.mute()).call("apply_plan", { planId });
  const left = () => boardsWith(way.world, standard.id, SEED.successor.id).length;

  it("applies what a person approved elsewhere, and a decision counts once", async () => {
    const planId = await waiting();
    const boards = left();
    await decideAtTerminal(way.product, planId, true);
    const reply = await apply(planId);
    expectApplied(reply, boards);
    expect(left()).toBe(0);
    // Asked again, it tells the outcome of the one run, and begins none.
    const runs = countStored(way.product).runs;
    const again = await apply(planId);
    expect(again.structured).toMatchObject({ status: "applied", runId: reply.structured["runId"] });
    expect(countStored(way.product).runs).toBe(runs);
    expect(way.writes()).toHaveLength(boards);
    const run = await way.call("get_run", { runId: reply.structured["runId"] });
    expect(run.structured).toMatchObject({ decidedBy: "somebody at the terminal", level: "approval" });
  });

  it("applies nothing that nobody decided on, however often it is called", async () => {
    const planId = await waiting();
    for (let n = 0; n < 3; n += 1) {
      expect((await apply(planId)).structured).toMatchObject({ status: "awaiting_confirmation", planId });
    }
    expect(way.writes()).toEqual([]);
  });

  it("asks the person at a client that can ask", async () => {
    const planId = await waiting();
    const boards = left();
    expectApplied(await way.call("apply_plan", { planId }), boards);
    expect(way.person.questions).toHaveLength(1);
  });

  it("applies nothing that a person rejected", async () => {
    const planId = await waiting();
    await decideAtTerminal(way.product, planId, false);
    expect(errorOf(await apply(planId))).toMatchObject({ code: "CONFIRMATION_DECLINED" });
    expect(errorOf(await way.call("apply_plan", { planId }))).toMatchObject({
      code: "CONFIRMATION_DECLINED",
    });
    expect(way.writes()).toEqual([]);
  });

  it("applies nothing when the state has changed since, and the decision is worth nothing then", async () => {
    const planId = await waiting();
    await decideAtTerminal(way.product, planId, true);
    const [board] = boardsWith(way.world, standard.id, SEED.successor.id);
    const row = board?.memberships.find(({ idMember }) => idMember === SEED.successor.id);
    if (row) row.memberType = "admin";
    expect(errorOf(await apply(planId))).toMatchObject({ code: "PLAN_STALE" });
    if (row) row.memberType = "normal";
    expect(errorOf(await apply(planId))).toMatchObject({ code: "PLAN_STALE" });
    expect(way.writes()).toEqual([]);
  });

  it("applies nothing late", async () => {
    const planId = await waiting();
    await decideAtTerminal(way.product, planId, true);
    letExpire(way.product, planId);
    expect(errorOf(await apply(planId))).toMatchObject({ code: "CONFIRMATION_EXPIRED" });
    expect(way.writes()).toEqual([]);
  });

  it("knows the workspace again that was renamed between plan and apply", async () => {
    const planId = await waiting({ ...removal, workspace: standard.name });
    const boards = left();
    await decideAtTerminal(way.product, planId, true);
    workspaceIn(way.world, standard.id).name = "renamedmeanwhile";
    expectApplied(await apply(planId), boards);
    expect(left()).toBe(0);
  });

  it("never takes another workspace that has the old slug now", async () => {
    const planId = await waiting({ ...removal, workspace: standard.name });
    await decideAtTerminal(way.product, planId, true);
    workspaceIn(way.world, standard.id).name = "renamedmeanwhile";
    workspaceIn(way.world, WORKSPACES.enterprise.id).name = standard.name;
    const before = boardsWith(way.world, WORKSPACES.enterprise.id, SEED.successor.id).length;
    expect(before).toBeGreaterThan(0);
    await apply(planId);
    expect(boardsWith(way.world, WORKSPACES.enterprise.id, SEED.successor.id)).toHaveLength(before);
  });

  it("hides a plan from the owner of another token", async () => {
    const planId = await waiting();
    const other = await way.other({ TRELLO_API_TOKEN: SEED.tokens.normalMember });
    expect(errorOf(await other.call("apply_plan", { planId }))).toMatchObject({ code: "NOT_FOUND" });
    expect(way.writes()).toEqual([]);
    // Approved, the run starts by itself for the owner of the plan, and still not for another.
    const boards = left();
    await decideAtTerminal(way.product, planId, true);
    expect(errorOf(await other.call("apply_plan", { planId }))).toMatchObject({ code: "NOT_FOUND" });
    expectApplied(await way.call("apply_plan", { planId }), boards);
  });

  it("is enough by itself only where two_step is configured", async () => {
    // The policy of these tests names the tools, and asks a person for them.
    const twoStep = await way.other({ IDENTITY_CONFIRMATION: "two_step", IDENTITY_POLICY_FILE: "" });
    const held = await twoStep.call("remove_from_boards", removal);
    expect(held.structured).toMatchObject({ status: "awaiting_confirmation" });
    expect(way.writes()).toEqual([]);
    const boards = left();
    expectApplied(await twoStep.call("apply_plan", { planId: held.structured["planId"] }), boards);
  });

  it.each([
    [{ planId: "plan_made_up" }, "NOT_FOUND"],
    [{}, "INPUT_INVALID"],
    [{ planId: "plan_made_up", confirm: true }, "INPUT_INVALID"],
  ])("refuses %j with %s", async (args, code) => {
    expect(errorOf(await way.call("apply_plan", args))).toMatchObject({
      code,
      next: expect.stringMatching(/\w+/),
    });
  });
});
