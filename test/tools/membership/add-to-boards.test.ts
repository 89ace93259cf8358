import { describe, expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { expectApplied, plannedOps, warningsOf } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { BOARDS, inWorkspace, onBoard, WORKSPACES } from "../world.ts";

const { standard, premium } = WORKSPACES;
const both = { workspace: standard.id, boards: [BOARDS.guests.id, BOARDS.secondGuests.shortLink] };

describeTool(
  "add_to_boards",
  (way) => {
    const add = (args: Record<string, unknown>) => way.call("add_to_boards", args);
    const roleOf = (idBoard: string, idMember: string) => onBoard(way.world, idBoard, idMember)?.memberType;

    it("puts several people onto several boards without asking", async () => {
      const members = [SEED.leaver.id, `@${SEED.successor.username}`, SEED.alexOfOperations.id];
      expectApplied(await add({ ...both, members }), 6);
      for (const { id } of [SEED.leaver, SEED.successor, SEED.alexOfOperations]) {
        expect(roleOf(BOARDS.guests.id, id)).toBe("normal");
        expect(roleOf(BOARDS.secondGuests.id, id)).toBe("normal");
      }
      expect(way.person.questions).toEqual([]);
    });

    it("asks before it makes anybody admin of a board", async () => {
      const args = { ...both, boards: [BOARDS.guests.id], members: [SEED.leaver.id], role: "admin" };
      way.person.answer = () => ({ action: "decline" });
      expect(errorOf(await add(args))).toMatchObject({ code: "CONFIRMATION_DECLINED" });
      expect(way.writes()).toEqual([]);
      way.person.answer = () => ({ action: "accept", content: { confirm: true } });
      expectApplied(await add(args), 1);
      expect(roleOf(BOARDS.guests.id, SEED.leaver.id)).toBe("admin");
    });

    it("adds observers in a Premium workspace", async () => {
      const args = { workspace: premium.id, boards: [BOARDS.observed.id], members: [SEED.successor.id] };
      expectApplied(await add({ ...args, role: "observer" }), 1);
      expect(roleOf(BOARDS.observed.id, SEED.successor.id)).toBe("observer");
    });

    it("shows a guest who would take a paid seat, and asks", async () => {
      const args = { ...both, members: [`@${SEED.guest.username}`] };
      way.person.answer = () => ({ action: "decline" });
      expect((await add(args)).structured).toMatchObject({ status: "declined" });
      expect(way.person.questions[0]?.message).toContain(
        "Luca Bianchi (@lucabianchi) becomes a billable guest and takes a paid seat",
      );
      expect(roleOf(BOARDS.secondGuests.id, SEED.guest.id)).toBeUndefined();
      way.person.answer = () => ({ action: "accept", content: { confirm: true } });
      expectApplied(await add(args), 1);
      expect(roleOf(BOARDS.secondGuests.id, SEED.guest.id)).toBe("normal");
    });

    it("leaves a role that somebody has, and answers already", async () => {
      const args = {
        ...both,
        boards: [BOARDS.guests.id],
        members: [SEED.admin.id, `@${SEED.guest.username}`],
      };
      expect((await add(args)).structured).toMatchObject({ status: "already" });
      expect(way.writes()).toEqual([]);
    });

    it("says which role somebody has on a board where it is another than asked for", async () => {
      const args = {
        ...both,
        boards: [BOARDS.guests.id],
        members: [`@${SEED.guest.username}`],
        role: "admin",
      };
      const reply = await add(args);
      expect(reply.structured).toMatchObject({ status: "already" });
      expect(reply.text).toMatch(
        /These roles stay as they are; change them with set_board_role: Luca Bianchi \(@lucabianchi\) is on board .+ as normal/,
      );
      expect(way.writes()).toEqual([]);
    });

    it("adds somebody once who is named by username, twice, by email and by id", async () => {
      const { id, username, email } = SEED.leaver;
      const reply = await add({
        ...both,
        boards: [BOARDS.guests.id],
        members: [`@${username}`, `https://trello.com/u/${username}`, email, id, id],
      });
      expectApplied(reply, 1);
      expect(reply.structured["summary"]).toMatch(/^Add Jonas Lindqvist \(@jonaslindqvist\) to 1 boards/);
      expect(way.writes()).toHaveLength(1);
    });

    describe("somebody from outside the workspace", () => {
      const { observer } = SEED;

      it.each([
        ["username", `@${observer.username.toUpperCase()}`],
        ["id", observer.id],
      ])("comes as a guest, by %s, which is said", async (_what, name) => {
        const args = { ...both, boards: [BOARDS.guests.id], members: [name] };
        const reply = await add(args);
        expectApplied(reply, 1);
        expect(reply.text).toContain(
          "Chloé Dubois (@chloedubois) is not in Northwind Operations and comes as a guest.",
        );
        expect(roleOf(BOARDS.guests.id, observer.id)).toBe("normal");
        expect(inWorkspace(way.world, standard.id, observer.id)).toBeUndefined();
      });

      it("takes a paid seat on two boards, which is asked for", async () => {
        way.person.answer = () => ({ action: "decline" });
        const args = { ...both, members: [`@${observer.username}`] };
        expect((await add(args)).structured).toMatchObject({ status: "declined" });
        expect(way.person.questions[0]?.message).toContain(
          "Chloé Dubois (@chloedubois) becomes a billable guest and takes a paid seat",
        );
        way.person.answer = () => ({ action: "accept", content: { confirm: true } });
        expectApplied(await add(args), 2);
      });

      it("is looked for only where nobody of the workspace could be meant", async () => {
        // Somebody else calls themselves what a member's name begins with.
        const stranger = way.world.trello.members.get(SEED.privateOwner.id);
        Object.assign(stranger ?? {}, { username: "jonas" });
        const error = errorOf(await add({ ...both, members: ["jonas"] }));
        expect(error.code).toBe("AMBIGUOUS");
        expect(way.writes()).toEqual([]);
      });
    });

    it("leaves out who is not certain, by name, and adds the others", async () => {
      const members = `Member,Team lead\n${SEED.leaver.id},@${SEED.deputy.username}\nlucabianchi,\n@nobodyhere,`;
      const reply = await add({ ...both, boards: [BOARDS.guests.id], members, dryRun: true });
      expect(reply.structured["summary"]).toMatch(/^Add Jonas Lindqvist \(@jonaslindqvist\) to 1 boards/);
      expect(warningsOf(reply)).toEqual(
        expect.arrayContaining([
          "Skipped: lucabianchi: it is not certain which person is meant. Perhaps Luca Bianchi (@lucabianchi). Check, then pass @lucabianchi.",
          "Skipped: @nobodyhere: not found.",
          "Columns not read: Team lead.",
        ]),
      );
    });

    it.each(["member", "members"])("says how a new email comes onto boards, by %s", async (field) => {
      const error = errorOf(await add({ ...both, [field]: way.newEmail("new.guest") }));
      expect(error).toMatchObject({ code: "NOT_FOUND", next: expect.stringContaining("invite_member") });
      expect(way.writes()).toEqual([]);
    });

    it("adds only what is missing", async () => {
      const reply = await add({
        ...both,
        members: [`@${SEED.billableGuest.username}`, SEED.leaver.id],
        dryRun: true,
      });
      expect(plannedOps(reply)).toEqual(["set_board_member", "set_board_member"]);
    });

    it.each([
      ["observers below Premium", { ...both, members: [SEED.leaver.id], role: "observer" }, "INPUT_INVALID"],
      ["unknown people", { ...both, members: ["@nobodyhere", "@nor.here"] }, "NOT_FOUND"],
      ["a name", { ...both, members: ["Alex Morgan"] }, "AMBIGUOUS"],
      ["an unknown board", { ...both, boards: ["sb999999"], members: [SEED.leaver.id] }, "NOT_FOUND"],
      ["nobody", { ...both, members: [] }, "INPUT_INVALID"],
    ])("refuses %s, whole", async (_what, args, code) => {
      expect(errorOf(await add(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
      expect(way.writes()).toEqual([]);
    });
  },
  { approves: true },
);
