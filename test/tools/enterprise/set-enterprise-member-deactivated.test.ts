import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { linkEmail, operationsOf, OVER_HTTP } from "../atlassian.ts";
import { expectApplied } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { inWorkspace, WORKSPACES } from "../world.ts";
import { ADMIN_HUB, ENTERPRISE, enterpriseIn, enterTrello } from "./enterprise.ts";

const { leaver, successor } = SEED;
const away = { member: leaver.email, deactivated: true };

describeTool(
  "set_enterprise_member_deactivated",
  (way) => {
    const set = (args: Record<string, unknown>) => way.call("set_enterprise_member_deactivated", args);
    const row = (id: string = leaver.id) => enterpriseIn(way.world).members.get(id);

    it("deactivates in every workspace of the enterprise after asking, and answers already then", async () => {
      expectApplied(await set(away), 1);
      expect(way.person.questions[0]?.message).toContain(
        "Deactivate Jonas Lindqvist (@jonaslindqvist) in the enterprise",
      );
      expect(way.person.questions[0]?.message).toContain("The Atlassian account and its other products");
      expect(row()?.deactivated).toBe(true);
      expect(inWorkspace(way.world, WORKSPACES.enterprise.id, leaver.id)?.deactivated).toBe(true);
      expect((await set(away)).structured).toMatchObject({ status: "already" });
      expect(way.writes()).toHaveLength(1);
    });

    it("reactivates, after asking, because that takes a licence", async () => {
      expectApplied(await set(away), 1);
      expectApplied(await set({ ...away, deactivated: false }), 1);
      expect(way.person.questions[1]?.message).toContain("Takes a licence of the enterprise again");
      expect(row()?.deactivated).toBe(false);
    });

    it.each([leaver.id, leaver.username, `@${leaver.username}`, leaver.email.toUpperCase(), leaver.fullName])(
      "takes %s for the person",
      async (member) => {
        const reply = await set({ ...away, member, dryRun: true });
        expect(reply.structured).toMatchObject({
          summary: "Deactivate Jonas Lindqvist (@jonaslindqvist) in the Trello Enterprise",
        });
      },
    );

    it("goes by the id that it is given, whatever email was ever linked to it", async () => {
      const link = { email: successor.email, idMember: leaver.id, source: "organization" };
      await linkEmail(way.product, link);
      const reply = await set({ ...away, member: leaver.id, dryRun: true });
      expect(reply.structured["summary"]).toContain("@jonaslindqvist");
    });

    it("finds somebody by username on a later page, and stops there", async () => {
      enterTrello(way.world, 250);
      const reply = await set({ ...away, member: "extra150", dryRun: true });
      expect(reply.structured["summary"]).toContain("@extra150");
      const pages = operationsOf(way.product).filter((name) => name.endsWith("/members/query"));
      expect(pages).toHaveLength(2);
    });

    it("chooses nobody where two have the name, and lists them", async () => {
      const [first, second] = enterTrello(way.world, 2, "Kim Twin");
      const error = errorOf(await set({ ...away, member: "Kim Twin" }));
      expect(error).toMatchObject({ code: "AMBIGUOUS" });
      expect(error.details["candidates"]).toEqual([
        expect.objectContaining({ id: first, email: "extra0@example.com" }),
        expect.objectContaining({ id: second, email: "extra1@example.com" }),
      ]);
      expect(way.writes()).toEqual([]);
    });

    it("recognises an enterprise that Atlassian Administration manages, and names the alternative", async () => {
      const client = await way.other(ADMIN_HUB);
      const args = { member: SEED.deputy.email, deactivated: true };
      const error = errorOf(await client.call("set_enterprise_member_deactivated", args));
      expect(error).toMatchObject({
        code: "UPSTREAM_FORBIDDEN",
        message: expect.stringContaining("Atlassian Administration manages this enterprise"),
        details: { reason: "admin_hub" },
      });
      expect(error.next).toContain("scim_deactivate_user");
      expect(way.person.questions).toEqual([]);
      expect(way.writes()).toEqual([]);
    });

    it.each([
      ["the own account", { member: SEED.admin.id, deactivated: true }, "POLICY_DENIED"],
      ["somebody who is not in the enterprise", { member: SEED.guest.email, deactivated: true }, "NOT_FOUND"],
      ["an unknown id", { member: "f".repeat(24), deactivated: true }, "NOT_FOUND"],
      ["no state", { member: leaver.id }, "INPUT_INVALID"],
    ])("refuses %s", async (_what, args, code) => {
      expect(errorOf(await set(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
      expect(way.writes()).toEqual([]);
    });
  },
  { clients: OVER_HTTP, env: ENTERPRISE },
);
