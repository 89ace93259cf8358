/** A userName is not the email: a person's account is found whatever the directory calls its User. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Reads } from "../../../src/domain/reads.ts";
import { findAccount, requireScimUser } from "../../../src/people/accounts.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { type Stack, startStack } from "../../support/stack.ts";
import { gatewayTo } from "../../support/wiring.ts";

const { leaver } = SEED;
const USER_NAMES = ["testDemisto", "leaver@old.example.org", "0001234", "jane leaver"];

let stack: Stack;
beforeEach(async () => {
  stack = await startStack();
});
afterEach(() => stack.close());

function callTheUser(userName: string, emails: readonly string[] = [leaver.email]): void {
  const user = stack.sandbox.world.atlassian.directory.users.get(leaver.idScim ?? "");
  if (!user) throw new Error("the seed has no such User");
  user.userName = userName;
  user.emails = emails.map((value, n) => ({ value, type: "work", primary: n === 0 }));
}

type Missing = "scim" | "organization" | "enterprise";
const WITHOUT: readonly (readonly Missing[])[] = [
  [],
  ["organization"],
  ["enterprise"],
  ["organization", "enterprise"],
];

describe.each(USER_NAMES)("a User with the userName %s", (userName) => {
  test.each(WITHOUT)("is found by email and by account (without %s %s)", async (...without) => {
    callTheUser(userName);
    const gateway = gatewayTo(stack.sandbox.env, stack.store, { without });
    const reads: Reads = gateway.reads({ priority: "interactive" });
    expect(await requireScimUser(leaver.email.toUpperCase(), reads)).toMatchObject({ id: leaver.idScim });
    expect(await requireScimUser(userName, reads)).toMatchObject({ id: leaver.idScim });
    for (const hints of [
      { emails: [leaver.email], accountId: null },
      { emails: [], accountId: leaver.aaId },
      { emails: ["somebody.else@example.com"], accountId: leaver.aaId },
    ]) {
      const { user, accountId } = await findAccount(hints, reads);
      expect([hints, user?.id, accountId]).toEqual([hints, leaver.idScim, leaver.aaId]);
    }
    await gateway.close();
  });

  test("loses the account with the last rung, by a member whose account id or email is known", async () => {
    callTheUser(userName);
    for (const [without, showsAaId] of [
      [[], false],
      [["enterprise"], true],
      [["enterprise", "organization"], true],
    ] as const) {
      stack.sandbox.world.trello.showsAaId = showsAaId;
      const gateway = gatewayTo(stack.sandbox.env, stack.store, { without });
      const args = { member: leaver.username, rung: "account" };
      const plan = await stack.another({ gateway }).propose("offboard_member", args, stack.caller);
      const accounts = plan.effects
        .filter(({ op }) => op === "set_scim_active")
        .map(({ target }) => target["scimId"]);
      expect([without, accounts]).toEqual([without, [leaver.idScim]]);
      await gateway.close();
    }
  });

  test("is not created twice", async () => {
    callTheUser(userName);
    const args = { email: leaver.email, givenName: "Jane", familyName: "Leaver" };
    for (const without of WITHOUT) {
      const gateway = gatewayTo(stack.sandbox.env, stack.store, { without });
      const plan = await stack.another({ gateway }).propose("scim_create_user", args, stack.caller);
      expect(plan.effects.filter(({ op }) => op === "create_scim_user")).toEqual([]);
      expect(plan.warnings.join()).toContain("already has a User");
      await gateway.close();
    }
  });
});

describe("a User of the email's name", () => {
  test("is nobody's whose account has another email", async () => {
    callTheUser(leaver.email, ["other@example.com"]);
    const reads = stack.gateway.reads({ priority: "interactive" });
    const { user } = await findAccount({ emails: [leaver.email], accountId: "another-account" }, reads);
    expect(user).toBeNull();
  });

  test("that is not there is said with what was searched", async () => {
    const gateway = gatewayTo(stack.sandbox.env, stack.store, { without: ["organization"] });
    const { size } = stack.sandbox.world.atlassian.directory.users;
    await expect(
      requireScimUser("nobody@example.com", gateway.reads({ priority: "interactive" })),
    ).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining(`the userName nobody@example.com, all ${size} Users of the directory`),
    });
    await gateway.close();
  });
});

describe("an email that the caller states", () => {
  const member = SEED.leaver.username;
  const withoutEnterprise = () => gatewayTo(stack.sandbox.env, stack.store, { without: ["enterprise"] });

  test("takes the account along in one decision, which a person makes outside of the client", async () => {
    callTheUser("testDemisto");
    const gateway = withoutEnterprise();
    const engine = stack.another({ gateway });
    const alone = await engine.propose("offboard_member", { member, rung: "account" }, stack.caller);
    expect(alone.effects.some(({ op }) => op === "set_scim_active")).toBe(false);
    const args = { member, email: leaver.email, rung: "account" };
    const plan = await engine.propose("offboard_member", args, stack.caller);
    expect(plan.effects.filter(({ op }) => op === "set_scim_active")).toHaveLength(1);
    expect(plan.effects.some(({ op }) => op.startsWith("remove_"))).toBe(true);
    expect(plan.requires).toBe("approval");
    expect(plan.warnings.join()).toContain(`Only the caller says that ${leaver.email} is the email of`);
    expect(await stack.store.links.byEmail(leaver.email)).toEqual([]);
    await gateway.close();
  });

  test("is told with the name of its account if that is not the name of the member", async () => {
    const gateway = withoutEnterprise();
    const engine = stack.another({ gateway });
    const warned = async (email: string) =>
      (
        await engine.propose("offboard_member", { member, email, rung: "account" }, stack.caller)
      ).warnings.join();
    for (const { email, fullName } of [SEED.scimOnly, SEED.deputy])
      expect(await warned(email)).toContain(`has the name ${fullName}, not the name of ${leaver.fullName}`);
    expect(await warned(leaver.email)).not.toContain("has the name");
    await gateway.close();
  });

  test("is no statement if a source shows it, and is refused if a source shows it for somebody else", async () => {
    const args = { member, email: leaver.email, rung: "account" };
    const plan = await stack.engine.propose("offboard_member", args, stack.caller);
    expect(plan.warnings.join()).not.toContain("no source confirms it");
    const wrong = { ...args, email: SEED.successor.email };
    await expect(stack.engine.propose("offboard_member", wrong, stack.caller)).rejects.toMatchObject({
      code: "CONFLICT",
    });
  });

  test("takes nobody's account of another account id", async () => {
    stack.sandbox.world.trello.showsAaId = true;
    const gateway = withoutEnterprise();
    const args = { member, email: SEED.successor.email, rung: "account" };
    const plan = await stack
      .another({ gateway })
      .propose("offboard_member", args, stack.caller)
      .catch(() => null);
    expect(plan?.effects.some(({ target }) => target["scimId"] === SEED.successor.idScim) ?? false).toBe(
      false,
    );
    await gateway.close();
  });
});
