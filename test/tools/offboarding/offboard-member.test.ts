import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { expectApplied, plannedOps, warningsOf } from "../changes.ts";
import { describeTool, errorOf, ONE_A_TRANSPORT } from "../describe-tool.ts";
import { boardsWith, inWorkspace, WORKSPACES, workspaceIn } from "../world.ts";

const { standard, premium, enterprise, free } = WORKSPACES;
const { leaver, successor } = SEED;

describeTool(
  "offboard_member",
  (way) => {
    const offboard = (args: Record<string, unknown>) => way.call("offboard_member", args);
    const boardsOf = (idMember: string) =>
      Object.values(WORKSPACES).flatMap(({ id }) => boardsWith(way.world, id, idMember));
    const memberships = (idMember: string) =>
      Object.values(WORKSPACES).filter(({ id }) => inWorkspace(way.world, id, idMember));
    const isGone = (idMember: string) =>
      boardsOf(idMember).length === 0 && memberships(idMember).length === 0;
    const scimUser = () => way.world.atlassian.directory.users.get(leaver.idScim ?? "");
    const enterpriseRow = () => way.world.trello.enterprises.get(SEED.enterprise.id)?.members.get(leaver.id);
    const dry = async (args: Record<string, unknown>) => {
      const reply = await offboard({ ...args, dryRun: true });
      return reply.structured["plan"] as {
        readonly blindSpots: readonly string[];
        readonly untouched: readonly string[];
        readonly effects: readonly { readonly description: string }[];
        readonly impact: { readonly boards: number; readonly notes: readonly string[] };
        readonly summary: string;
      };
    };

    it("takes a person off every board and leaves the workspaces, on the first rung", async () => {
      const reply = await offboard({ member: leaver.username, rung: "boards" });
      expectApplied(reply, SEED.leaverBoards.standard + SEED.leaverBoards.enterprise);
      expect(boardsOf(leaver.id)).toEqual([]);
      expect(memberships(leaver.id)).toHaveLength(2);
      expect(reply.text).toContain("The workspace memberships");
      expect(reply.text).toContain("The Atlassian account, and everything else that the account opens");
    });

    it("takes a person out of the workspaces too, boards first, in as few requests as the plans allow", async () => {
      const reply = await offboard({ member: leaver.id });
      expectApplied(reply, SEED.leaverBoards.standard + 2);
      expect(isGone(leaver.id)).toBe(true);
      expect(
        way
          .writes()
          .slice(0, SEED.leaverBoards.standard)
          .every((write) => write.includes("/boards/")),
      ).toBe(true);
      expect(new Set(way.writes().slice(-2))).toEqual(
        new Set([
          `DELETE /organizations/${standard.id}/members/${leaver.id}`,
          `DELETE /organizations/${enterprise.id}/members/${leaver.id}/all`,
        ]),
      );
      expect(scimUser()?.active).toBe(true);
      expect(enterpriseRow()?.deactivated).toBe(false);
    });

    it("deactivates in the enterprise on the next rung", async () => {
      expectApplied(
        await offboard({ member: leaver.id, rung: "enterprise" }),
        SEED.leaverBoards.standard + 3,
      );
      expect(isGone(leaver.id)).toBe(true);
      expect(enterpriseRow()?.deactivated).toBe(true);
      expect(scimUser()?.active).toBe(true);
    });

    it("deactivates the account on the last, having shown every product that goes with it", async () => {
      const { impact, summary } = await dry({ member: leaver.id, rung: "account" });
      // One person is on each board once, so both numbers count the boards.
      expect(summary).toContain(`${impact.boards} board memberships`);
      for (const product of ["jira", "confluence", "trello"])
        expect(impact.notes.join("\n").toLowerCase()).toContain(`loses ${product}`);
      const reply = await offboard({ member: leaver.id, rung: "account" });
      expectApplied(reply, SEED.leaverBoards.standard + 4);
      expect(scimUser()?.active).toBe(false);
      expect(reply.text).not.toContain("The Atlassian account, and everything else that the account opens");
    });

    it("takes somebody whom only the directory knows, by email", async () => {
      // Of this workspace the enterprise shows every email, and nobody there has this one.
      const workspaces = [enterprise.id];
      const reply = await offboard({ member: SEED.scimOnly.email, rung: "account", workspaces });
      expectApplied(reply, 1);
      expect(way.writes()).toHaveLength(1);
      expect(errorOf(await offboard({ member: SEED.scimOnly.email })).code).toBe("NOT_FOUND");
    });

    it("looks only at the workspaces that are named, and says so", async () => {
      const named = { member: leaver.id, workspaces: [enterprise.name] };
      expect((await dry(named)).blindSpots).toContain("Only the named workspaces were read.");
      expectApplied(await offboard(named), 1);
      expect(boardsOf(leaver.id)).toHaveLength(SEED.leaverBoards.standard);
    });

    it("says nothing of an account if the person was only invited", async () => {
      for (const { id } of [SEED.ghosts.workspace, SEED.ghosts.board, SEED.ghosts.expired]) {
        const { text } = await offboard({ member: id, dryRun: true });
        expect(text).not.toMatch(/account|API tokens|Trello Enterprise/);
        expect(text).toContain("Invitations to workspaces and boards that this server does not see");
      }
      const both = { members: [SEED.ghosts.workspace.id, leaver.id], dryRun: true };
      expect((await offboard(both)).text).toContain(
        "The Atlassian account, and everything else that the account opens",
      );
    });

    it("takes guests and ghosts, under their names", async () => {
      const plan = await dry({ member: SEED.billableGuest.username });
      expect(plan.effects.map(({ description }) => description)).toEqual([
        expect.stringMatching(/^Remove Sofia Marchetti \(@sofiamarchetti\) from board /),
        expect.stringMatching(/^Remove Sofia Marchetti \(@sofiamarchetti\) from board /),
      ]);
      expectApplied(await offboard({ member: SEED.billableGuest.id }), 2);
      expectApplied(await offboard({ member: SEED.ghosts.workspace.id }), 1);
      expectApplied(await offboard({ member: SEED.ghosts.board.id }), 1);
      for (const { id } of [SEED.billableGuest, SEED.ghosts.workspace, SEED.ghosts.board])
        expect(isGone(id)).toBe(true);
    });

    it("says what it cannot see instead of claiming everything", async () => {
      const { blindSpots } = await dry({ member: leaver.id });
      expect(blindSpots.join("\n")).toContain(
        "Harbor Volunteers: on the Free plan, private boards of others are hidden",
      );
      expect(blindSpots.join("\n")).toContain("API tokens and Power-Ups of the person cannot be listed");
      const reply = await offboard({ member: leaver.id, workspaces: [free.id, standard.id] });
      expect(reply.text).toContain("private boards of others are hidden");
    });

    it("hands the open cards to somebody who is on the board, and says where nobody is", async () => {
      const before = [...way.world.trello.cards.values()].filter(({ idMembers }) =>
        idMembers.includes(leaver.id),
      );
      const open = before.filter(({ closed }) => !closed);
      const had = new Map(open.map(({ id, idMembers }) => [id, [...idMembers]]));
      const takes = ({ idBoard }: { readonly idBoard: string }) =>
        way.world.trello.boards.get(idBoard)?.memberships.some(({ idMember }) => idMember === successor.id) ??
        false;
      const args = { member: leaver.id, reassignTo: successor.username };
      const warnings = warningsOf(await offboard({ ...args, dryRun: true }));
      expect(warnings.join("\n")).toMatch(/is not on \d+ boards?, so \d+ open cards? there/);
      const reply = await offboard(args);
      expectApplied(reply, open.length + SEED.leaverBoards.standard + 2);
      for (const card of open) {
        const kept = (had.get(card.id) ?? []).filter((id) => id !== leaver.id && id !== successor.id);
        expect(new Set(card.idMembers)).toEqual(new Set([...kept, ...(takes(card) ? [successor.id] : [])]));
      }
      expect(open.some(takes)).toBe(true);
      expect(open.every(takes)).toBe(false);
    });

    it("leaves cards to nobody where that is wanted, before the boards", async () => {
      const ops = plannedOps(await offboard({ member: leaver.id, reassignTo: "nobody", dryRun: true }));
      const last = ops.lastIndexOf("set_card_members");
      expect(last).toBeGreaterThan(0);
      expect(ops.indexOf("remove_board_member")).toBe(last + 1);
      expect((await offboard({ member: leaver.id, reassignTo: "nobody" })).structured["status"]).toBe(
        "applied",
      );
      const cards = [...way.world.trello.cards.values()];
      expect(cards.filter(({ idMembers }) => idMembers.includes(leaver.id))).toEqual([]);
    });

    it("hands no card to somebody who is offboarded as well", async () => {
      const reply = await offboard({ members: [leaver.id, successor.id], reassignTo: successor.id });
      expect(errorOf(reply)).toMatchObject({ code: "INPUT_INVALID" });
      expect(way.writes()).toEqual([]);
    });

    it.each([
      ["a pasted list", `@${leaver.username}, @${SEED.guest.username}\n${successor.id}\nAlex Morgan`],
      ["an array", [`@${leaver.username}`, `@${SEED.guest.username}`, successor.id, "Alex Morgan"]],
    ])(
      "takes %s as one plan and one confirmation; who is not certain is named and left alone",
      async (_form, members) => {
        const reply = await offboard({ members });
        expect(reply.structured["status"]).toBe("applied");
        expect(way.person.questions).toHaveLength(1);
        for (const { id } of [leaver, SEED.guest, successor]) expect(isGone(id)).toBe(true);
        expect(memberships(SEED.alexOfOperations.id)).toHaveLength(1);
        expect(memberships(SEED.alexOfDesign.id)).toHaveLength(1);
        expect(reply.text).toContain("Alex Morgan: it is not certain which person is meant");
      },
    );

    it("takes a CSV, with or without people it does not know and lines it cannot read", async () => {
      const members = `email,role,team\n${leaver.email},,\nnobody.here@example.com,,\nnot an email,,\n`;
      const warnings = warningsOf(await offboard({ members, rung: "account", dryRun: true }));
      expect(warnings).toContain("Skipped: nobody.here@example.com: not found.");
      expect(warnings).toContain("Line 4 skipped: not an email address (not an email)");
      const reply = await offboard({ members, rung: "account" });
      expect(reply.structured["status"]).toBe("applied");
      expect(isGone(leaver.id)).toBe(true);
      expect(scimUser()?.active).toBe(false);
    });

    it("writes a card that two leavers share as it is to be in the end", async () => {
      const shared = [...way.world.trello.cards.values()].find(
        ({ closed, idBoard, idMembers }) =>
          !closed &&
          idMembers.includes(leaver.id) &&
          way.world.trello.boards.get(idBoard)?.memberships.some(({ idMember }) => idMember === successor.id),
      );
      if (!shared) throw new Error("no card to share");
      shared.idMembers = [leaver.id, successor.id];
      const reply = await offboard({ members: [leaver.id, successor.id], reassignTo: SEED.admin.id });
      expect(reply.structured["status"]).toBe("applied");
      const heir = way.world.trello.boards
        .get(shared.idBoard)
        ?.memberships.some(({ idMember }) => idMember === SEED.admin.id);
      expect(shared.idMembers).toEqual(heir ? [SEED.admin.id] : []);
    });

    it.each([
      ["the own account", { member: SEED.admin.username }, "own_account"],
      ["the own account among others", { members: [leaver.id, SEED.admin.id] }, "own_account"],
      ["the last admin of a board", { member: SEED.soleBoardAdmin.id }, "last_admin"],
    ])("refuses %s", async (_who, args, guard) => {
      expect(errorOf(await offboard(args))).toMatchObject({ code: "POLICY_DENIED", details: { guard } });
      expect(way.writes()).toEqual([]);
    });

    it("refuses the last admin of a workspace, and says who could become one", async () => {
      const workspace = workspaceIn(way.world, premium.id);
      const me = workspace.memberships.find(({ idMember }) => idMember === SEED.admin.id);
      if (me) me.memberType = "normal";
      for (const board of boardsWith(way.world, premium.id, SEED.deputy.id)) {
        board.memberships.push({
          ...board.memberships[0],
          id: `f${board.id.slice(1)}`,
          idMember: SEED.admin.id,
          memberType: "admin",
          unconfirmed: false,
          deactivated: false,
        });
      }
      const error = errorOf(await offboard({ member: SEED.deputy.id, workspaces: [premium.id] }));
      expect(error).toMatchObject({ code: "POLICY_DENIED", details: { guard: "last_admin" } });
      expect(error.next).toMatch(/^Make another person admin first, for example @/);
    });

    it.each([
      ["nobody", {}, "INPUT_INVALID"],
      ["both forms at once", { member: leaver.id, members: [leaver.id] }, "INPUT_INVALID"],
      ["an unknown rung", { member: leaver.id, rung: "universe" }, "INPUT_INVALID"],
      ["a list of nobody certain", { members: "Alex Morgan\nJonas" }, "NOT_FOUND"],
      ["a name beside an email", { members: `Alex Morgan, ${leaver.email}` }, "INPUT_INVALID"],
      ["an empty list", { members: " ,\n;" }, "INPUT_INVALID"],
    ])("refuses %s", async (_what, args, code) => {
      expect(errorOf(await offboard(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
      expect(way.writes()).toEqual([]);
    });
  },
  { clients: ONE_A_TRANSPORT },
);
