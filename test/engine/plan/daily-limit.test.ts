import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import type { Rules } from "../../../src/policy/rules.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { failure } from "../../support/failure.ts";
import {
  boardsWith,
  confirmAndApply,
  OPEN_RULES,
  type Stack,
  startStack,
  writesIn,
} from "../../support/stack.ts";

const { standard } = SEED.workspaces;
const { leaver, successor } = SEED;
const workspace = standard.id;

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
});
afterEach(() => stack.close());

/** Another process under other limits; what is left out is as wide as it gets. */
function limitedTo(limits: Partial<Rules["limits"]>): { engine: Engine; caller: Stack["caller"] } {
  const rules = { ...OPEN_RULES, limits: { ...OPEN_RULES.limits, ...limits } };
  return { engine: stack.another({ rules }), caller: stack.caller };
}

const spent = async () => {
  const since = new Date(Date.now() - 60_000).toISOString();
  return stack.store.runs.destructiveSince(since, SEED.admin.id, workspace);
};
const boardOf = (member: string) => boardsWith(stack.sandbox, member, workspace)[0]?.id ?? "";
const offBoard = (member: string) => ({ workspace, member, boards: [boardOf(member)] });
/** Members of the workspace who are no admins of it. */
const members = () =>
  (stack.sandbox.world.trello.workspaces.get(workspace)?.memberships ?? []).flatMap((row) =>
    row.memberType === "normal" && !row.unconfirmed && !row.deactivated ? [row.idMember] : [],
  );
const groupNamed = (name: string) =>
  [...stack.sandbox.world.atlassian.directory.groups.values()].find(
    ({ displayName }) => displayName === name,
  );

describe("the destructive changes of a day", () => {
  test("count cards that are taken from a person, and refuse the next person", async () => {
    const limited = limitedTo({ destructiveEffectsPerDay: 2 });
    const { trello } = stack.sandbox.world;
    const mine = [...trello.cards.values()].filter(({ idMembers }) => idMembers.includes(leaver.id));
    for (const card of mine.slice(2)) card.idMembers = [];
    for (const card of mine.slice(0, 2)) {
      card.closed = false;
      const board = trello.boards.get(card.idBoard);
      if (board) board.closed = false;
    }
    const run = await confirmAndApply(limited, "reassign_cards", {
      workspace,
      member: leaver.id,
      reassignTo: "nobody",
    });
    expect(run.effects).toHaveLength(2);
    expect(await spent()).toEqual({ principal: 2, workspace: 2 });
    const next = limited.engine.propose("remove_from_boards", offBoard(successor.id), stack.caller);
    expect(await failure(next)).toMatchObject({ details: { guard: "per_day" } });
    // The same person again is still one person alone.
    const again = await limited.engine.propose("remove_from_boards", offBoard(leaver.id), stack.caller);
    expect(again.effects).toHaveLength(1);
  });

  test("do not count what gives access back, by whichever op", async () => {
    const limited = limitedTo({ destructiveEffectsPerDay: 2 });
    const { users } = stack.sandbox.world.atlassian.directory;
    for (const { email } of [leaver, successor]) {
      const user = [...users.values()].find(({ userName }) => userName === email);
      if (user) user.active = false;
      await confirmAndApply(limited, "scim_reactivate_user", { user: email });
      expect(user?.active).toBe(true);
    }
    expect(await spent()).toEqual({ principal: 0, workspace: 0 });
  });

  test("of one person alone are never too many", async () => {
    const limited = limitedTo({ destructiveEffectsPerDay: 1, peoplePerDay: 1, percentOfWorkspace: 1 });
    const run = await confirmAndApply(limited, "offboard_member", { member: leaver.id, rung: "workspaces" });
    expect(run).toMatchObject({ state: "applied", evidence: { result: "PASS" } });
    expect(run.effects.length).toBeGreaterThan(30);
  });
});

/** Calls that each take something from one person, and are made one after the other: the second is one person too many. */
const TAKING: Readonly<
  Record<string, (member: string) => readonly [string, Record<string, string | string[]>]>
> = {
  remove_from_boards: (member) => ["remove_from_boards", offBoard(member)],
  remove_from_workspace: (member) => ["remove_from_workspace", { workspace, member }],
  offboard_member: (member) => ["offboard_member", { member, rung: "boards", workspaces: [workspace] }],
  set_workspace_role: (member) => ["set_workspace_role", { workspace, member, role: "normal" }],
};

describe("the people of a day", () => {
  test.each(Object.keys(TAKING))("are counted over calls, tools and processes: %s", async (name) => {
    const [one = "", other = ""] = [leaver.id, ...members().filter((id) => id !== leaver.id)].filter(
      (id) => boardOf(id) !== "",
    );
    if (name === "set_workspace_role")
      for (const row of stack.sandbox.world.trello.workspaces.get(workspace)?.memberships ?? [])
        if (row.idMember === one || row.idMember === other) row.memberType = "admin";
    const [tool, args] = TAKING[name]?.(one) ?? ["", {}];
    await confirmAndApply(limitedTo({ peoplePerDay: 1 }), tool, args);
    const before = writesIn(stack.sandbox).length;
    for (const each of Object.values(TAKING)) {
      const [otherTool, otherArgs] = each(other);
      if (otherTool === "set_workspace_role" && name !== otherTool) continue;
      const next = limitedTo({ peoplePerDay: 1 }).engine.propose(otherTool, otherArgs, stack.caller);
      expect(await failure(next)).toMatchObject({
        code: "POLICY_DENIED",
        details: { guard: "people_per_day" },
        next: expect.stringContaining("limits.people_per_day"),
      });
    }
    expect(writesIn(stack.sandbox)).toHaveLength(before);
  });

  test.each(["replace", "remove", "delete"])("are the members of a group: %s", async (how) => {
    const group = groupNamed("Operations");
    const users = [...(group?.members ?? [])];
    expect(users.length).toBeGreaterThan(2);
    const { engine } = limitedTo({ peoplePerDay: users.length - 1 });
    const proposed =
      how === "delete"
        ? engine.propose("scim_delete_group", { group: "Operations" }, stack.caller)
        : engine.propose(
            "scim_update_group",
            { group: "Operations", ...(how === "replace" ? { members: [] } : { remove: users }) },
            stack.caller,
          );
    expect(await failure(proposed)).toMatchObject({
      code: "POLICY_DENIED",
      details: { guard: "people_per_day" },
    });
    expect(writesIn(stack.sandbox)).toEqual([]);
  });

  test("are one where boards, workspace and account of one person go", async () => {
    const limited = limitedTo({ peoplePerDay: 1 });
    const run = await confirmAndApply(limited, "offboard_member", { member: leaver.email, rung: "account" });
    expect(run.effects.map(({ effect }) => effect.op)).toContain("set_scim_active");
    const since = new Date(Date.now() - 60_000).toISOString();
    expect((await stack.store.runs.losersSince(since, SEED.admin.id, null)).principal).toEqual([leaver.id]);
  });
});

describe("the share of a workspace", () => {
  test("is of members and guests, over the calls of a day", async () => {
    const { trello } = stack.sandbox.world;
    const people = new Set(
      [trello.workspaces.get(workspace), ...boardsWith(stack.sandbox, "", workspace)]
        .concat([...trello.boards.values()].filter(({ idOrganization }) => idOrganization === workspace))
        .flatMap((place) => place?.memberships.map(({ idMember }) => idMember) ?? []),
    ).size;
    // Room for one person, not for two.
    const limited = limitedTo({ percentOfWorkspace: Math.ceil(100 / people) });
    const others = members().filter((id) => id !== leaver.id && boardOf(id) !== "");
    expect(Math.ceil(100 / people) * people).toBeLessThan(200);
    await confirmAndApply(limited, "remove_from_boards", offBoard(leaver.id));
    const next = limited.engine.propose("remove_from_boards", offBoard(others[0] ?? ""), stack.caller);
    expect(await failure(next)).toMatchObject({
      details: { guard: "percent_of_workspace" },
      message: expect.stringContaining(`2 of the ${people} people`),
    });
  });
});
