import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { OVER_STDIO } from "../atlassian.ts";
import { expectApplied, warningsOf } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { ADMIN_HUB, ENTERPRISE, enterpriseIn } from "./enterprise.ts";

const { leaver } = SEED;
const without = { member: leaver.email, licensed: false };

describeTool(
  "set_enterprise_member_license",
  (way) => {
    const set = (args: Record<string, unknown>) => way.call("set_enterprise_member_license", args);
    const row = () => enterpriseIn(way.world).members.get(leaver.id);

    it("takes a licence after saying that it deactivates too, and answers already then", async () => {
      expectApplied(await set(without), 1);
      expect(way.person.questions[0]?.message).toContain(
        "Take the enterprise licence of Jonas Lindqvist (@jonaslindqvist), which deactivates",
      );
      expect(row()).toMatchObject({ licensed: false, deactivated: true });
      expect((await set(without)).structured).toMatchObject({ status: "already" });
      expect(way.writes()).toHaveLength(1);
    });

    it("gives one after saying that it is paid for", async () => {
      Object.assign(row() ?? {}, { licensed: false });
      expectApplied(await set({ ...without, licensed: true }), 1);
      expect(way.person.questions[0]?.message).toContain("Takes a paid licence of the enterprise");
      expect(row()?.licensed).toBe(true);
    });

    it("warns of what else it does on a dry run", async () => {
      const dry = await set({ ...without, dryRun: true });
      expect(warningsOf(dry)).toEqual(["Taking the licence deactivates the member as well."]);
    });

    it("recognises an enterprise that Atlassian Administration manages", async () => {
      const client = await way.other(ADMIN_HUB);
      const args = { member: SEED.deputy.email, licensed: false };
      const error = errorOf(await client.call("set_enterprise_member_license", args));
      expect(error).toMatchObject({ code: "UPSTREAM_FORBIDDEN", details: { reason: "admin_hub" } });
      expect(error.next).toContain("Atlassian Administration");
      expect(way.writes()).toEqual([]);
    });

    it.each([
      ["the own account", { member: SEED.admin.email, licensed: false }, "POLICY_DENIED"],
      ["an unknown person", { member: "nobody@example.com", licensed: false }, "NOT_FOUND"],
      ["a licence that is neither", { member: leaver.id, licensed: "maybe" }, "INPUT_INVALID"],
    ])("refuses %s", async (_what, args, code) => {
      expect(errorOf(await set(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
      expect(way.writes()).toEqual([]);
    });
  },
  { clients: OVER_STDIO, env: ENTERPRISE },
);
