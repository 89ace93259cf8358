import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Effect } from "../../../src/domain/effect.ts";
import { dependsOn } from "../../../src/engine/run/order.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { boardsWith, confirm, inWorkspace, type Stack, startStack } from "../../support/stack.ts";

const { standard, enterprise } = SEED.workspaces;

describe("an offboarding of which one board is refused", () => {
  let stack: Stack;
  beforeEach(async () => {
    stack = await startStack({ sandbox: { rateLimits: false } });
  });
  afterEach(() => stack.close());

  test("does all the rest: other boards, the other workspace and the account; only that workspace stays", async () => {
    const plan = await confirm(stack, "offboard_member", { member: SEED.leaver.email, rung: "account" });
    const board =
      plan.effects.find(({ target }) => target["idOrganization"] === standard.id)?.target["idBoard"] ?? "";
    const engine = stack.another({
      newId: (prefix) => {
        // After the plan was compared and before the first write: the board's other admins step down.
        if (prefix === "run")
          for (const row of stack.sandbox.world.trello.boards.get(board)?.memberships ?? [])
            row.memberType = row.idMember === SEED.leaver.id ? "admin" : "normal";
        return `${prefix}_refused`;
      },
    });
    const run = await engine.apply(plan.id, stack.caller);

    expect(run).toMatchObject({ state: "partial", evidence: { result: "INCOMPLETE" } });
    expect(boardsWith(stack.sandbox, SEED.leaver.id).map(({ id }) => id)).toEqual([board]);
    expect(inWorkspace(stack.sandbox, enterprise.id, SEED.leaver.id)).toBeUndefined();
    expect(inWorkspace(stack.sandbox, standard.id, SEED.leaver.id)).toBeDefined();
    expect(stack.sandbox.world.atlassian.directory.users.get(SEED.leaver.idScim ?? "")?.active).toBe(false);

    const left = run.effects.filter(({ state }) => state !== "applied");
    expect(left.map(({ effect, state }) => [effect.op, state])).toEqual([
      ["remove_board_member", "failed"],
      ["remove_workspace_member", "pending"],
    ]);
    expect(run.evidence?.unfinished).toEqual([
      expect.stringMatching(/^Remove .*: CONFLICT: /),
      `${left[1]?.effect.description}: not sent, because it needs a change that was not made: ${left[0]?.effect.description}`,
    ]);
  });
});

describe("what an effect depends on", () => {
  const effect = (op: Effect["op"], target: Effect["target"]): Effect => ({
    op,
    target,
    resource: "profile",
    id: "x",
    before: { memberType: "normal" },
    after: { memberType: "normal" },
    reversible: true,
    label: "",
    place: null,
    rank: 0,
    wording: ["", ""],
    description: "",
  });
  const leave = effect("remove_workspace_member", { idOrganization: "w1", idMember: "jane" });
  const create = effect("create_scim_user", { userName: "Jane@example.com" });

  test.each<[string, boolean, Effect, Effect]>([
    [
      "leaving a workspace on leaving its boards",
      true,
      leave,
      effect("remove_board_member", { idOrganization: "w1", idBoard: "b", idMember: "jane" }),
    ],
    [
      "nobody on somebody else",
      false,
      leave,
      effect("remove_board_member", { idOrganization: "w1", idBoard: "b", idMember: "joe" }),
    ],
    [
      "one workspace not on another",
      false,
      leave,
      effect("remove_board_member", { idOrganization: "w2", idBoard: "b", idMember: "jane" }),
    ],
    ["a like one not on its neighbour", false, leave, leave],
    [
      "leaving a board on handing that board's cards over",
      true,
      effect("remove_board_member", { idOrganization: "w1", idBoard: "b", idMember: "jane" }),
      effect("set_card_members", {
        idOrganization: "w1",
        idBoard: "b",
        idCard: "c",
        from: "jane",
        to: "",
      }),
    ],
    [
      "leaving a board not on cards of another board",
      false,
      effect("remove_board_member", { idOrganization: "w1", idBoard: "b", idMember: "jane" }),
      effect("set_card_members", {
        idOrganization: "w1",
        idBoard: "b2",
        idCard: "c",
        from: "jane",
        to: "",
      }),
    ],
    [
      "an invitation on the account of its email, in any case",
      true,
      effect("invite_workspace_member", { idOrganization: "w1", email: "jane@example.com" }),
      create,
    ],
    [
      "an account not on a membership",
      false,
      effect("set_scim_active", { scimId: "s1" }),
      effect("remove_board_member", { idOrganization: "w1", idBoard: "b", idMember: "jane" }),
    ],
    [
      "the enterprise not on a workspace",
      false,
      effect("set_enterprise_deactivated", { idEnterprise: "e", idMember: "jane" }),
      leave,
    ],
    [
      "a card on its board, though it does not name the workspace",
      true,
      effect("add_card_member", { idCard: "c", idBoard: "b", idMember: "jane" }),
      effect("set_board_member", { idOrganization: "w1", idBoard: "b", idMember: "jane" }),
    ],
    [
      "two people of one enterprise not on each other",
      false,
      effect("set_enterprise_licensed", { idEnterprise: "e", idMember: "jane" }),
      effect("set_enterprise_deactivated", { idEnterprise: "e", idMember: "joe" }),
    ],
    [
      "what names nobody on nothing",
      false,
      effect("set_card_members", { idOrganization: "w1", idCard: "c", from: "jane", to: "" }),
      effect("remove_board_member", { idOrganization: "w1", idBoard: "b", idMember: "" }),
    ],
  ])("%s: %s", (_what, expected, later, earlier) => {
    expect(dependsOn(later, earlier)).toBe(expected);
  });
});
