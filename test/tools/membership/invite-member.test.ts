import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { CLIENTS } from "../../support/matrix.ts";
import { expectApplied, journalOf } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import {
  BOARDS,
  invitedTo,
  inWorkspace,
  onBoard,
  signUp,
  withEmail,
  WORKSPACES,
  workspaceIn,
} from "../world.ts";

const { standard, premium } = WORKSPACES;

describeTool(
  "invite_member",
  (way) => {
    const invite = (args: Record<string, unknown>) =>
      way.call("invite_member", { workspace: standard.id, ...args });

    it("invites a new email to a workspace and its boards after one question about the paid seat, and proves it", async () => {
      const email = way.newEmail("rene");
      const reply = await invite({
        member: email.toUpperCase(),
        fullName: "René Roux",
        boards: [BOARDS.guests.shortLink],
        ticket: "HR-7",
      });
      expectApplied(reply, 2);
      expect(invitedTo(way.world, standard.id, email)).toMatchObject({
        memberType: "normal",
        unconfirmed: true,
      });
      expect(withEmail(way.world, email)?.fullName).toBe("René Roux");
      expect(onBoard(way.world, BOARDS.guests.id, withEmail(way.world, email)?.id ?? "")).toBeDefined();
      expect(way.person.questions.map(({ message }) => message)).toEqual([
        expect.stringContaining("Uses 1 paid seat (Standard plan)"),
      ]);
      expect(await journalOf(way, reply)).toMatchObject({
        tool: "invite_member",
        ticket: "HR-7",
        decidedBy: expect.any(String),
        effects: [
          { state: "applied", attempts: 1, after: { memberType: "normal", fullName: "René Roux" } },
          { state: "applied", attempts: 1 },
        ],
      });
    });

    it("changes nothing the second time, also after the person signed up under another name", async () => {
      const args = { member: way.newEmail("twice"), fullName: "Jo March", boards: [BOARDS.guests.id] };
      expectApplied(await invite(args), 2);
      expect((await invite(args)).structured).toMatchObject({ status: "already" });
      signUp(way.world, args.member, "Josephine Bhaer");
      expect((await invite(args)).structured).toMatchObject({ status: "already" });
      expect(way.writes()).toHaveLength(2);
    });

    it.each([
      ["guest", standard.id, BOARDS.guests.id, "normal"],
      ["observer", premium.id, BOARDS.observed.id, "observer"],
    ])(
      "invites a new person as %s to the board alone, and says what guests may do",
      async (role, workspace, idBoard, held) => {
        const member = way.newEmail(role);
        const reply = await invite({ workspace, member, role, boards: [idBoard] });
        expectApplied(reply, 1);
        expect(reply.text).toContain("A guest sees only boards that name the person, and edits them");
        const id = withEmail(way.world, member)?.id ?? "";
        expect(onBoard(way.world, idBoard, id)?.memberType).toBe(held);
        expect(inWorkspace(way.world, workspace, id)).toBeUndefined();
      },
    );

    it.each([
      ["a guest without boards", { role: "guest" }],
      ["an observer below Premium", { role: "observer", boards: [BOARDS.guests.id] }],
    ])("refuses %s", async (_what, args) => {
      const error = errorOf(await invite({ member: way.newEmail("nowhere"), ...args }));
      expect(error).toMatchObject({ code: "INPUT_INVALID", next: expect.stringMatching(/normal/) });
      expect(way.writes()).toEqual([]);
    });

    it("asks before it makes a new person admin", async () => {
      const member = way.newEmail("boss");
      way.person.answer = () => ({ action: "decline" });
      expect(errorOf(await invite({ member, role: "admin" }))).toMatchObject({
        code: "CONFIRMATION_DECLINED",
      });
      expect(withEmail(way.world, member)).toBeUndefined();
      way.person.answer = () => ({ action: "accept", content: { confirm: true } });
      expectApplied(await invite({ member, role: "admin" }), 1);
      expect(invitedTo(way.world, standard.id, member)?.memberType).toBe("admin");
    });

    it("adds somebody with an account by username, also from outside the workspace", async () => {
      expectApplied(await invite({ workspace: premium.id, member: `@${SEED.leaver.username}` }), 1);
      expect(inWorkspace(way.world, premium.id, SEED.leaver.id)).toMatchObject({ memberType: "normal" });
      expect(way.writes()).toEqual([`PUT /organizations/${premium.id}/members/${SEED.leaver.id}`]);
    });

    it("brings a guest into the workspace", async () => {
      expectApplied(await invite({ member: SEED.guest.username }), 1);
      expect(inWorkspace(way.world, standard.id, SEED.guest.id)).toMatchObject({ memberType: "normal" });
    });

    it("adds only the boards that are missing for somebody who is in", async () => {
      const reply = await invite({
        member: SEED.leaver.email,
        boards: [BOARDS.guests.id, BOARDS.soleAdmin.id],
      });
      expectApplied(reply, 1);
      expect(onBoard(way.world, BOARDS.guests.id, SEED.leaver.id)).toBeDefined();
    });

    it("leaves the role that somebody holds, and says so", async () => {
      const reply = await invite({ member: SEED.leaver.email, role: "admin" });
      expect(reply.structured).toMatchObject({
        status: "already",
        summary: "Jonas Lindqvist (@jonaslindqvist) is in Northwind Operations as normal",
      });
      expect(way.writes()).toEqual([]);
    });

    it("says before that the workspace's domains and the Atlassian account will stop the newcomer", async () => {
      workspaceIn(way.world, standard.id).prefs = {
        orgInviteRestrict: ["example.com"],
        associatedDomain: "example.com",
      };
      const outside = way.newEmail("outside");
      const refused = await invite({ member: outside });
      // Trello refuses it, as the plan said.
      expect(refused.text).toContain("with an email of example.com");
      expect(invitedTo(way.world, standard.id, outside)).toBeUndefined();
      const { scimOnly } = SEED;
      const account = [...way.world.atlassian.accounts.values()].find(
        ({ email }) => email === scimOnly.email,
      );
      if (!account) throw new Error("no account");
      account.status = "inactive";
      const dry = await invite({ member: scimOnly.email, dryRun: true });
      expect(dry.text).toMatch(/Cannot join yet: [^ ]+, because the Atlassian account is deactivated/);
      expect(dry.text).toContain("Managed by the Atlassian organization");
    });

    it.each([
      ["an unknown username", { member: "nobodyknown" }, "NOT_FOUND"],
      ["what is no email", { member: "someone@nowhere" }, "INPUT_INVALID"],
      [
        "a board of another workspace",
        { member: "a@example.com", boards: [BOARDS.observed.id] },
        "NOT_FOUND",
      ],
      ["the observer role for a workspace", { member: "a@example.com", role: "observer" }, "INPUT_INVALID"],
      ["nobody", {}, "INPUT_INVALID"],
    ])("refuses %s", async (_what, args, code) => {
      expect(errorOf(await invite(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
      expect(way.writes()).toEqual([]);
    });
  },
  { clients: CLIENTS, approves: true },
);
