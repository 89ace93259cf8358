import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { OVER_STDIO } from "../atlassian.ts";
import { describeTool, errorOf, type Way } from "../describe-tool.ts";
import { WORKSPACES } from "../world.ts";

// A server that may work in some workspaces only says what it does not look at, and does not reach beyond them.

const { standard, premium, free, enterprise } = WORKSPACES;
const { leaver } = SEED;
const ALLOWED = { IDENTITY_WORKSPACES: standard.id };
const BEYOND = {
  ...ALLOWED,
  IDENTITY_POLICY_FILE: fileURLToPath(new URL("../beyond-workspaces.yaml", import.meta.url)),
};
const TOOLSETS = { IDENTITY_TOOLSETS: "directory,membership,offboarding,scim,enterprise" };
const OTHERS = [premium, free, enterprise];

type Reply = Awaited<ReturnType<Way["call"]>>;

function expectBorder(blindSpots: readonly string[], { text }: Reply): void {
  const lines = blindSpots.filter((line) => line.includes("IDENTITY_WORKSPACES"));
  expect(lines).toEqual([
    expect.stringMatching(/^Only the workspaces of IDENTITY_WORKSPACES were read: access in up to \d+ other/),
  ]);
  // How many, and never which.
  for (const { id, name, displayName } of OTHERS) {
    for (const word of [id, name, displayName]) expect(text).not.toContain(word);
  }
}

describeTool(
  "the border of the allowed workspaces",
  (way) => {
    it("is told with the access of a person", async () => {
      const client = await way.other({ ...ALLOWED });
      const reply = await client.call("get_member_access", { member: leaver.id });
      expectBorder(reply.structured["blindSpots"] as string[], reply);
    });

    it.each([{}, { workspaces: [standard.id] }])(
      "is told in plan and evidence of an offboarding (%j)",
      async (args) => {
        const client = await way.other({ ...ALLOWED });
        const dry = await client.call("offboard_member", { member: leaver.id, ...args, dryRun: true });
        expectBorder((dry.structured["plan"] as { blindSpots: string[] }).blindSpots, dry);
        const reply = await client.call("offboard_member", { member: leaver.id, ...args });
        const { evidence } = reply.structured["run"] as { evidence: { blindSpots: string[] } };
        expectBorder(evidence.blindSpots, reply);
      },
    );

    it("is not spoken of without an allow-list", async () => {
      const reply = await way.call("get_member_access", { member: leaver.id });
      expect(reply.text).not.toContain("IDENTITY_WORKSPACES");
    });

    it.each([
      ["offboard_member", { member: leaver.id, rung: "enterprise" }],
      ["offboard_member", { member: leaver.id, rung: "account" }],
      ["scim_deactivate_user", { user: leaver.email }],
      ["scim_deactivate_user", { user: leaver.email, how: "suspend" }],
      ["scim_deactivate_user", { user: leaver.email, how: "disable" }],
      ["scim_delete_user", { user: leaver.email }],
      ["scim_update_group", { group: "Operations", remove: [leaver.email] }],
      ["scim_delete_group", { group: "Operations" }],
      ["set_enterprise_member_deactivated", { member: leaver.email, deactivated: true }],
      ["set_enterprise_member_license", { member: leaver.email, licensed: false }],
    ])("is not crossed by %s %j, unless the policy allows it", async (tool, args) => {
      const client = await way.other({ ...ALLOWED });
      const refused = errorOf(await client.call(tool, { ...args, dryRun: true }));
      expect(refused).toMatchObject({ code: "POLICY_DENIED", details: { guard: "beyond_workspaces" } });
      expect(refused.next).toContain("beyond_workspaces: true");
      expect(way.writes()).toEqual([]);

      const allowed = await way.other({ ...BEYOND });
      const planned = await allowed.call(tool, { ...args, dryRun: true });
      expect(planned.structured, planned.text).toMatchObject({ status: "planned" });
    });

    it("is crossed by nothing that stays inside it", async () => {
      const client = await way.other({ ...ALLOWED });
      const planned = await client.call("offboard_member", { member: leaver.id, dryRun: true });
      expect(planned.structured).toMatchObject({ status: "planned" });
    });
  },
  { clients: OVER_STDIO, env: TOOLSETS },
);
