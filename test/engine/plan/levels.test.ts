import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConfirmationLevel } from "../../../src/domain/confirmation.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { boardsWith, OPEN_RULES, type Stack, startStack } from "../../support/stack.ts";

const { leaver, successor, workspaces } = SEED;
const { standard, premium, free } = workspaces;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
});
afterAll(() => stack.close());

type Args = Readonly<Record<string, string | readonly string[] | Readonly<Record<string, string>>>>;
const levelOf = async (
  tool: string,
  args: Args,
  tools: Readonly<Record<string, ConfirmationLevel>> = {},
  weakest: ConfirmationLevel = "client",
) => {
  const confirmation = { default: null, tools: new Map(Object.entries(tools)) };
  const engine = stack.another({ rules: { ...OPEN_RULES, weakest, confirmation } });
  const plan = await engine.propose(tool, args, stack.caller);
  expect(plan.effects.length).toBeGreaterThan(0);
  return plan.requires;
};
const boardWith = (member: string) => boardsWith(stack.sandbox, member, standard.id)[0]?.id ?? "";
const boardWithout = (member: string) =>
  [...stack.sandbox.world.trello.boards.values()].find(
    ({ idOrganization, memberships, closed }) =>
      idOrganization === standard.id && !closed && memberships.every(({ idMember }) => idMember !== member),
  )?.id ?? "";

describe("the level of a call without a policy", () => {
  test("is by what it does", async () => {
    const inStandard = { workspace: standard.id, member: leaver.id };
    const board = boardWith(leaver.id);
    for (const [tool, args, level] of [
      ["remove_from_boards", { ...inStandard, boards: [board] }, "client"],
      ["remove_from_workspace", inStandard, "client"],
      ["offboard_member", { member: leaver.id, rung: "workspaces" }, "client"],
      ["offboard_member", { member: leaver.email, rung: "account" }, "approval"],
      ["offboard_member", { member: leaver.email, rung: "enterprise" }, "approval"],
      ["scim_deactivate_user", { user: leaver.email }, "approval"],
      ["scim_deactivate_user", { user: leaver.email, how: "suspend" }, "approval"],
      ["scim_delete_user", { user: leaver.email }, "approval"],
      [
        "scim_update_user",
        { user: leaver.email, attributes: { userName: "another@example.com" } },
        "approval",
      ],
      ["scim_update_user", { user: leaver.email, attributes: { title: "Director" } }, "none"],
      ["set_workspace_role", { ...inStandard, role: "admin" }, "approval"],
      ["set_board_role", { ...inStandard, board, role: "admin" }, "approval"],
      [
        "add_to_boards",
        { workspace: standard.id, members: successor.id, boards: [boardWithout(successor.id)] },
        "none",
      ],
      [
        "add_to_boards",
        {
          workspace: standard.id,
          members: successor.id,
          boards: [boardWithout(successor.id)],
          role: "admin",
        },
        "approval",
      ],
      ["invite_member", { workspace: free.id, member: "new.person@partner.example" }, "none"],
      [
        "invite_member",
        { workspace: free.id, member: "new.person@partner.example", role: "admin" },
        "approval",
      ],
    ] as const) {
      expect([tool, args, await levelOf(tool, args)]).toEqual([tool, args, level]);
    }
  });

  test("asks for paid seats, strangers and groups, once a list", async () => {
    const emails = Array.from({ length: 30 }, (_, n) => `new.${n}@partner.example`).join("\n");
    const board = boardWithout(successor.id);
    for (const [tool, args, level] of [
      ["invite_members", { workspace: premium.id, emails }, "client"],
      ["invite_members", { workspace: free.id, emails }, "none"],
      ["invite_member", { workspace: premium.id, member: "new@partner.example" }, "client"],
      [
        "invite_members",
        { workspace: standard.id, emails: "new@partner.example", role: "guest", boards: [board] },
        "client",
      ],
      ["scim_update_group", { group: "Operations", add: [SEED.scimOnly.email] }, "client"],
      [
        "scim_create_user",
        { email: "outsider@partner.example", givenName: "Out", familyName: "Sider", groups: ["Operations"] },
        "client",
      ],
      [
        "scim_create_user",
        { email: "outsider@partner.example", givenName: "Out", familyName: "Sider" },
        "none",
      ],
    ] as const) {
      expect([tool, args, await levelOf(tool, args)]).toEqual([tool, args, level]);
    }
  });

  test("is stronger if more than ten people lose access in one plan", async () => {
    const users = [...stack.sandbox.world.atlassian.directory.groups.values()]
      .find(({ displayName }) => displayName === "Operations")
      ?.members.values();
    const members = [...(users ?? [])];
    expect(members.length).toBeGreaterThan(11);
    const without = (count: number) => ({ group: "Operations", remove: members.slice(0, count) });
    expect(await levelOf("scim_update_group", without(10))).toBe("client");
    expect(await levelOf("scim_update_group", without(11))).toBe("approval");
    expect(await levelOf("scim_update_group", without(11), { scim_update_group: "client" })).toBe("client");
  });
});

test("the model alone decides only on what weighs little, unless the policy names each tool of it", async () => {
  const removal = { workspace: standard.id, member: leaver.id };
  const account = { user: leaver.email };
  expect(await levelOf("remove_from_workspace", removal, {}, "two_step")).toBe("two_step");
  expect(await levelOf("scim_deactivate_user", account, {}, "two_step")).toBe("approval");
  const named = { scim_deactivate_user: "two_step", offboard_member: "two_step" } as const;
  expect(await levelOf("scim_deactivate_user", account, named, "two_step")).toBe("two_step");
  expect(
    await levelOf("scim_deactivate_user", account, { scim_deactivate_user: "two_step" }, "two_step"),
  ).toBe("approval");
  expect(await levelOf("scim_deactivate_user", account, named, "client")).toBe("client");
});
