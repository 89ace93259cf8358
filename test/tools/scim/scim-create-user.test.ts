import { describe, expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { accountIn, groupNamed, linkEmail, TWO_WAYS, userIn, userNamed } from "../atlassian.ts";
import { expectApplied, journalOf, plannedOps, warningsOf } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { BOARDS, inWorkspace, invitedTo, onBoard, signUp, withEmail, WORKSPACES } from "../world.ts";

const { standard } = WORKSPACES;
const person = { givenName: "Jo", familyName: "Joiner" };

describeTool(
  "scim_create_user",
  (way) => {
    const create = (args: Record<string, unknown>) => way.call("scim_create_user", { ...person, ...args });
    const newcomer = (local: string) => way.newEmail(local).replace("partner.example.org", "example.com");

    it("creates an account with what it is given, without asking", async () => {
      const email = newcomer("Jo");
      const details = { title: "Clerk", department: "Fleet", externalId: "hr-7", displayName: "Jo J." };
      expectApplied(await create({ email, ...details }), 1);
      expect(userNamed(way.world, email.toLowerCase())).toMatchObject({
        ...details,
        name: person,
        active: true,
        emails: [{ value: email.toLowerCase(), primary: true }],
        idAccount: expect.any(String),
      });
      expect(way.person.questions).toEqual([]);
    });

    describe("onboards in one plan", () => {
      const onto = {
        groups: ["Operations", "All Staff"],
        workspace: standard.name,
        boards: [BOARDS.guests.id, BOARDS.secondGuests.shortLink],
      };

      it("account, groups, workspace, boards, in this order; what waits is said", async () => {
        const email = newcomer("onboarded");
        const dry = await create({ ...onto, email, dryRun: true });
        expect(plannedOps(dry)).toEqual([
          "create_scim_user",
          "add_scim_group_member",
          "add_scim_group_member",
          "invite_workspace_member",
          "invite_board_member",
          "invite_board_member",
        ]);
        expect(dry.text).toContain("The invitation stays pending in Trello");

        const reply = await create({ ...onto, email });
        expectApplied(reply, 6);
        expect(way.person.questions).toHaveLength(1);
        expect(reply.text).toContain("The invitation stays pending in Trello");
        const user = userNamed(way.world, email);
        for (const name of onto.groups) {
          expect(groupNamed(way.world, name)?.members).toContain(user?.id);
        }
        // Groups are independent of each other, so they are joined abreast, in either order.
        const { groups } = accountIn(way.world, user?.idAccount ?? "");
        expect(groups.toSorted()).toEqual(onto.groups.toSorted());
        expect(invitedTo(way.world, standard.id, email)).toMatchObject({ unconfirmed: true });
        const ghost = withEmail(way.world, email)?.id ?? "";
        expect(onBoard(way.world, BOARDS.guests.id, ghost)).toBeDefined();
        expect(onBoard(way.world, BOARDS.secondGuests.id, ghost)).toBeDefined();
        expect(await journalOf(way, reply)).toMatchObject({ state: "applied" });
        const { structured } = await way.call("list_pending_invitations", { workspace: standard.id });
        expect(structured["invitations"]).toContainEqual(
          expect.objectContaining({ email, state: "pending" }),
        );
      });

      it("changes nothing when it comes again, before the first login and after", async () => {
        const email = newcomer("again");
        expectApplied(await create({ ...onto, email }), 6);
        const { length } = way.writes();
        const again = await create({ ...onto, email, dryRun: true });
        expect(again.text).not.toMatch(/stays pending|after the first login/);
        expect((await create({ ...onto, email })).structured).toMatchObject({ status: "already" });
        signUp(way.world, email, "Jo Joiner");
        expect((await create({ ...onto, email })).structured).toMatchObject({ status: "already" });
        expect(way.writes()).toHaveLength(length);
      });

      it("takes up where an earlier one left off", async () => {
        const email = newcomer("half");
        expectApplied(await create({ email, groups: ["Operations"] }), 2);
        const dry = await create({ ...onto, email, dryRun: true });
        expect(plannedOps(dry)).toEqual([
          "add_scim_group_member",
          "invite_workspace_member",
          "invite_board_member",
          "invite_board_member",
        ]);
        expectApplied(await create({ ...onto, email }), 4);
      });

      it("brings in a person whom Trello knows as that person, not by another invitation", async () => {
        const { email, id } = SEED.alexOfDesign;
        await linkEmail(way.product, { email, idMember: id, source: "enterprise" });
        const board = way.world.trello.boards.get(BOARDS.observed.id);
        if (!board) throw new Error("no such board");
        board.memberships = board.memberships.filter(({ idMember }) => idMember !== id);
        const workspace = WORKSPACES.premium.id;
        const reply = await create({ email, workspace, boards: [board.id] });
        expect(reply.structured).toMatchObject({ status: "applied" });
        expect(onBoard(way.world, board.id, id)).toBeDefined();
        expect(reply.text).not.toContain("stays pending");
        expect(way.writes()).toHaveLength(1);
        expect(inWorkspace(way.world, workspace, id)).toBeDefined();
      });

      it("chooses nobody where an email is linked to two members", async () => {
        const email = newcomer("shared");
        const twins = [SEED.leaver.id, SEED.successor.id];
        for (const idMember of twins) {
          await linkEmail(way.product, { email, idMember, source: "organization" });
        }
        const reply = await create({ ...onto, email });
        const next = expect.stringContaining("find_member");
        expect(errorOf(reply)).toMatchObject({ code: "AMBIGUOUS", next });
        for (const { id, fullName } of [SEED.leaver, SEED.successor])
          expect(reply.text).toMatch(new RegExp(`- ${fullName} \\(@\\w+\\) \\[${id}\\]`));
        expect(way.writes()).toEqual([]);
      });
    });

    it("leaves an existing User with other attributes as it is, and says so", async () => {
      const { email } = SEED.scimOnly;
      const dry = await create({ email, title: "Director", dryRun: true });
      expect(plannedOps(dry)).toEqual([]);
      expect(warningsOf(dry)).toEqual([
        expect.stringContaining("other attributes. This tool does not change them"),
      ]);
      const inactive = await create({ email: SEED.deactivated.email, dryRun: true });
      expect(warningsOf(inactive)).toContainEqual(expect.stringContaining("scim_reactivate_user"));
      expect(userIn(way.world, SEED.deactivated.idScim).active).toBe(false);
    });

    it.each([
      ["an email that is none", { email: "jo" }, "INPUT_INVALID"],
      ["boards without a workspace", { email: "a@example.com", boards: ["sb000009"] }, "INPUT_INVALID"],
      ["no family name", { email: "a@example.com", familyName: "" }, "INPUT_INVALID"],
      ["a group that is not there", { email: "a@example.com", groups: ["Nowhere"] }, "NOT_FOUND"],
    ])("refuses %s, whole", async (_what, args, code) => {
      expect(errorOf(await create(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
      expect(way.writes()).toEqual([]);
    });
  },
  { clients: TWO_WAYS },
);
