import { describe, expect, it } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { decideAtTerminal } from "./decisions.ts";
import { describeTool, errorOf, ONE_A_TRANSPORT } from "./describe-tool.ts";
import { boardsWith, WORKSPACES } from "./world.ts";

const { standard, premium } = WORKSPACES;

describeTool(
  "what the credentials do not allow",
  (way) => {
    describe("a token without the scope write", () => {
      const client = () => way.other({ TRELLO_API_TOKEN: SEED.tokens.readOnly });

      it("reads, and says which scope is missing when something is to be changed", async () => {
        const { structured } = await (await client()).call("check_connection");
        expect(structured).toMatchObject({ token: { scopes: ["read"], expires: null, daysLeft: null } });
        const reply = await (await client()).call("remove_from_boards", {
          workspace: standard.id,
          member: SEED.leaver.id,
        });
        expect(reply.isError).toBe(true);
        expect(reply.text).toContain("lacks the scope `write`");
        expect(boardsWith(way.world, standard.id, SEED.leaver.id)).toHaveLength(30);
      });

      it.each([
        ["remove_from_workspace", { workspace: standard.id, member: SEED.leaver.id }],
        ["offboard_member", { members: SEED.leaver.email, rung: "account" }],
        ["invite_member", { workspace: standard.id, member: "scope@partner.example.org" }],
        ["set_workspace_role", { workspace: standard.id, member: SEED.leaver.id, role: "admin" }],
        ["reassign_cards", { workspace: standard.id, member: SEED.leaver.id, reassignTo: "nobody" }],
        ["update_my_profile", { bio: "new" }],
      ])("%s says so before a person is asked or anything is sent", async (tool, args) => {
        way.product.sandbox.resetRequests();
        const reply = await (await client()).call(tool, args);
        expect(errorOf(reply)).toMatchObject({
          code: "UPSTREAM_FORBIDDEN",
          next: expect.stringContaining("by the `login` command"),
          details: { reason: "scope_missing", scope: "write" },
        });
        expect(way.person.questions).toEqual([]);
        expect(way.writes()).toEqual([]);
        const asked = way.product.sandbox.requests.filter(({ operation }) => operation?.includes("/tokens/"));
        expect(asked.length).toBeLessThanOrEqual(1);
      });

      it("plans all the same when asked for a dry run, and changes the directory with its own key", async () => {
        const dry = await (await client()).call("remove_from_boards", {
          workspace: standard.id,
          member: SEED.leaver.id,
          dryRun: true,
        });
        expect(dry.structured).toMatchObject({ status: "planned" });
        const email = way.newEmail("scope");
        const made = await (await client()).call("scim_create_user", {
          email,
          givenName: "Scope",
          familyName: "Test",
        });
        expect(made.structured).toMatchObject({ status: "applied" });
      });
    });

    it("a token without the scope account cannot change the profile, and it is said before the run", async () => {
      const client = await way.other({ TRELLO_API_TOKEN: SEED.tokens.noAccount });
      expect((await client.call("check_connection")).structured).toMatchObject({
        token: { scopes: ["read", "write"] },
      });
      const reply = await client.call("update_my_profile", { bio: "new" });
      expect(errorOf(reply)).toMatchObject({ details: { reason: "scope_missing", scope: "account" } });
      expect(way.writes()).toEqual([]);
    });

    it("an expired token is called that, with how to replace it", async () => {
      const client = await way.other({ TRELLO_API_TOKEN: SEED.tokens.expired });
      const reply = await client.call("list_workspaces");
      expect(errorOf(reply)).toMatchObject({
        code: "UNAUTHENTICATED",
        message: "The Trello token has expired.",
      });
      expect(reply.text).toContain("with the `login` command");
    });

    it("a token that Trello does not know is called that", async () => {
      const client = await way.other({ TRELLO_API_TOKEN: "0".repeat(64) });
      expect(errorOf(await client.call("list_workspaces"))).toMatchObject({ code: "UNAUTHENTICATED" });
    });

    it("the token of somebody who administers nothing sees no more than that person", async () => {
      const client = await way.other({ TRELLO_API_TOKEN: SEED.tokens.normalMember });
      const { structured } = await client.call("set_workspace_role", {
        workspace: standard.id,
        member: SEED.leaver.id,
        role: "admin",
      });
      // However it is approved, Trello still refuses it.
      await decideAtTerminal(way.product, structured["planId"], true);
      const reply = await client.call("apply_plan", { planId: structured["planId"] });
      expect(reply.isError).toBe(true);
      expect(reply.text).toContain("In Trello, the token's owner is not allowed to see or change this");
      const other = await client.call("list_workspace_members", { workspace: WORKSPACES.free.id });
      expect(errorOf(other)).toMatchObject({ code: "UPSTREAM_FORBIDDEN" });
    });

    it("a workspace outside the allow-list is closed for reading and for writing", async () => {
      const client = await way.other({ IDENTITY_WORKSPACES: premium.id });
      expect((await client.call("list_workspaces")).structured["workspaces"]).toEqual([
        expect.objectContaining({ id: premium.id }),
      ]);
      for (const [tool, args] of [
        ["list_workspace_members", { workspace: standard.id }],
        ["list_workspace_boards", { workspace: standard.name }],
        ["list_board_members", { board: SEED.boards.guests.id }],
        ["list_pending_invitations", { workspace: standard.id }],
        ["invite_member", { workspace: standard.id, member: "a@example.com" }],
        ["remove_from_workspace", { workspace: standard.id, member: SEED.leaver.id }],
      ] as const) {
        expect(errorOf(await client.call(tool, args))).toMatchObject({
          code: "POLICY_DENIED",
          details: { guard: "allow_list" },
          next: expect.stringContaining("IDENTITY_WORKSPACES"),
        });
      }
      expect(way.writes()).toEqual([]);
    });

    describe("without the Atlassian and enterprise settings", () => {
      const client = () =>
        way.other({
          ATLASSIAN_SCIM_DIRECTORY_ID: "",
          ATLASSIAN_SCIM_TOKEN: "",
          ATLASSIAN_ORG_ID: "",
          ATLASSIAN_ORG_API_KEY: "",
          TRELLO_ENTERPRISE_ID: "",
        });

      it.each([
        ["scim_list_users", {}],
        ["scim_get_user", { user: SEED.leaver.email }],
        ["scim_deactivate_user", { user: SEED.leaver.email }],
      ])("%s says which settings are missing", async (tool, args) => {
        const reply = await (await client()).call(tool, args);
        expect(errorOf(reply)).toMatchObject({ code: "CONFIG_INVALID" });
        expect(reply.text).toContain("ATLASSIAN_SCIM_DIRECTORY_ID and ATLASSIAN_SCIM_TOKEN");
        expect(reply.text).toMatch(/Guard .* verified domain with SSO/);
      });

      it("the connection check says what is not configured", async () => {
        const { structured } = await (await client()).call("check_connection");
        expect(structured["upstreams"]).toEqual([
          { name: "Trello", state: "answers" },
          { name: "SCIM", state: "not configured" },
          { name: "organization", state: "not configured" },
          { name: "enterprise", state: "not configured" },
        ]);
      });

      it("an email proves nothing, and a write on one is refused with how to go on", async () => {
        // Known in the enterprise, which is not asked here.
        const args = { workspace: standard.id, member: SEED.trelloOnly.email };
        const error = errorOf(await (await client()).call("remove_from_boards", args));
        expect(error.code).toBe("NOT_FOUND");
        expect(error.next).toContain("Trello hides emails");
        expect(way.writes()).toEqual([]);
      });

      it("what access shows says what was not read", async () => {
        const { structured } = await (await client()).call("get_member_access", { member: SEED.admin.id });
        expect(structured).not.toHaveProperty("scimUser");
        expect(structured).not.toHaveProperty("atlassian");
      });
    });

    it("without the organization API a deactivation needs a person elsewhere, for its impact is unknown", async () => {
      const client = await way.other({ ATLASSIAN_ORG_ID: "", ATLASSIAN_ORG_API_KEY: "" });
      const reply = await client.call("scim_deactivate_user", { user: SEED.leaver.email });
      expect(reply.structured).toMatchObject({
        status: "awaiting_confirmation",
        plan: { requires: "approval" },
      });
      expect(reply.text).toContain("ATLASSIAN_ORG_ID and ATLASSIAN_ORG_API_KEY");
      expect(way.person.questions).toEqual([]);
      expect(way.writes()).toEqual([]);
    });

    it("read-only means that no tool that changes anything is there", async () => {
      const client = await way.other({ IDENTITY_READ_ONLY: "true" });
      const tools = await client.listTools();
      expect(tools.length).toBeGreaterThan(5);
      for (const { annotations } of tools) expect(annotations).toMatchObject({ readOnlyHint: true });
      await expect(
        client.call("remove_from_boards", { workspace: standard.id, member: SEED.leaver.id }),
      ).rejects.toThrow(/Unknown tool/);
    });
  },
  { clients: ONE_A_TRANSPORT },
);
