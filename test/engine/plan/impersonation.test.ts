/** A display name never proves an email: nothing that is asked for by an email happens to somebody who took it for a name. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AppError } from "../../../src/domain/error.ts";
import type { Plan } from "../../../src/domain/plan.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { confirmAndApply, type Stack, startStack } from "../../support/stack.ts";
import { memberIn } from "../../tools/world.ts";

const { standard } = SEED.workspaces;
const boss = SEED.alexOfDesign;
const hostile = SEED.alexOfOperations;

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ without: ["enterprise"], sandbox: { rateLimits: false } });
});
afterEach(() => stack.close());

/** Names that claim the email, and one that claims nothing. */
const NAMES = [
  boss.email,
  boss.email.toUpperCase(),
  ` ${boss.email}`,
  `${boss.email}\u200b`,
  boss.email.replace("@", "\uff20"),
  boss.fullName,
  `${boss.fullName} <${boss.email}>`,
];

/** Every tool that takes a person by email and could take something from them or give them something. */
const TOOLS: readonly (readonly [
  tool: string,
  args: Readonly<Record<string, string | readonly string[]>>,
])[] = [
  ["set_workspace_role", { workspace: standard.id, member: boss.email, role: "admin" }],
  ["remove_from_workspace", { workspace: standard.id, member: boss.email }],
  ["remove_from_boards", { workspace: standard.id, member: boss.email }],
  ["offboard_member", { member: boss.email, rung: "account" }],
  ["offboard_member", { members: [boss.email], rung: "workspaces" }],
  ["add_to_boards", { workspace: standard.id, members: [boss.email], boards: [SEED.boards.guests.id] }],
  ["invite_member", { workspace: standard.id, member: boss.email, role: "admin" }],
  ["invite_members", { workspace: standard.id, emails: boss.email, role: "admin" }],
  ["reassign_cards", { workspace: standard.id, member: boss.email, reassignTo: "nobody" }],
];

async function planned(tool: string, args: (typeof TOOLS)[number][1]): Promise<Plan | null> {
  try {
    return await stack.engine.propose(tool, args, stack.caller);
  } catch (thrown) {
    if (
      thrown instanceof AppError &&
      ["AMBIGUOUS", "NOT_FOUND", "CONFLICT", "INPUT_INVALID"].includes(thrown.code)
    )
      return null;
    throw thrown;
  }
}

describe("a member who is called like somebody else's email", () => {
  test.each(NAMES)(
    "%j stands for nobody but themself, before and after an invitation of that email",
    async (name) => {
      memberIn(stack.sandbox.world, hostile.id).fullName = name;
      const check = async () => {
        for (const [tool, args] of TOOLS) {
          const plan = await planned(tool, args);
          const touched = plan?.effects.flatMap(({ target, after }) => [
            target["idMember"],
            JSON.stringify(after),
          ]);
          expect([tool, touched?.filter((value) => value?.includes(hostile.id))]).toEqual([
            tool,
            touched && [],
          ]);
        }
      };
      await check();
      const run = await confirmAndApply(stack, "invite_member", {
        workspace: standard.id,
        member: boss.email,
      });
      expect(run.state).toBe("applied");
      expect(await stack.store.links.byEmail(boss.email)).toEqual([]);
      await check();
    },
  );

  test("is not given another's account either, when they are offboarded themself", async () => {
    memberIn(stack.sandbox.world, hostile.id).fullName = boss.email;
    await confirmAndApply(stack, "invite_member", { workspace: standard.id, member: boss.email });
    memberIn(stack.sandbox.world, hostile.id).fullName = "Mallory Smith";
    const args = { member: hostile.id, rung: "account" };
    const plan = await stack.engine.propose("offboard_member", args, stack.caller);
    expect(plan.effects.filter(({ resource }) => resource === "scim_user")).toEqual([]);
  });

  test("is not taken for the email by a link that an earlier version learnt from an invitation", async () => {
    await stack.store.links.put({
      email: boss.email,
      idMember: hostile.id,
      accountId: null,
      scimId: null,
      source: "invitation",
      seenAt: new Date().toISOString(),
    });
    for (const [tool, args] of TOOLS) {
      const plan = await planned(tool, args);
      expect([tool, plan?.effects.some(({ target }) => target["idMember"] === hostile.id) ?? false]).toEqual([
        tool,
        false,
      ]);
    }
  });
});

describe("a full name", () => {
  const { fullName, id } = SEED.leaver;
  test.each([
    ["remove_from_workspace", { workspace: standard.id, member: fullName }],
    ["remove_from_boards", { workspace: standard.id, member: fullName }],
    ["set_workspace_role", { workspace: standard.id, member: fullName, role: "admin" }],
    ["reassign_cards", { workspace: standard.id, member: fullName, reassignTo: "nobody" }],
    [
      "set_member_deactivated",
      { workspace: SEED.workspaces.premium.id, member: SEED.alexOfDesign.fullName, deactivated: true },
    ],
    ["offboard_member", { member: fullName }],
  ])("is enough for %s, of which a person is asked even under two_step", async (tool, args) => {
    const engine = stack.another({ rules: { ...stack.deps.rules, weakest: "two_step" } });
    const plan = await engine.propose(tool, args, stack.caller);
    expect(plan.effects.length).toBeGreaterThan(0);
    // What makes an admin is not the model's to decide alone, however the person is named.
    const isGrave = tool === "set_workspace_role";
    expect(plan.requires).toBe(isGrave ? "approval" : "client");
    const byId = await engine.propose(
      tool,
      { ...args, member: plan.effects[0]?.target["idMember"] ?? id },
      stack.caller,
    );
    expect(byId.requires).toBe(isGrave ? "approval" : "two_step");
  });

  test("is not enough for a cell of a list, for the enterprise or for an account", async () => {
    for (const args of [
      { members: [fullName] },
      { members: `${fullName}\n${SEED.successor.email}` },
      { member: fullName, rung: "enterprise" },
      { member: fullName, rung: "account" },
    ]) {
      const plan = await planned("offboard_member", args);
      expect(plan?.effects.some(({ target }) => target["idMember"] === id) ?? false).toBe(false);
    }
  });
});
