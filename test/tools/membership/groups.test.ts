/** SCIM groups as teams: who is in a group comes onto boards, and, when asked for, who is not goes. */
import { beforeEach, describe, expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { linkEmail, makeGroup, OVER_HTTP, userIn } from "../atlassian.ts";
import { expectApplied, plannedOps, warningsOf } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { BOARDS, inWorkspace, invitedTo, memberIn, onBoard, WORKSPACES } from "../world.ts";

const { deputy, leaver, successor, alexOfOperations, scimOnly, admin, guest, billableGuest } = SEED;
const { standard } = WORKSPACES;
const board = BOARDS.guests.id;
const crew = { workspace: standard.id, group: "Night Crew", boards: [board] };

describeTool(
  "SCIM groups as teams",
  (way) => {
    const add = (args: Record<string, unknown> = {}) => way.call("add_to_boards", { ...crew, ...args });
    const isOn = (person: { readonly id: string }) => onBoard(way.world, board, person.id) !== undefined;
    const group = (...people: readonly { readonly idScim: string | null }[]) =>
      makeGroup(
        way.world,
        crew.group,
        people.map(({ idScim }) => idScim ?? ""),
      );
    /** Gives a User another address: the emails decide, not the userName. */
    const rename = ({ idScim }: { readonly idScim: string | null }, email: string) => {
      const emails = [{ value: email, type: "work", primary: true }];
      Object.assign(userIn(way.world, idScim), { userName: email, emails });
    };
    /** Proven before, for example by the enterprise. */
    const know = async (...people: readonly { readonly id: string; readonly email: string }[]) => {
      for (const { id, email } of people) {
        await linkEmail(way.product, { email, idMember: id, source: "scim" });
      }
    };
    beforeEach(() => know(leaver, successor, alexOfOperations));

    describe("add_to_boards", () => {
      it("puts the group's active people onto boards; the second time nothing changes", async () => {
        group(leaver, successor, alexOfOperations);
        userIn(way.world, alexOfOperations.idScim).active = false;
        expectApplied(await add(), 2);
        expect([leaver, successor, alexOfOperations].map(isOn)).toEqual([true, true, false]);
        expect((await add()).structured).toMatchObject({ status: "already" });
        expect(way.writes()).toHaveLength(2);
        expect(way.person.questions).toEqual([]);
      });

      it("names whom nothing links to a member, and adds the others", async () => {
        group(leaver, scimOnly);
        const reply = await add({ dryRun: true });
        expect(plannedOps(reply)).toEqual(["set_board_member"]);
        expect(warningsOf(reply)).toEqual([
          `In ${crew.group}, 1 person is not found here by account, email or name. Search with find_member; invite those who are not members with invite_members: ${scimOnly.email}`,
        ]);
      });

      it("finds members whose emails are hidden by their full names, and asks about all of them once", async () => {
        group(leaver, deputy, scimOnly);
        way.person.answer = () => ({ action: "decline" });
        expect((await add()).structured).toMatchObject({ status: "declined" });
        const [asked, ...more] = way.person.questions;
        expect(more).toEqual([]);
        expect(asked?.message).toContain(
          `In ${crew.group}, 1 person is found by the full name alone, because Trello hides emails. Check that each is the right person: ${deputy.email} as Amara Okafor (@amaraokafor)`,
        );
        expect(asked?.message).toContain(`[${deputy.id}], found by the full name alone`);
        expect(asked?.message).toMatch(
          /In Night Crew, 1 person is not found here by account, email or name.*ingrid/,
        );
        way.person.answer = () => ({ action: "accept", content: { confirm: true } });
        expectApplied(await add(), 2);
        expect([leaver, deputy].map(isOn)).toEqual([true, true]);
      });

      it("finds members by the Atlassian account, if Trello shows it, without a question", async () => {
        group(deputy);
        Object.assign(memberIn(way.world, deputy.id), { fullName: "Another Name", aaIdShown: "id" });
        expectApplied(await add(), 1);
        expect(isOn(deputy)).toBe(true);
        expect(way.person.questions).toEqual([]);
        const invited = await way.call("invite_members", {
          workspace: standard.id,
          group: crew.group,
          dryRun: true,
        });
        expect(plannedOps(invited)).toEqual([]);
      });

      it("adds nobody for an email that is linked to two members, and says so", async () => {
        const email = way.newEmail("shared");
        for (const { id } of [leaver, successor]) {
          await linkEmail(way.product, { email, idMember: id, source: "organization" });
        }
        group(scimOnly, alexOfOperations);
        rename(scimOnly, email);
        const reply = await add({ dryRun: true });
        expect(warningsOf(reply)).toEqual([
          `In ${crew.group}, 1 person is linked to several members. Find the right member with find_member and add that member by id: ${email}`,
        ]);
        expect(plannedOps(reply)).toEqual(["set_board_member"]);
      });

      describe("with removeOthers", () => {
        it("says who would lose access, asks, and brings the board in line; then nothing is left to do", async () => {
          group(leaver, successor);
          way.person.answer = () => ({ action: "decline" });
          expect((await add({ removeOthers: true })).structured).toMatchObject({ status: "declined" });
          const asked = way.person.questions[0]?.message ?? "";
          expect(asked).toContain("and remove all other people");
          expect(asked).toContain("Remove Luca Bianchi (@lucabianchi) from board");
          expect(asked).toContain("Remove Sofia Marchetti");
          expect(asked).toContain("The account that this server uses stays on its boards");
          expect(way.writes()).toEqual([]);

          way.person.answer = () => ({ action: "accept", content: { confirm: true } });
          const reply = await add({ removeOthers: true });
          expect(reply.structured).toMatchObject({
            status: "applied",
            run: { evidence: { result: "PASS" } },
          });
          const left = way.world.trello.boards.get(board)?.memberships.map(({ idMember }) => idMember);
          expect(new Set(left)).toEqual(new Set([admin.id, leaver.id, successor.id]));
          expect(inWorkspace(way.world, standard.id, alexOfOperations.id)).toBeDefined();
          const { length } = way.writes();
          expect((await add({ removeOthers: true })).structured).toMatchObject({ status: "already" });
          expect(way.writes()).toHaveLength(length);
        });

        it("takes off nobody who may be one of the group under an email that is not known", async () => {
          await know({ ...guest, email: "luca@elsewhere.example.net" });
          group(leaver, successor, scimOnly);
          const reply = await add({ removeOthers: true, dryRun: true });
          const text = JSON.stringify(reply.structured);
          expect(text).toContain("Remove Luca Bianchi");
          expect(text).not.toContain("Remove Sofia Marchetti");
          expect(warningsOf(reply)).toContainEqual(
            expect.stringMatching(
              /These people are not removed, because their emails are unknown.*Sofia Marchetti/,
            ),
          );
          expect(isOn(billableGuest)).toBe(true);
        });

        it("needs a group or a list", async () => {
          const args = { ...crew, group: undefined, member: leaver.id, removeOthers: true };
          expect(errorOf(await way.call("add_to_boards", args)).code).toBe("INPUT_INVALID");
        });
      });

      it.each([
        ["a group beside members", { members: [leaver.id] }, "INPUT_INVALID"],
        ["an unknown group", { group: "Nowhere" }, "NOT_FOUND"],
      ])("refuses %s", async (_what, args, code) => {
        group(leaver);
        expect(errorOf(await add(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
        expect(way.writes()).toEqual([]);
      });

      it("says which settings a group needs", async () => {
        const client = await way.other({ ATLASSIAN_SCIM_DIRECTORY_ID: "", ATLASSIAN_SCIM_TOKEN: "" });
        const error = errorOf(await client.call("add_to_boards", crew));
        expect(error).toMatchObject({
          code: "CONFIG_INVALID",
          next: expect.stringContaining("ATLASSIAN_SCIM_TOKEN"),
        });
      });
    });

    describe("invite_members", () => {
      const invite = (args: Record<string, unknown> = {}) =>
        way.call("invite_members", { workspace: standard.id, group: crew.group, ...args });

      it("invites those of the group who are not there; the second time nothing changes", async () => {
        // An email of its own, since the runs that invited it outlive a test.
        const email = way.newEmail("solheim");
        rename(scimOnly, email);
        group(leaver, scimOnly);
        const reply = await invite({ boards: [board] });
        expectApplied(reply, 3);
        expect(reply.structured["summary"]).toBe("Invite 2 of 2 to Northwind Operations");
        expect(invitedTo(way.world, standard.id, email)).toMatchObject({ unconfirmed: true });
        expect(isOn(leaver)).toBe(true);
        expect((await invite({ boards: [board] })).structured).toMatchObject({ status: "already" });
        expect(way.writes()).toHaveLength(3);
        // Whose the pending invitation is, nothing proves: the email is invited to more boards, not the member added.
        const more = await add({ boards: [BOARDS.secondGuests.id] });
        expectApplied(more, 1);
        expect(warningsOf(await add({ boards: [BOARDS.secondGuests.id], dryRun: true })).join()).toContain(
          email,
        );
      });

      it("leaves out Users without an email and emails that are linked to two members, naming each", async () => {
        const email = way.newEmail("twice");
        for (const { id } of [leaver, successor]) {
          await linkEmail(way.product, { email, idMember: id, source: "organization" });
        }
        group(scimOnly, alexOfOperations, successor);
        Object.assign(userIn(way.world, scimOnly.idScim), { userName: "isolheim", emails: [] });
        rename(alexOfOperations, email);
        const reply = await invite({ dryRun: true });
        expect(plannedOps(reply)).toEqual([]);
        const warnings = warningsOf(reply).join("\n");
        expect(warnings).toMatch(/Line 1 skipped: the User has no email address \(isolheim\)/);
        expect(warnings).toContain(
          `several members are linked to this email; find_member shows them (${email})`,
        );
        expect(warnings).toContain(
          `Members or invited already, so there is nothing to do for 1: ${successor.email}`,
        );
      });

      it("takes one of the three lists", async () => {
        expect(errorOf(await invite({ emails: "a@example.com" })).code).toBe("INPUT_INVALID");
        expect(errorOf(await invite({ group: "Nowhere" })).code).toBe("NOT_FOUND");
        expect(way.writes()).toEqual([]);
      });
    });
  },
  // Without the enterprise, whose directory would tell everybody's email.
  { clients: OVER_HTTP, env: { TRELLO_ENTERPRISE_ID: "" } },
);
