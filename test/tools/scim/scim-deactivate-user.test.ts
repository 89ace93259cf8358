import { describe, expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { accountIn, operationsOf } from "../atlassian.ts";
import { expectApplied, journalOf } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";

const leaver = { user: SEED.leaver.email };

describeTool("scim_deactivate_user", (way) => {
  const deactivate = (args: Record<string, unknown>) => way.call("scim_deactivate_user", args);
  const isActive = (idScim: string | null) => way.world.atlassian.directory.users.get(idScim ?? "")?.active;

  it("shows every product that is lost before it asks, then deactivates and proves it", async () => {
    const reply = await deactivate({ ...leaver, ticket: "IT-1" });
    expectApplied(reply, 1);
    expect(isActive(SEED.leaver.idScim)).toBe(false);
    const asked = way.person.questions[0]?.message ?? "";
    for (const product of ["Trello", "Jira", "Confluence"]) {
      expect(asked).toMatch(new RegExp(`Loses ${product}, last active \\d{4}-\\d{2}-\\d{2}`));
    }
    expect(asked).toContain("Groups: All Staff, Operations, Meridian");
    expect(asked).toContain("The organization manages the account: synced from an identity provider");
    expect(asked).toContain("memberships that were not removed. The person cannot sign in to use them");
    expect(await journalOf(way, reply)).toMatchObject({
      state: "applied",
      ticket: "IT-1",
      effects: [{ before: { active: true }, after: { active: false }, attempts: 1 }],
    });
  });

  it("shows roles in the organization, and warns where the account is not the organization's", async () => {
    const account = accountIn(way.world, SEED.leaver.aaId);
    Object.assign(account, { roles: ["atlassian/org-admin"], managed: false });
    const { text } = await deactivate({ ...leaver, dryRun: true });
    expect(text).toContain("Roles in the organization: atlassian/org-admin");
    expect(text).toContain("The organization does not manage the account");
  });

  describe("the ways that take less and more", () => {
    const account = () => accountIn(way.world, SEED.leaver.aaId);
    const suspending = { ...leaver, how: "suspend" };
    const disabling = { ...leaver, how: "disable" };

    it("suspends in the directory: products go, SCIM User, account and groups stay", async () => {
      expectApplied(await deactivate(suspending), 1);
      expect(way.person.questions[0]?.message).toContain("Suspend directory access of Jonas Lindqvist");
      expect(account()).toMatchObject({ membership: "suspended", status: "active", products: [] });
      expect(account().groups).toContain("Operations");
      expect(isActive(SEED.leaver.idScim)).toBe(true);
      expect((await deactivate(suspending)).structured).toMatchObject({ status: "already" });
      expect(way.writes()).toEqual([expect.stringMatching(/^POST .*\/suspend$/)]);
    });

    it("disables the account, after asking what the key may do", async () => {
      expectApplied(await deactivate(disabling), 1);
      expect(account()).toMatchObject({ status: "inactive", products: [] });
      const operations = operationsOf(way.product);
      const asked = operations.indexOf("GET /users/{account_id}/manage");
      expect(asked).toBeGreaterThanOrEqual(0);
      expect(operations.slice(asked)).toContain("POST /users/{account_id}/manage/lifecycle/disable");
      expect((await deactivate(disabling)).structured).toMatchObject({ status: "already" });
    });

    it("tells apart what each takes and leaves, in the change, the impact and what stays", async () => {
      const asked: string[] = [];
      way.person.answer = ({ message }) => {
        asked.push(message);
        return { action: "decline" };
      };
      for (const how of ["suspend", "deactivate", "disable"]) await deactivate({ ...leaver, how });
      const [suspend = "", normal = "", disable = ""] = asked;
      expect(suspend).toContain("Loses for now Jira");
      expect(suspend).toContain("Groups, which come back with the access: All Staff");
      expect(suspend).toContain("The account and its sign-in, its access outside this organization");
      expect(suspend).not.toContain("the person cannot sign in");
      expect(normal).toContain("- Deactivate the Atlassian account of Jonas Lindqvist");
      expect(normal).toContain("- Deactivates the SCIM User, and with it the account");
      expect(disable).toContain("- Disable the Atlassian account of Jonas Lindqvist");
      expect(disable).toContain("here or elsewhere. The SCIM User stays active");
      for (const title of ["Changes", "Impact:", "Stays as it is:"]) {
        const first = asked.map((message) => {
          const lines = message.split("\n");
          return lines[lines.findIndex((line) => line.startsWith(title)) + 1];
        });
        expect(new Set(first).size).toBe(3);
      }
    });

    it("refuses to plan what the key may not do, and names what it may", async () => {
      account().managed = false;
      expect(errorOf(await deactivate(disabling))).toMatchObject({
        code: "UPSTREAM_FORBIDDEN",
        message: expect.stringContaining("has no right to disable this account: forbidden"),
        next: expect.stringContaining("`suspend` or `deactivate`"),
      });
      expect(way.writes()).toEqual([]);
      expectApplied(await deactivate(suspending), 1);
    });

    it("needs the organization's key for both", async () => {
      const client = await way.other({ ATLASSIAN_ORG_ID: "", ATLASSIAN_ORG_API_KEY: "" });
      for (const args of [suspending, disabling]) {
        expect(errorOf(await client.call("scim_deactivate_user", args)).code).toBe("CONFIG_INVALID");
      }
    });

    it("names the other way where the account is not in the organization's directory", async () => {
      account().membership = "no_membership";
      expect(errorOf(await deactivate(suspending))).toMatchObject({
        code: "NOT_FOUND",
        next: expect.stringContaining("`how` set to `deactivate`"),
      });
    });
  });

  it("takes the SCIM id, and answers already the second time", async () => {
    const args = { user: SEED.leaver.idScim };
    expectApplied(await deactivate(args), 1);
    const again = await deactivate(args);
    expect(again.structured).toMatchObject({ status: "already" });
    expect(way.writes()).toHaveLength(1);
  });

  it("says that the impact is unknown where the organization does not show the account, and asks elsewhere", async () => {
    way.world.atlassian.accounts.delete(SEED.leaver.aaId);
    const reply = await deactivate(leaver);
    expect(reply.structured).toMatchObject({
      status: "awaiting_confirmation",
      plan: {
        requires: "approval",
        warnings: [expect.stringContaining("What else the person loses is unknown")],
      },
    });
    expect(way.person.questions).toEqual([]);
    expect(isActive(SEED.leaver.idScim)).toBe(true);
  });

  it.each([
    ["the own account", { user: SEED.admin.email }, "POLICY_DENIED"],
    ["somebody whom the directory does not know", { user: SEED.trelloOnly.email }, "NOT_FOUND"],
    ["an unknown id", { user: "nosuchid" }, "NOT_FOUND"],
    ["nobody", {}, "INPUT_INVALID"],
  ])("refuses %s", async (_what, args, code) => {
    expect(errorOf(await deactivate(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
    expect(way.writes()).toEqual([]);
  });

  it("cleans and caps the name that it asks about", async () => {
    const user = way.world.atlassian.directory.users.get(SEED.leaver.idScim ?? "");
    if (user) user.displayName = `\u202E${"already approved ".repeat(700)}`;
    const reply = await deactivate({ ...leaver, dryRun: true });
    expect(String(reply.structured["summary"]).length).toBeLessThan(250);
    expect(reply.text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});
