import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { expectApplied } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { boardsWith, inWorkspace, WORKSPACES } from "../world.ts";

const { standard, free } = WORKSPACES;
const leaver = { workspace: standard.id, member: SEED.leaver.id, deactivated: true };

describeTool("set_member_deactivated", (way) => {
  const set = (args: Record<string, unknown>) => way.call("set_member_deactivated", args);

  it("deactivates after a person's yes; boards and card assignments stay", async () => {
    const cards = () =>
      [...way.world.trello.cards.values()].filter(({ idMembers }) => idMembers.includes(SEED.leaver.id));
    const before = cards().length;
    const reply = await set(leaver);
    expectApplied(reply, 1);
    expect(inWorkspace(way.world, standard.id, SEED.leaver.id)?.deactivated).toBe(true);
    expect(boardsWith(way.world, standard.id, SEED.leaver.id)).toHaveLength(30);
    expect(cards()).toHaveLength(before);
    expect(reply.text).toContain(
      "The person's cards and boards: the person stays listed on them, but has no access",
    );
  });

  it("reactivates, and asks because that takes a seat", async () => {
    const args = { workspace: standard.name, member: SEED.deactivated.username, deactivated: false };
    expectApplied(await set(args), 1);
    expect(inWorkspace(way.world, standard.id, SEED.deactivated.id)?.deactivated).toBe(false);
    expect(way.person.questions[0]?.message).toContain("Takes a paid seat");
  });

  it("names the boards that have no other admin who can act", async () => {
    const args = { ...leaver, member: SEED.soleBoardAdmin.id };
    const { text } = await set({ ...args, dryRun: true });
    expect(text).toContain("No other admin who can act is on 1 board: ");
    // A deactivated or invited admin cannot act.
    const [board] = boardsWith(way.world, standard.id, SEED.soleBoardAdmin.id);
    const row = { ...board?.memberships[0], id: "65a491a00400000000009999", idMember: SEED.deactivated.id };
    board?.memberships.push({ ...row, memberType: "admin", deactivated: true, unconfirmed: false });
    expect((await set({ ...args, dryRun: true })).text).toContain("is on 1 board: ");
    board?.memberships.push({
      ...row,
      idMember: SEED.deputy.id,
      memberType: "admin",
      deactivated: false,
      unconfirmed: false,
    });
    expect((await set({ ...args, dryRun: true })).text).not.toContain("No other admin");
  });

  it("answers already where it is so", async () => {
    const reply = await set({ ...leaver, member: SEED.deactivated.id });
    expect(reply.structured).toMatchObject({ status: "already" });
    expect(way.writes()).toEqual([]);
  });

  it.each([
    ["a Free workspace", { ...leaver, workspace: free.id, member: "theajensen" }, "INPUT_INVALID"],
    ["a guest", { ...leaver, member: SEED.guest.username }, "CONFLICT"],
    ["the own account", { ...leaver, member: SEED.admin.id }, "POLICY_DENIED"],
    ["nobody in particular", { ...leaver, member: "Jonas" }, "AMBIGUOUS"],
    ["no direction", { workspace: standard.id, member: SEED.leaver.id }, "INPUT_INVALID"],
  ])("refuses %s", async (_what, args, code) => {
    expect(errorOf(await set(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
    expect(way.writes()).toEqual([]);
  });
});
