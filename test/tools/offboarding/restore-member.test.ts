import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { typeTheName } from "../atlassian.ts";
import { expectApplied, plannedOps } from "../changes.ts";
import { describeTool, errorOf, ONE_A_TRANSPORT } from "../describe-tool.ts";
import { boardsWith, inWorkspace, WORKSPACES } from "../world.ts";

const { standard, enterprise } = WORKSPACES;
const { leaver, successor } = SEED;

describeTool(
  "restore_member",
  (way) => {
    const restore = (args: Record<string, unknown>) => way.call("restore_member", args);
    const offboard = async (args: Record<string, unknown>) =>
      (await way.call("offboard_member", args)).structured["runId"];
    const rolesOf = (idMember: string) => {
      const { boards, workspaces, cards } = way.world.trello;
      const holders = [...workspaces.values(), ...boards.values()];
      return {
        roles: holders.flatMap(({ id, memberships }) =>
          memberships
            .filter((row) => row.idMember === idMember)
            .map(({ memberType, deactivated }) => `${id} ${memberType} ${deactivated}`),
        ),
        cards: [...cards.values()]
          .filter(({ idMembers }) => idMembers.includes(idMember))
          .map(({ id }) => id),
      };
    };

    it.each([
      ["boards", { member: leaver.id, rung: "boards" }],
      ["workspaces, with the cards handed over", { member: leaver.id, reassignTo: successor.id }],
      ["the account", { member: leaver.id, rung: "account" }],
    ])("gives back what was taken up to the rung of %s", async (_rung, args) => {
      const before = [rolesOf(leaver.id), rolesOf(successor.id)];
      const runId = await offboard(args);
      expect(rolesOf(leaver.id)).not.toEqual(before[0]);
      const reply = await restore({ runId });
      expect(reply.text).toMatch(/^Applied: Undo the run /);
      expect([rolesOf(leaver.id), rolesOf(successor.id)]).toEqual(before);
      const { directory } = way.world.atlassian;
      expect(directory.users.get(leaver.idScim ?? "")?.active).toBe(true);
    });

    it("gives a guest who costs a seat back, which a person has to decide", async () => {
      const before = rolesOf(SEED.billableGuest.id);
      const runId = await offboard({ member: SEED.billableGuest.id });
      way.person.questions.length = 0;
      expectApplied(await restore({ runId }), 2);
      expect(way.person.questions).toHaveLength(1);
      expect(rolesOf(SEED.billableGuest.id)).toEqual(before);
    });

    it("does not call a run undone that nothing here can undo", async () => {
      const invited = await way.call("invite_member", {
        workspace: standard.id,
        member: way.newEmail("stays"),
      });
      const reply = await restore({ runId: invited.structured["runId"] });
      expect(reply.isError).toBe(true);
      expect(reply.text).not.toMatch(/already as wanted/i);
      expect(reply.structured).toMatchObject({
        status: "failed",
        unfinished: [expect.stringContaining("Not undone: Invite")],
      });
    });

    it("says that nothing is left to undo once everything is undone", async () => {
      const runId = await offboard({ member: leaver.id, rung: "boards" });
      expect((await restore({ runId })).structured).toMatchObject({ status: "applied" });
      const again = await restore({ runId });
      expect(again.structured).toMatchObject({ status: "already" });
      expect(again.text).toMatch(/^Already as wanted: /);
    });

    it("restores workspaces before boards, and cards last", async () => {
      const runId = await offboard({ member: leaver.id });
      const ops = plannedOps(await restore({ runId, dryRun: true }));
      expect(ops.slice(0, 2)).toEqual(["set_workspace_member", "set_workspace_member"]);
      expect(ops.indexOf("add_card_member")).toBeGreaterThan(ops.lastIndexOf("set_board_member"));
    });

    it("asks in words that say what it does, and leaves a card with whoever took it meanwhile", async () => {
      const taken = await way.call("reassign_cards", {
        workspace: standard.id,
        member: leaver.id,
        reassignTo: "nobody",
      });
      const [card] = [...way.world.trello.cards.values()].filter(
        ({ id, idBoard }) =>
          way.writes().some((write) => write.includes(id)) &&
          way.world.trello.boards.get(idBoard)?.memberships.some(({ idMember }) => idMember === successor.id),
      );
      const others = card?.idMembers ?? [];
      card?.idMembers.push(successor.id);
      way.person.questions.length = 0;
      const reply = await restore({ runId: taken.structured["runId"] });
      expect(reply.structured).toMatchObject({ status: "applied", run: { evidence: { result: "PASS" } } });
      expect(card?.idMembers.toSorted()).toEqual(
        [...new Set([...others, leaver.id, successor.id])].toSorted(),
      );
      const asked =
        way.person.questions[0]?.message.split("\n").filter((line) => line.startsWith("- ")) ?? [];
      expect(asked.join("\n")).toMatch(/^- Put Jonas Lindqvist \(@jonaslindqvist\) back on /);
      expect(asked.join("\n")).not.toMatch(/Reassign|nobody:/);
    });

    it("wants the name typed before it deletes a User that the run created", async () => {
      const email = "un.done@example.com";
      const { structured } = await way.call("scim_create_user", {
        email,
        givenName: "Un",
        familyName: "Done",
      });
      const { runId } = structured;
      const users = () => [...way.world.atlassian.directory.users.values()].map(({ userName }) => userName);
      expect(users()).toContain(email);
      way.person.answer = () => ({ action: "accept", content: { confirm: true, typedName: "Un Done" } });
      expect((await restore({ runId })).structured).toMatchObject({ status: "declined" });
      expect(users()).toContain(email);
      way.person.answer = typeTheName;
      expectApplied(await restore({ runId }), 1);
      expect(users()).not.toContain(email);
    });

    it("changes nothing where nothing is left to restore", async () => {
      const runId = await offboard({ member: leaver.id, workspaces: [enterprise.id] });
      expect((await restore({ runId })).structured["status"]).toBe("applied");
      const writes = way.writes().length;
      expect((await restore({ runId })).structured["status"]).toBe("already");
      expect(way.writes()).toHaveLength(writes);
    });

    it("names what it does not undo, and the tool that does", async () => {
      const { structured } = await way.call("invite_member", {
        workspace: standard.id,
        member: way.newEmail("passing"),
        fullName: "Passing Through",
      });
      const reply = await restore({ runId: structured["runId"], dryRun: true });
      expect(reply.text).toContain("Not undone here. Use revoke_invitations: Invite");
    });

    it("changes nothing where the person declines", async () => {
      const runId = await offboard({ member: leaver.id, rung: "boards" });
      const writes = way.writes().length;
      way.person.answer = () => ({ action: "decline" });
      expect(errorOf(await restore({ runId }))).toMatchObject({ code: "CONFIRMATION_DECLINED" });
      expect(way.writes()).toHaveLength(writes);
      expect(boardsWith(way.world, standard.id, leaver.id)).toEqual([]);
      expect(inWorkspace(way.world, standard.id, leaver.id)).toBeDefined();
    });

    it("hides the run from the owner of another token", async () => {
      const runId = await offboard({ member: leaver.id, rung: "boards" });
      const other = await way.other({ TRELLO_API_TOKEN: SEED.tokens.normalMember });
      expect(errorOf(await other.call("restore_member", { runId }))).toMatchObject({ code: "NOT_FOUND" });
    });

    it.each([
      [{ runId: "run_made_up" }, "NOT_FOUND"],
      [{}, "INPUT_INVALID"],
      [{ runId: "run_made_up", force: true }, "INPUT_INVALID"],
    ])("refuses %j with %s", async (args, code) => {
      expect(errorOf(await restore(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
      expect(way.writes()).toEqual([]);
    });
  },
  { clients: ONE_A_TRANSPORT, approves: true },
);
