import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Effect } from "../../../src/domain/effect.ts";
import { removeBoardMember } from "../../../src/effects/board-members.ts";
import { inviteBoardMember } from "../../../src/effects/invitations.ts";
import { setWorkspaceMember } from "../../../src/effects/workspace-members.ts";
import { createEngine } from "../../../src/engine/engine.ts";
import type { Rules } from "../../../src/policy/rules.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { failure } from "../../support/failure.ts";
import {
  boardsWith,
  inWorkspace,
  OPEN_RULES,
  type Stack,
  startStack,
  writesIn,
} from "../../support/stack.ts";
import { gatewayTo } from "../../support/wiring.ts";
import { expectRefusedBy } from "../refused.ts";

const { standard, enterprise, free } = SEED.workspaces;

let stack: Stack;
beforeEach(async () => {
  stack = await startStack();
});
afterEach(() => stack.close());

const withRules = (rules: Partial<Rules>) => stack.another({ rules: { ...OPEN_RULES, ...rules } });

const expectRefused = (proposed: Promise<unknown>, guard: string) => expectRefusedBy(stack, proposed, guard);

/** An engine whose tool plans just these effects. */
function planning(effects: readonly Effect[], rules: Partial<Rules> = {}) {
  return stack.another({
    rules: { ...OPEN_RULES, ...rules },
    planner: (tool) => ({
      tool,
      plan: async () => ({ summary: "Just these", effects, warnings: [], subjects: [], blindSpots: [] }),
    }),
  });
}

describe("the caller's own account", () => {
  test("is not taken off boards or out of a workspace", async () => {
    for (const tool of ["remove_from_boards", "remove_from_workspace"]) {
      const args = { workspace: standard.id, member: SEED.admin.id };
      await expectRefused(stack.engine.propose(tool, args, stack.caller), "own_account");
    }
  });

  test("is not made less than admin, of a workspace or a board", async () => {
    const rows = stack.sandbox.world.trello.workspaces.get(standard.id)?.memberships ?? [];
    // Another admin stays, so that it is not the last one's guard that refuses.
    const other = rows.find(
      ({ idMember, memberType }) => idMember !== SEED.admin.id && memberType === "normal",
    );
    if (other) other.memberType = "admin";
    const args = { workspace: standard.id, member: SEED.admin.id, role: "normal" };
    await expectRefused(stack.engine.propose("set_workspace_role", args, stack.caller), "own_account");
    const board = boardsWith(stack.sandbox, SEED.admin.id, standard.id)[0];
    for (const row of board?.memberships ?? []) row.memberType = "admin";
    await expectRefused(
      stack.engine.propose("set_board_role", { ...args, board: board?.id ?? "" }, stack.caller),
      "own_account",
    );
  });

  test("is not deactivated in the directory", async () => {
    const args = { user: SEED.admin.email };
    await expectRefused(stack.engine.propose("scim_deactivate_user", args, stack.caller), "own_account");
  });

  test("is not deactivated by a token that may not see its own email either", async () => {
    const gateway = gatewayTo(stack.sandbox.env, stack.store, { token: SEED.tokens.noAccount });
    const args = { user: SEED.admin.email };
    await expectRefused(
      stack.another({ gateway }).propose("scim_deactivate_user", args, stack.caller),
      "own_account",
    );
    await gateway.close();
  });
});

describe("the last admin", () => {
  test("of a workspace stays, and is told who could be promoted", async () => {
    // The free workspace has one admin, the token's owner: somebody else asks.
    const volunteer = inWorkspace(stack.sandbox, free.id, SEED.privateOwner.id);
    const owner = inWorkspace(stack.sandbox, free.id, SEED.admin.id);
    if (volunteer) volunteer.memberType = "admin";
    if (owner) owner.memberType = "normal";
    const args = { workspace: free.id, member: SEED.privateOwner.id };
    const { next } = await expectRefused(
      stack.engine.propose("remove_from_workspace", args, stack.caller),
      "last_admin",
    );
    expect(next).toContain(`@${SEED.admin.username}`);
    expect(next).not.toContain(`@${SEED.privateOwner.username}`);
  });

  test("of a workspace is not demoted either", async () => {
    const rows = stack.sandbox.world.trello.workspaces.get(free.id)?.memberships ?? [];
    const other = rows.find((row) => row.idMember !== SEED.admin.id && !row.unconfirmed && !row.deactivated);
    for (const row of rows) row.memberType = row === other ? "admin" : "normal";
    const effect = setWorkspaceMember.make({
      target: { idOrganization: free.id, idMember: other?.idMember ?? "" },
      before: { memberType: "admin" },
      after: { memberType: "normal" },
      label: "the only admin",
    });
    await expectRefused(planning([effect]).propose("any", {}, stack.caller), "last_admin");
  });

  test("of a board stays, and the board is named", async () => {
    const args = { workspace: standard.id, member: SEED.soleBoardAdmin.id };
    const { message } = await expectRefused(
      stack.engine.propose("remove_from_workspace", args, stack.caller),
      "last_admin",
    );
    const board = stack.sandbox.world.trello.boards.get(SEED.boards.soleAdmin.id);
    expect(message).toContain(board?.name);
  });

  test("of a closed board stays too, since Trello keeps that one as well", async () => {
    const board = boardsWith(stack.sandbox, SEED.leaver.id, standard.id).find(({ closed }) => closed);
    expect(board).toBeDefined();
    for (const row of board?.memberships ?? []) {
      row.memberType = row.idMember === SEED.leaver.id ? "admin" : "normal";
    }
    const args = { workspace: standard.id, member: SEED.leaver.id };
    await expectRefused(stack.engine.propose("remove_from_workspace", args, stack.caller), "last_admin");
  });

  test("of a board stays where one request would take all boards along", async () => {
    const [board] = boardsWith(stack.sandbox, SEED.leaver.id, enterprise.id);
    for (const row of board?.memberships ?? []) {
      row.memberType = row.idMember === SEED.leaver.id ? "admin" : "normal";
    }
    const args = { workspace: enterprise.id, member: SEED.leaver.id };
    await expectRefused(stack.engine.propose("remove_from_workspace", args, stack.caller), "last_admin");
  });

  test("an admin who is not the last one may go", async () => {
    const args = { workspace: standard.id, member: SEED.leaver.id };
    const plan = await stack.engine.propose("remove_from_workspace", args, stack.caller);
    expect(plan.effects.filter(({ before }) => JSON.stringify(before).includes("admin"))).toHaveLength(2);
  });
});

describe("the list of allowed workspaces", () => {
  const only = { workspaces: [enterprise.id] };

  test("closes the others for reads, by id and by slug", async () => {
    const { reads } = withRules(only).context(stack.caller);
    for (const ref of [standard.id, standard.name]) {
      await expectRefused(reads.trello.workspace(ref), "allow_list");
      await expectRefused(reads.trello.workspaceSnapshots([enterprise.id, ref]), "allow_list");
    }
    const [board] = boardsWith(stack.sandbox, SEED.leaver.id, standard.id);
    await expectRefused(reads.trello.board(board?.id ?? ""), "allow_list");
    await expectRefused(reads.trello.boards([board?.id ?? ""]), "allow_list");
    await expectRefused(reads.trello.searchMembers("jonas", standard.id), "allow_list");
    expect((await reads.trello.workspaces()).map(({ id }) => id)).toEqual([enterprise.id]);
  });

  test("leaves the allowed ones open", async () => {
    const { reads } = withRules(only).context(stack.caller);
    expect((await reads.trello.workspace(enterprise.name)).workspace.id).toBe(enterprise.id);
    const [board] = boardsWith(stack.sandbox, SEED.leaver.id, enterprise.id);
    expect((await reads.trello.board(board?.id ?? "")).board.id).toBe(board?.id);
    expect(await reads.trello.searchMembers("jonas", enterprise.id)).not.toEqual([]);
  });

  test("closes the others for writes", async () => {
    for (const [tool, args] of [
      ["remove_from_workspace", { workspace: standard.id, member: SEED.leaver.id }],
      ["remove_from_boards", { workspace: standard.name, member: SEED.leaver.id }],
      ["invite_member", { workspace: standard.id, member: "new@example.com", role: "normal" }],
    ] as const) {
      await expectRefused(withRules(only).propose(tool, args, stack.caller), "allow_list");
    }
  });

  test("closes them for a tool that planned without reading them, and boards outside any workspace", async () => {
    const invitation = (idOrganization: string) =>
      inviteBoardMember.make({
        target: { idBoard: SEED.boards.guests.id, idOrganization, email: "new@example.com" },
        before: { sameName: [] },
        after: { memberType: "normal", fullName: "New" },
        label: "new@example.com",
      });
    for (const idOrganization of [standard.id, ""]) {
      const engine = planning([invitation(idOrganization)], only);
      await expectRefused(engine.propose("any", {}, stack.caller), "allow_list");
    }
  });

  test("is looked at again when a run is applied", async () => {
    const effect = removeBoardMember.make({
      target: {
        idBoard: SEED.boards.enterprise.id,
        idMember: SEED.leaver.id,
        idOrganization: enterprise.id,
      },
      before: { memberType: "normal" },
      after: null,
      label: "the leaver",
    });
    const open = planning([effect]);
    const plan = await open.propose("any", {}, stack.caller);
    await open.storePlan(plan);
    await open.decide(plan.id, { accepted: true, level: "client", by: "a person" });
    const closed = planning([effect], { workspaces: [standard.id] });
    expect(await failure(closed.apply(plan.id, stack.caller))).toMatchObject({ code: "POLICY_DENIED" });
    expect(writesIn(stack.sandbox)).toEqual([]);
  });
});

test("an engine is no way round the guards: what is applied was planned by one", () => {
  expect(Object.keys(createEngine(stack.deps)).sort()).toEqual(
    [
      "apply",
      // These only read.
      "audit",
      "auditAfter",
      "principalId",
      // Goes on with a run that was begun by one.
      "carry",
      "context",
      "decide",
      // Readings: neither plans.
      "keepReview",
      // Proposals and decisions about access. What is decided there is taken away by a plan.
      "signOffs",
      "snapshots",
      "plan",
      "planRest",
      // It asks whose runs a process goes on with.
      "prepare",
      "propose",
      "recover",
      "run",
      "runs",
      // Names that were read, for completions.
      "seenNames",
      // Which approved plans have no run yet. `apply` starts them.
      "startable",
      "stop",
      "storePlan",
      "waiting",
      // It ends a plan that waits.
      "withdraw",
    ].sort(),
  );
});
