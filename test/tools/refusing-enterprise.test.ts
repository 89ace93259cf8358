/** A configured enterprise that refuses is no reason for tools that only look something up in it to fail. */
import { describe, expect, it } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { OVER_HTTP } from "./atlassian.ts";
import { plannedOps, warningsOf } from "./changes.ts";
import { describeTool, errorOf } from "./describe-tool.ts";
import { enterpriseIn } from "./enterprise/enterprise.ts";
import { WORKSPACES } from "./world.ts";

const { standard } = WORKSPACES;
const workspace = standard.id;
const stranger = "z@partner.example.org";
const NOTE = /^The enterprise's directory was not read: /;

describeTool(
  "an enterprise that refuses",
  (way) => {
    describe.each([
      ["an account that is none of its admins", {}],
      ["an id that nothing has", { TRELLO_ENTERPRISE_ID: "f".repeat(24) }],
    ])("%s", (_why, env) => {
      const call = async (tool: string, args: Record<string, unknown>) => {
        enterpriseIn(way.world).idAdmins = [SEED.deputy.id];
        return (await way.other(env)).call(tool, args);
      };

      it.each([
        ["invite_member", { member: stranger }],
        ["invite_members", { emails: stranger }],
      ])("does not stop %s, which says so", async (tool, args) => {
        const reply = await call(tool, { workspace, ...args, dryRun: true });
        expect(plannedOps(reply)).toEqual(["invite_workspace_member"]);
        expect(warningsOf(reply)).toContainEqual(expect.stringMatching(NOTE));
        // Nor is an admin taken for one whose email the enterprise would have told.
        expect(warningsOf(reply)).toContainEqual(
          expect.stringContaining("Trello hides the emails of these admins"),
        );
      });

      it("does not stop find_member and list_workspace_members", async () => {
        const found = await call("find_member", { member: SEED.leaver.email });
        expect(found.structured["notes"]).toContainEqual(expect.stringMatching(NOTE));
        const listed = await call("list_workspace_members", {
          workspace,
          fields: ["email", "groups", "lastActive"],
        });
        expect(listed.structured["members"]).toHaveLength(25);
        expect(listed.structured["notes"]).toContainEqual(expect.stringMatching(NOTE));
      });

      it("is named where an email therefore finds nobody", async () => {
        const reply = await call("remove_from_workspace", { workspace, member: stranger });
        expect(errorOf(reply)).toMatchObject({ code: "NOT_FOUND", next: expect.stringMatching(NOTE) });
      });
    });
  },
  { clients: OVER_HTTP },
);
