import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { OPEN_RULES, type Stack, startStack } from "../../support/stack.ts";
import { gatewayTo } from "../../support/wiring.ts";
import { memberIn } from "../../tools/world.ts";
import { enterpriseIn, enterTrello } from "../../tools/enterprise/enterprise.ts";
import { expectRefusedBy } from "../refused.ts";

const { standard } = SEED.workspaces;

let stack: Stack;
beforeEach(async () => {
  stack = await startStack();
});
afterEach(() => stack.close());

const protecting = (members: readonly string[], groups: readonly string[] = []) =>
  stack.another({ rules: { ...OPEN_RULES, protected: { members, groups } } });

const expectRefused = (proposed: Promise<unknown>, guard: string) => expectRefusedBy(stack, proposed, guard);

describe("a protected person", () => {
  const remove = { workspace: standard.id, member: SEED.leaver.id };

  for (const [by, name] of [
    ["id", SEED.leaver.id.toUpperCase()],
    ["username", SEED.leaver.username],
    ["email", SEED.leaver.email.toUpperCase()],
  ] as const) {
    test(`is protected by ${by}, whatever name the caller uses`, async () => {
      const engine = protecting([name]);
      for (const member of [SEED.leaver.id, SEED.leaver.username, SEED.leaver.email]) {
        const args = { ...remove, member };
        await expectRefused(engine.propose("remove_from_workspace", args, stack.caller), "protected");
        await expectRefused(engine.propose("remove_from_boards", args, stack.caller), "protected");
      }
    });
  }

  test("is not made less than admin", async () => {
    const row = stack.sandbox.world.trello.workspaces
      .get(standard.id)
      ?.memberships.find(({ idMember }) => idMember === SEED.leaver.id);
    if (row) row.memberType = "admin";
    const args = { ...remove, role: "normal" };
    for (const name of [SEED.leaver.id, SEED.leaver.email]) {
      await expectRefused(protecting([name]).propose("set_workspace_role", args, stack.caller), "protected");
    }
  });

  test("is protected in the directory by email, SCIM id and account", async () => {
    for (const name of [SEED.leaver.email, SEED.leaver.idScim ?? "", SEED.leaver.aaId]) {
      const args = { user: SEED.leaver.email };
      await expectRefused(
        protecting([name]).propose("scim_deactivate_user", args, stack.caller),
        "protected",
      );
    }
  });

  test("is protected by a group of the directory, in the directory and in Trello", async () => {
    const engine = protecting([], ["operations"]);
    const args = { user: SEED.leaver.email };
    const { message } = await expectRefused(
      engine.propose("scim_deactivate_user", args, stack.caller),
      "protected",
    );
    expect(message).toContain("Operations");
    await expectRefused(engine.propose("remove_from_workspace", remove, stack.caller), "protected");
  });

  test("is not blocked for a name that is a protected person's too; a person decides instead", async () => {
    const gateway = gatewayTo(stack.sandbox.env, stack.store, { without: ["enterprise"] });
    const engine = stack.another({
      gateway,
      rules: { ...OPEN_RULES, protected: { members: [SEED.successor.email], groups: [] } },
    });
    memberIn(stack.sandbox.world, SEED.leaver.id).fullName = SEED.successor.fullName;
    const plan = await engine.propose("remove_from_workspace", remove, stack.caller);
    expect(plan.warnings.join()).toContain(
      `It is not known whether the policy protects ${SEED.leaver.username}`,
    );
    await gateway.close();
  });

  test("is protected by email behind more namesakes than a page of the enterprise has", async () => {
    const { members } = enterpriseIn(stack.sandbox.world);
    const last = members.get(SEED.leaver.id);
    members.delete(SEED.leaver.id);
    enterTrello(stack.sandbox.world, 120, SEED.leaver.fullName);
    if (last) members.set(SEED.leaver.id, last);
    await expectRefused(
      protecting([SEED.leaver.email]).propose("remove_from_workspace", remove, stack.caller),
      "protected",
    );
  });

  const link = (email: string, idMember: string, source: string) =>
    stack.store.links.put({
      email,
      idMember,
      accountId: null,
      scimId: null,
      source,
      seenAt: new Date().toISOString(),
    });

  test("is protected by every email that was ever linked to them, a disputed one too", async () => {
    await link("chief@example.com", SEED.leaver.id, "scim");
    await link("jonas.now@example.com", SEED.leaver.id, "enterprise");
    await expectRefused(
      protecting(["chief@example.com"]).propose("remove_from_workspace", remove, stack.caller),
      "protected",
    );
    await link("chief@example.com", SEED.successor.id, "organization");
    await expectRefused(
      protecting(["chief@example.com"]).propose("remove_from_workspace", remove, stack.caller),
      "protected",
    );
  });

  test("is not known to be unprotected by an email that another member has as well", async () => {
    const gateway = gatewayTo(stack.sandbox.env, stack.store, { without: ["enterprise"] });
    for (const { id } of [SEED.leaver, SEED.successor]) await link("shared@example.com", id, "organization");
    const engine = stack.another({
      gateway,
      rules: { ...OPEN_RULES, protected: { members: ["chief@example.com"], groups: [] } },
    });
    const { warnings } = await engine.propose("remove_from_workspace", remove, stack.caller);
    expect(warnings.join()).toContain("other members have the same email");
    await gateway.close();
  });

  test("is protected by SCIM id and account on the rung of the account too", async () => {
    for (const name of [SEED.leaver.idScim ?? "", SEED.leaver.aaId]) {
      const args = { member: SEED.leaver.id, rung: "account" };
      await expectRefused(protecting([name]).propose("offboard_member", args, stack.caller), "protected");
    }
  });

  test("costs no request where the policy protects by id alone", async () => {
    const { requests } = stack.sandbox;
    await protecting([]).propose("remove_from_workspace", remove, stack.caller);
    const before = requests.length;
    await protecting([SEED.successor.id, SEED.successor.username]).propose(
      "remove_from_workspace",
      remove,
      stack.caller,
    );
    expect(requests).toHaveLength(2 * before);
  });

  test("may still be invited and read; others are not protected along with them", async () => {
    const engine = protecting([SEED.leaver.id, SEED.leaver.email], ["Design"]);
    const invite = { workspace: SEED.workspaces.premium.id, member: SEED.leaver.username, role: "normal" };
    expect((await engine.propose("invite_member", invite, stack.caller)).effects).toHaveLength(1);
    const other = { workspace: standard.id, member: SEED.alexOfOperations.id };
    expect((await engine.propose("remove_from_workspace", other, stack.caller)).effects).not.toEqual([]);
  });
});
