import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { expectApplied, itAsksFirst, itPlansFirst, journalOf } from "../changes.ts";
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
    expect(asked).toContain("without a way to sign in");
    expect(await journalOf(way, reply)).toMatchObject({
      state: "applied",
      ticket: "IT-1",
      effects: [{ before: { active: true }, after: { active: false }, attempts: 1 }],
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

  itPlansFirst(way, "scim_deactivate_user", leaver);
  itAsksFirst(way, "scim_deactivate_user", leaver);
});
