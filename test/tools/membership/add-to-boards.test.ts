import { describe, expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { expectApplied, plannedOps, warningsOf } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { BOARDS, inWorkspace, onBoard, withEmail, WORKSPACES } from "../world.ts";

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

    it.each([
      ["one of two boards", { member: `@${SEED.guest.username}` }],
      ["one of two boards, in a list", { members: [`@${SEED.guest.username}`] }],
    ])("names the board that a person is on already: %s", async (_what, whom) => {
      const args = { ...both, ...whom, boards: [BOARDS.guests.id, BOARDS.soleAdmin.id] };
      const name = way.world.trello.boards.get(BOARDS.guests.id)?.name;
      const there = `On the board already, nothing to do: Luca Bianchi (@lucabianchi) on ${name}, as normal`;
      const planned = await add({ ...args, dryRun: true });
      expect(planned.text).toContain(there);
      expect(planned.structured["summary"]).toBe(
        "Add Luca Bianchi (@lucabianchi) to 1 board of Northwind Operations as normal",
      );
      const reply = await add(args);
      expectApplied(reply, 1);
      expect(reply.text).toContain(there);
      const run = await way.call("get_run", { runId: reply.structured["runId"] });
      expect(run.text).toContain(there);
      const again = await add(args);
      expect(again.structured).toMatchObject({
        status: "already",
        summary: "Luca Bianchi (@lucabianchi) is on 2 boards of Northwind Operations already",
      });
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
        /These people have another role, which is not changed. To change it, call set_board_role: Luca Bianchi \(@lucabianchi\) is on board .+ as normal/,
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
      expect(reply.structured["summary"]).toMatch(/^Add Jonas Lindqvist \(@jonaslindqvist\) to 1 board/);
      expect(way.writes()).toHaveLength(1);
    });

    describe("somebody from outside the workspace", () => {
      const { observer } = SEED;

      it.each([
        ["username", `@${observer.username.toUpperCase()}`],
        ["id", observer.id],
      ])("becomes a guest, by %s, which is said", async (_what, name) => {
        const args = { ...both, boards: [BOARDS.guests.id], members: [name] };
        const reply = await add(args);
        expectApplied(reply, 1);
        expect(reply.text).toContain(
          "Chloé Dubois (@chloedubois) is not in Northwind Operations and becomes a guest.",
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
      expect(reply.structured["summary"]).toMatch(/^Add Jonas Lindqvist \(@jonaslindqvist\) to 1 board/);
      expect(warningsOf(reply)).toEqual(
        expect.arrayContaining([
          "Skipped: lucabianchi: it is not certain which person is meant. Candidates: Luca Bianchi (@lucabianchi). Check them, then pass @lucabianchi.",
          "Skipped: @nobodyhere: not found.",
          "Columns not read: Team lead.",
        ]),
      );
    });

    describe("an email that belongs to no member", () => {
      it.each(["member", "members"])("is invited to the board as a guest, by %s, once", async (field) => {
        const email = way.newEmail("new.guest");
        const args = { ...both, boards: [BOARDS.guests.id], [field]: email };
        way.person.answer = () => ({ action: "decline" });
        expect((await add(args)).structured).toMatchObject({ status: "declined" });
        const asked = way.person.questions[0]?.message ?? "";
        expect(asked).toContain(`Invite ${email}`);
        expect(asked).toContain("A guest sees only boards that name the person");
        expect(way.writes()).toEqual([]);
        way.person.answer = () => ({ action: "accept", content: { confirm: true } });
        expectApplied(await add(args), 1);
        const ghost = withEmail(way.world, email)?.id ?? "";
        expect(onBoard(way.world, BOARDS.guests.id, ghost)).toMatchObject({
          memberType: "normal",
          unconfirmed: true,
        });
        expect(inWorkspace(way.world, standard.id, ghost)).toBeUndefined();
        const { length } = way.writes();
        expect((await add(args)).structured).toMatchObject({ status: "already" });
        expect(way.writes()).toHaveLength(length);
        // Removing all others takes nobody off who was invited by an email of the list.
        const strict = { ...args, member: undefined, members: [email, SEED.admin.id], removeOthers: true };
        expect(JSON.stringify((await add({ ...strict, dryRun: true })).structured)).not.toContain(
          `Remove ${email}`,
        );
      });

      it("comes beside members, each in their own way, and with the name of the list", async () => {
        const email = way.newEmail("beside");
        const members = `@${SEED.leaver.username}\nNora Vale <${email}>`;
        const reply = await add({ ...both, boards: [BOARDS.guests.id], members });
        expectApplied(reply, 2);
        expect(reply.structured["summary"]).toBe(
          "Add Jonas Lindqvist (@jonaslindqvist) to 1 board of Northwind Operations as normal, and invite 1 by email",
        );
        expect(withEmail(way.world, email)?.fullName).toBe("Nora Vale");
        expect(roleOf(BOARDS.guests.id, SEED.leaver.id)).toBe("normal");
      });

      it("reads only, as an observer, where the plan tier has observers", async () => {
        const email = way.newEmail("reader");
        const args = { workspace: premium.id, boards: [BOARDS.observed.id], members: email };
        expectApplied(await add({ ...args, role: "observer" }), 1);
        expect(roleOf(BOARDS.observed.id, withEmail(way.world, email)?.id ?? "")).toBe("observer");
      });

      it("is invited to the first board alone where a second takes a seat, which is said", async () => {
        const reply = await add({ ...both, member: way.newEmail("two.boards"), dryRun: true });
        expect(plannedOps(reply)).toEqual(["invite_board_member"]);
        expect(warningsOf(reply).join("\n")).toContain("Invited to their first board only");
      });

      it("is never made an admin", async () => {
        const args = { ...both, members: [SEED.leaver.id, way.newEmail("boss")], role: "admin" };
        expect(errorOf(await add(args))).toMatchObject({
          code: "INPUT_INVALID",
          next: expect.stringContaining("set_board_role"),
        });
        expect(way.writes()).toEqual([]);
      });

      it("counts with the members who come along, in a Free workspace", async () => {
        const { free } = WORKSPACES;
        const board = [...way.world.trello.boards.values()].find(
          ({ idOrganization, memberships }) =>
            idOrganization === free.id && memberships.some(({ idMember }) => idMember === SEED.admin.id),
        );
        const members = [`@${SEED.leaver.username}`, ...["a", "b", "c"].map((name) => way.newEmail(name))];
        const lines = warningsOf(
          await add({ workspace: free.id, boards: [board?.id], members, dryRun: true }),
        ).filter((line) => line.includes("collaborators at most"));
        expect(lines).toHaveLength(1);
        expect(lines[0]).toMatch(/^There is room for \w+ of 4:/);
      });
    });

    describe("with removeOthers and a list", () => {
      it("leaves on the board whom the list names, the own account too, and asks first", async () => {
        const members = [SEED.leaver.id, SEED.admin.id];
        const args = { ...both, boards: [BOARDS.guests.id], members, removeOthers: true };
        const reply = await add(args);
        expect(reply.structured).toMatchObject({ status: "applied", run: { evidence: { result: "PASS" } } });
        expect(way.person.questions.at(-1)?.message).toContain(
          "Remove Luca Bianchi (@lucabianchi) from board",
        );
        const left = way.world.trello.boards.get(BOARDS.guests.id)?.memberships;
        expect(new Set(left?.map(({ idMember }) => idMember))).toEqual(new Set(members));
        expect((await add(args)).structured).toMatchObject({ status: "already" });
      });

      it("removes no one who may own an email of the list", async () => {
        const members = [SEED.leaver.id, way.newEmail("perhaps")];
        const args = { ...both, boards: [BOARDS.guests.id], members, removeOthers: true, dryRun: true };
        const reply = await add(args);
        expect(warningsOf(reply).join("\n")).toMatch(
          /These people are not removed, because their emails are unknown.*Luca Bianchi/,
        );
        expect(plannedOps(reply)).not.toContain("remove_board_member");
      });

      it.each([
        ["a name that is not certain", (id: string) => [id, "Luca Bianchi"]],
        ["an unknown username", (id: string) => [id, "@nobodyhere"]],
        ["a line that cannot be read", (id: string) => `${id}\nnot an@email`],
        ["a person who has left", (id: string) => `member,status\n${id},active\n@lucabianchi,deactivated`],
      ])("refuses a list with %s, because that person would be one of the others", async (_what, list) => {
        const args = { ...both, members: list(SEED.leaver.id), removeOthers: true };
        expect(errorOf(await add(args))).toMatchObject({
          code: "INPUT_INVALID",
          next: expect.stringMatching(/\w+/),
        });
        expect(way.writes()).toEqual([]);
      });
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
