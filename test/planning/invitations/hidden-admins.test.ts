/** Trello hides emails: an invitation to one that is an admin's would make less of the admin. */
import { describe, expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { linkEmail, OVER_HTTP } from "../../tools/atlassian.ts";
import { expectApplied, plannedOps, warningsOf } from "../../tools/changes.ts";
import { describeTool } from "../../tools/describe-tool.ts";
import { BOARDS, inWorkspace, onBoard, workspaceIn, WORKSPACES } from "../../tools/world.ts";

const { deputy, leaver, successor } = SEED;
const { standard, enterprise } = WORKSPACES;
const hidden = (...names: string[]) =>
  `Trello hides the emails of these admins: ${names.join(", ")}. If one of the invited emails is theirs, the invitation lowers their role.`;
const amara = "Amara Okafor (@amaraokafor)";

describeTool(
  "admins whose emails Trello hides",
  (way) => {
    const roleOf = (person: { readonly id: string }) =>
      inWorkspace(way.world, standard.id, person.id)?.memberType;

    describe("nobody is known to have the email", () => {
      it.each([
        ["invite_member", { member: deputy.email }],
        ["invite_members", { emails: `someone@partner.example.org, ${deputy.email}` }],
        ["scim_create_user", { email: deputy.email, givenName: "Amara", familyName: "Okafor" }],
      ])("%s says which admin may lose the role, and asks", async (tool, args) => {
        way.person.answer = () => ({ action: "decline" });
        const reply = await way.call(tool, { workspace: standard.id, ...args });
        expect(reply.structured).toMatchObject({ status: "declined" });
        expect(way.person.questions[0]?.message).toContain(hidden(amara));
        expect(roleOf(deputy)).toBe("admin");
        expect(way.writes()).toEqual([]);
      });

      it("names whom the directory takes for the person", async () => {
        const reply = await way.call("invite_member", {
          workspace: standard.id,
          member: deputy.email,
          dryRun: true,
        });
        expect(warningsOf(reply)).toContain(
          `${amara} may be the invited person: email, by same name as the SCIM User.`,
        );
      });

      it("names who of a list has the name of a member", async () => {
        const csv = `email,fullName\nj.lindqvist@partner.example.org,${leaver.fullName}`;
        const reply = await way.call("invite_members", { workspace: standard.id, csv, dryRun: true });
        expect(warningsOf(reply)).toContain(
          "These people may be members already, because a member has the same full name: j.lindqvist@partner.example.org as Jonas Lindqvist (@jonaslindqvist)",
        );
      });

      it("waits for a person elsewhere where the client cannot ask", async () => {
        const mute = await way.mute();
        const reply = await mute.call("invite_member", { workspace: standard.id, member: deputy.email });
        expect(reply.structured).toMatchObject({ status: "awaiting_confirmation" });
        expect(roleOf(deputy)).toBe("admin");
      });

      it("asks for a board's admins as well", async () => {
        const args = {
          workspace: standard.id,
          emails: way.newEmail("guest"),
          role: "guest",
          boards: [BOARDS.soleAdmin.id],
        };
        way.person.answer = () => ({ action: "decline" });
        expect((await way.call("invite_members", args)).structured).toMatchObject({ status: "declined" });
        expect(way.person.questions[0]?.message).toContain(hidden("Viktor Nowak (@viktornowak)"));
      });

      it("warns of no one where no admin but the token's owner is there, or the new person is to be one", async () => {
        const workspace = workspaceIn(way.world, standard.id);
        workspace.memberships = workspace.memberships.filter(({ idMember }) => idMember !== deputy.id);
        expectApplied(
          await way.call("invite_member", { workspace: standard.id, member: way.newEmail("alone") }),
          1,
        );
        expect(way.person.questions).toHaveLength(1);
        expect(way.person.questions[0]?.message).not.toContain("Trello hides");
      });

      it("does not take a ghost that bears the email for the person: others chose the name", async () => {
        const email = way.newEmail("ghost");
        const ghost = way.world.trello.members.get(SEED.ghosts.workspace.id);
        Object.assign(ghost ?? {}, { fullName: email });
        const boards = [BOARDS.guests.id];
        for (const [tool, args] of [
          ["invite_member", { member: email }],
          ["invite_members", { emails: email }],
        ] as const) {
          const reply = await way.call(tool, { workspace: standard.id, boards, ...args, dryRun: true });
          expect(plannedOps(reply)).toEqual(["invite_workspace_member", "invite_board_member"]);
        }
      });
    });

    it("warns no more once the admins' emails are known", async () => {
      await linkEmail(way.product, { email: deputy.email, idMember: deputy.id, source: "scim" });
      expectApplied(
        await way.call("invite_member", { workspace: standard.id, member: way.newEmail("known") }),
        1,
      );
      const reply = await way.call("invite_member", { workspace: standard.id, member: deputy.email });
      expect(reply.structured).toMatchObject({ status: "already" });
      expect(reply.text).toContain("as admin");
      expect(way.person.questions).toHaveLength(1);
      expect(way.person.questions[0]?.message).not.toContain("Trello hides");
      expect(roleOf(deputy)).toBe("admin");
    });
  },
  // Without the enterprise, whose directory would tell everybody's email.
  { clients: OVER_HTTP, env: { TRELLO_ENTERPRISE_ID: "" } },
);

describeTool(
  "admins whose emails the enterprise tells",
  (way) => {
    it("keeps an admin who is invited below that, and warns of nobody else", async () => {
      const reply = await way.call("invite_member", { workspace: standard.id, member: deputy.email });
      expect(reply.structured).toMatchObject({ status: "already" });
      for (const { id } of [standard, enterprise]) {
        expectApplied(await way.call("invite_member", { workspace: id, member: way.newEmail("new") }), 1);
      }
      expect(way.person.questions.map(({ message }) => message.includes("Trello hides"))).toEqual([
        false,
        false,
      ]);
      expect(inWorkspace(way.world, standard.id, deputy.id)?.memberType).toBe("admin");
    });

    it("says that a role held is not the one of the list, and keeps it", async () => {
      const csv = `email,role\n${deputy.email},member\n${successor.email},member`;
      const reply = await way.call("invite_members", {
        workspace: standard.id,
        csv,
        boards: [BOARDS.guests.id],
        dryRun: true,
      });
      expect(new Set(plannedOps(reply))).toEqual(new Set(["set_board_member"]));
      expect(warningsOf(reply)).toContain(
        `These people have another role, which is not changed. To change it, call set_workspace_role: ${deputy.email} is admin`,
      );
      expect(onBoard(way.world, BOARDS.guests.id, deputy.id)).toBeUndefined();
    });
  },
  { clients: OVER_HTTP },
);
