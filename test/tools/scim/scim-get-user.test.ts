import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { describeTool, errorOf } from "../describe-tool.ts";

describeTool("scim_get_user", (way) => {
  it.each([
    ["SCIM id", SEED.leaver.idScim],
    ["email", SEED.leaver.email],
  ])("shows one User by %s, with groups and the Atlassian account", async (_by, user) => {
    const { structured, text } = await way.call("scim_get_user", { user });
    expect(structured).toMatchObject({
      id: SEED.leaver.idScim,
      userName: SEED.leaver.email,
      name: SEED.leaver.fullName,
      active: true,
      emails: [SEED.leaver.email],
      groups: ["All Staff", "Operations", "Meridian"],
      atlassianAccountId: SEED.leaver.aaId,
    });
    expect(text).toContain(`<${SEED.leaver.email}>`);
    expect(text).toContain("Groups: All Staff, Operations, Meridian");
    expect(way.product.sandbox.requests).toHaveLength(1);
  });

  it("cleans and caps names", async () => {
    const user = way.world.atlassian.directory.users.get(SEED.leaver.idScim ?? "");
    if (user) Object.assign(user, { displayName: `\u0000${"yes ".repeat(3_000)}`, title: "\u202Eboss" });
    const { structured } = await way.call("scim_get_user", { user: SEED.leaver.idScim });
    expect([...String(structured["name"])]).toHaveLength(100);
    expect(structured["title"]).toBe("boss");
  });

  it.each([
    [{ user: "nosuchid" }, "NOT_FOUND"],
    [{ user: SEED.trelloOnly.email }, "NOT_FOUND"],
    [{ user: "" }, "INPUT_INVALID"],
    [{ user: "x", id: "y" }, "INPUT_INVALID"],
  ])("refuses %j with %s and a next step", async (args, code) => {
    expect(errorOf(await way.call("scim_get_user", args))).toMatchObject({
      code,
      next: expect.stringMatching(/\w+/),
    });
  });
});
