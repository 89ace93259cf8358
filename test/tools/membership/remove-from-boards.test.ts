import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { expectApplied, journalOf } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { BOARDS, boardsWith, inWorkspace, onBoard, WORKSPACES, workspaceIn } from "../world.ts";

const { standard, free } = WORKSPACES;
const leaver = { workspace: standard.id, member: SEED.leaver.id };

describeTool("remove_from_boards", (way) => {
  const remove = (args: Record<string, unknown>) => way.call("remove_from_boards", args);

  it("takes a person off every board of a workspace after a person's yes, and proves it", async () => {
    const reply = await remove({ ...leaver, reason: "left the company", ticket: "IT-4711" });
    expectApplied(reply, SEED.leaverBoards.standard);
    expect(boardsWith(way.world, standard.id, SEED.leaver.id)).toEqual([]);
    expect(inWorkspace(way.world, standard.id, SEED.leaver.id)).toBeDefined();
    expect(reply.text).toContain("stays in the workspace Northwind Operations");
    expect(way.person.questions).toHaveLength(1);
    expect(way.person.questions[0]?.message).toContain("Reason:\n- left the company\nTicket:\n- IT-4711");
    const journal = await journalOf(way, reply);
    expect(journal).toMatchObject({
      state: "applied",
      tool: "remove_from_boards",
      requestedBy: SEED.admin.fullName,
      reason: "left the company",
      ticket: "IT-4711",
      level: "client",
      decidedBy: expect.stringContaining("the person at test-v2"),
      evidence: { result: "PASS" },
    });
    const effects = journal["effects"] as { state: string; attempts: number }[];
    expect(effects).toHaveLength(SEED.leaverBoards.standard);
    expect(effects.every(({ state, attempts }) => state === "applied" && attempts === 1)).toBe(true);
  });

  it("takes a person off named boards only, by id or short link, once each", async () => {
    const [first, second] = boardsWith(way.world, standard.id, SEED.leaver.id);
    const reply = await remove({ ...leaver, boards: [first?.id, second?.shortLink, first?.shortLink] });
    expectApplied(reply, 2);
    expect(boardsWith(way.world, standard.id, SEED.leaver.id)).toHaveLength(28);
    expect(reply.text).toContain("stays on 28 other boards there");
  });

  it("finds the person by email where that is proven", async () => {
    const reply = await remove({ ...leaver, member: SEED.leaver.email, dryRun: true });
    expect(reply.structured["summary"]).toContain("Jonas Lindqvist (@jonaslindqvist) from 30 boards");
  });

  it("says in plan and evidence that access may be left where the token's owner is no admin", async () => {
    const hidden = boardsWith(way.world, standard.id, SEED.leaver.id).filter(
      ({ permissionLevel, memberships }) =>
        permissionLevel === "private" && !memberships.some(({ idMember }) => idMember === SEED.successor.id),
    );
    expect(hidden.length).toBeGreaterThan(0);
    for (const board of boardsWith(way.world, standard.id, SEED.leaver.id)) {
      if (hidden.includes(board)) continue;
      const row = board.memberships.find(({ idMember }) => idMember === SEED.successor.id);
      if (row) row.memberType = "admin";
      else if (board.memberships[0]) {
        board.memberships.push({
          ...board.memberships[0],
          id: `${board.id.slice(0, 16)}0000ffff`,
          idMember: SEED.successor.id,
          memberType: "admin",
          unconfirmed: false,
          deactivated: false,
        });
      }
    }
    const other = await way.other({ TRELLO_API_TOKEN: SEED.tokens.normalMember });
    const reply = await other.call("remove_from_boards", leaver);
    const spot =
      "this account is not an admin there, so private boards on which it is not a member are hidden";
    expect(boardsWith(way.world, standard.id, SEED.leaver.id)).toEqual(hidden);
    expect(reply.structured).toMatchObject({
      status: "applied",
      run: { evidence: { blindSpots: [expect.stringContaining(spot)] } },
    });
    expect(reply.text).toContain("Not visible:");
    expect(way.person.questions[0]?.message).toContain(spot);
  });

  it("shows a guest by name, also when asked by id", async () => {
    const reply = await remove({ workspace: standard.id, member: SEED.billableGuest.id });
    expectApplied(reply, 2);
    expect(way.person.questions[0]?.message).toContain("Sofia Marchetti (@sofiamarchetti)");
    expect(onBoard(way.world, BOARDS.guests.id, SEED.billableGuest.id)).toBeUndefined();
  });

  it("answers already where the person is on none of them", async () => {
    const reply = await remove({
      workspace: standard.id,
      member: SEED.guest.username,
      boards: [BOARDS.secondGuests.id],
    });
    expect(reply.structured).toMatchObject({ status: "already" });
    expect(way.writes()).toEqual([]);
    expect(way.person.questions).toEqual([]);
  });

  it("writes by id: a workspace whose slug was renamed while the person thought is still the same", async () => {
    way.person.answer = () => {
      workspaceIn(way.world, standard.id).name = "renamedmeanwhile";
      workspaceIn(way.world, free.id).name = standard.name;
      return { action: "accept", content: { confirm: true } };
    };
    const reply = await remove({ ...leaver, workspace: standard.id });
    expectApplied(reply, SEED.leaverBoards.standard);
    expect(boardsWith(way.world, standard.id, SEED.leaver.id)).toEqual([]);
  });

  it("does nothing when what was confirmed has changed, and shows the new plan", async () => {
    way.person.answer = () => {
      const [board] = boardsWith(way.world, standard.id, SEED.leaver.id);
      if (board) board.memberships = board.memberships.filter(({ idMember }) => idMember !== SEED.leaver.id);
      return { action: "accept", content: { confirm: true } };
    };
    const { code, details, next } = errorOf(await remove(leaver));
    expect({ code, next }).toEqual({
      code: "PLAN_STALE",
      next: "Call the tool again and ask for a confirmation of the new plan.",
    });
    expect(details["plan"]).toMatchObject({ summary: expect.stringContaining("29 boards") });
    expect(way.writes()).toEqual([]);
  });

  it.each([
    [
      "the last admin of a board",
      { member: SEED.soleBoardAdmin.id, boards: [BOARDS.soleAdmin.id] },
      "last_admin",
    ],
    ["the own account", { member: SEED.admin.id, boards: [BOARDS.guests.id] }, "own_account"],
  ])("refuses to remove %s", async (_who, args, guard) => {
    const error = errorOf(await remove({ workspace: standard.id, ...args }));
    expect(error).toMatchObject({
      code: "POLICY_DENIED",
      details: { guard },
      next: expect.stringMatching(/\w+/),
    });
    expect(way.writes()).toEqual([]);
  });

  it.each([
    ["nobody", { ...leaver, member: "nobody@example.com" }, "NOT_FOUND"],
    ["a part of a name", { ...leaver, member: SEED.leaver.fullName.split(" ")[0] }, "AMBIGUOUS"],
    ["no boards at all", { ...leaver, boards: [] }, "INPUT_INVALID"],
  ])("refuses %s", async (_what, args, code) => {
    const reply = await remove(args);
    expect(errorOf(reply)).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
    expect(way.writes()).toEqual([]);
  });

  it("asks about a hostile name as data, cleaned and capped", async () => {
    const reply = await remove({ workspace: standard.id, member: SEED.hostile.username });
    expect(reply.structured["status"]).toBe("applied");
    const asked = way.person.questions[0]?.message ?? "";
    expect(asked.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    for (const line of [...asked.split("\n"), ...reply.text.split("\n")]) {
      expect(line.length).toBeLessThanOrEqual(500);
    }
  });
});
