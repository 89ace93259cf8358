import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { expectApplied, journalOf, plannedOps } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { boardsWith, inWorkspace, WORKSPACES, workspaceIn } from "../world.ts";

const { standard, enterprise, premium, free } = WORKSPACES;
const leaver = { workspace: standard.id, member: SEED.leaver.id };

describeTool("remove_from_workspace", (way) => {
  const remove = (args: Record<string, unknown>) => way.call("remove_from_workspace", args);
  const isGone = (idWorkspace: string, idMember: string) =>
    inWorkspace(way.world, idWorkspace, idMember) === undefined &&
    boardsWith(way.world, idWorkspace, idMember).length === 0;

  it("takes boards first and the workspace last where the plan tier has no removal from all", async () => {
    const reply = await remove(leaver);
    expectApplied(reply, SEED.leaverBoards.standard + 1);
    expect(isGone(standard.id, SEED.leaver.id)).toBe(true);
    expect(way.writes()).toHaveLength(SEED.leaverBoards.standard + 1);
    expect(way.writes().at(-1)).toBe(`DELETE /organizations/${standard.id}/members/${SEED.leaver.id}`);
    expect(way.product.sandbox.requests.length).toBeLessThanOrEqual(6 + SEED.leaverBoards.standard + 1);
    expect(reply.text).toContain("The account of Jonas Lindqvist (@jonaslindqvist)");
  });

  it("takes one request where the plan tier has it", async () => {
    const reply = await remove({ ...leaver, workspace: enterprise.id });
    expectApplied(reply, 1);
    expect(isGone(enterprise.id, SEED.leaver.id)).toBe(true);
    expect(way.writes()).toEqual([`DELETE /organizations/${enterprise.id}/members/${SEED.leaver.id}/all`]);
    const journal = await journalOf(way, reply);
    expect(journal["effects"]).toEqual([
      expect.objectContaining({
        state: "applied",
        before: { memberType: "normal", boards: expect.objectContaining({ length: 6 }) },
      }),
    ]);
  });

  it("takes a guest off the boards, who is in no workspace", async () => {
    const reply = await remove({ workspace: standard.name, member: SEED.billableGuest.username });
    expectApplied(reply, 2);
    expect(isGone(standard.id, SEED.billableGuest.id)).toBe(true);
    expect(way.person.questions[0]?.message).toMatch(
      /^Remove the guest Sofia Marchetti \(@sofiamarchetti\) from 2 boards of Northwind Operations\n/,
    );
  });

  it("takes somebody who waits or is deactivated as well", async () => {
    expectApplied(await remove({ ...leaver, member: SEED.ghosts.workspace.id }), 1);
    expect((await remove({ ...leaver, member: SEED.deactivated.username })).structured["status"]).toBe(
      "applied",
    );
    expect(isGone(standard.id, SEED.ghosts.workspace.id)).toBe(true);
    expect(isGone(standard.id, SEED.deactivated.id)).toBe(true);
  });

  it("says that a Free workspace hides boards, in the plan and in the evidence", async () => {
    const reply = await remove({ workspace: free.id, member: "thea.jensen@example.org", dryRun: true });
    expect(errorOf(reply)).toMatchObject({ code: "NOT_FOUND" });
    const known = await remove({ workspace: free.id, member: "theajensen" });
    expect(known.structured).toMatchObject({
      run: { evidence: { blindSpots: [expect.stringContaining("private boards of others are hidden")] } },
    });
    expect(known.text).toContain("Not visible:");
  });

  it("goes on to the end and tells progress", async () => {
    const told: number[] = [];
    await way.call("remove_from_workspace", leaver, { onProgress: ({ progress }) => told.push(progress) });
    expect(told.length).toBeGreaterThanOrEqual(1);
    expect(told).toEqual([...told].sort((a, b) => a - b));
  });

  it.each([
    ["the own account", { workspace: standard.id, member: SEED.admin.username }, "own_account"],
    ["the last admin of a board", { workspace: standard.id, member: SEED.soleBoardAdmin.id }, "last_admin"],
  ])("refuses to remove %s", async (_who, args, guard) => {
    expect(errorOf(await remove(args))).toMatchObject({ code: "POLICY_DENIED", details: { guard } });
    expect(way.writes()).toEqual([]);
  });

  it("refuses the last admin who can act, and says who could become one", async () => {
    for (const row of workspaceIn(way.world, premium.id).memberships) {
      if (row.idMember === SEED.admin.id) row.memberType = "normal";
    }
    for (const board of way.world.trello.boards.values()) {
      for (const row of board.memberships) if (row.idMember === SEED.admin.id) row.memberType = "admin";
    }
    const error = errorOf(await remove({ workspace: premium.id, member: SEED.deputy.username }));
    expect(error).toMatchObject({ code: "POLICY_DENIED", details: { guard: "last_admin" } });
    expect(error.next).toMatch(/Make another person admin first|another person admin there first/);
  });

  it.each([
    ["somebody of another workspace", { workspace: premium.id, member: SEED.leaver.id }, "NOT_FOUND"],
    ["nobody", { workspace: standard.id }, "INPUT_INVALID"],
  ])("refuses %s", async (_what, args, code) => {
    expect(errorOf(await remove(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
    expect(way.writes()).toEqual([]);
  });

  it("plans the boards before the workspace", async () => {
    const ops = plannedOps(await remove({ ...leaver, dryRun: true }));
    expect(ops).toHaveLength(31);
    expect(ops.slice(0, 30).every((op) => op === "remove_board_member")).toBe(true);
    expect(ops[30]).toBe("remove_workspace_member");
  });
});
