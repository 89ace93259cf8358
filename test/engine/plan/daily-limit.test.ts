import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Engine } from "../../../src/engine/engine.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { failure } from "../../support/failure.ts";
import { confirmAndApply, OPEN_RULES, type Stack, startStack } from "../../support/stack.ts";

const { standard } = SEED.workspaces;
const { leaver, successor } = SEED;
const LIMIT = 2;

let stack: Stack;
let limited: { engine: Engine; caller: Stack["caller"] };
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
  const limits = { destructiveEffectsPerDay: LIMIT, percentOfWorkspace: 100 };
  limited = { engine: stack.another({ rules: { ...OPEN_RULES, limits } }), caller: stack.caller };
});
afterEach(() => stack.close());

const spent = async () => {
  const since = new Date(Date.now() - 60_000).toISOString();
  return stack.store.runs.destructiveSince(since, SEED.admin.id, standard.id);
};
const takeFromBoard = async () => {
  const board = [...stack.sandbox.world.trello.boards.values()].find(
    ({ idOrganization, memberships }) =>
      idOrganization === standard.id &&
      memberships.some(({ idMember, memberType }) => idMember === leaver.id && memberType === "normal"),
  );
  return limited.engine.propose(
    "remove_from_boards",
    { workspace: standard.id, member: leaver.id, boards: [board?.id ?? ""] },
    limited.caller,
  );
};

describe("the limit of a day", () => {
  test("counts cards that are taken from somebody", async () => {
    const { trello } = stack.sandbox.world;
    const mine = [...trello.cards.values()].filter(({ idMembers }) => idMembers.includes(leaver.id));
    for (const card of mine.slice(LIMIT)) card.idMembers = [];
    const open = mine.slice(0, LIMIT);
    for (const card of open) card.closed = false;
    const places = open.map(({ idBoard }) => trello.boards.get(idBoard));
    expect(places.map((board) => board?.idOrganization)).toEqual([standard.id, standard.id]);
    for (const board of places) if (board) board.closed = false;
    const run = await confirmAndApply(limited, "reassign_cards", {
      workspace: standard.id,
      member: leaver.id,
      reassignTo: "nobody",
    });
    expect(run.effects).toHaveLength(LIMIT);
    expect(await spent()).toEqual({ principal: LIMIT, workspace: LIMIT });
    expect(await failure(takeFromBoard())).toMatchObject({ details: { guard: "per_day" } });
  });

  test("does not count what gives access back, by whichever op", async () => {
    const { users } = stack.sandbox.world.atlassian.directory;
    for (const { email } of [leaver, successor]) {
      const user = [...users.values()].find(({ userName }) => userName === email);
      if (user) user.active = false;
      await confirmAndApply(limited, "scim_reactivate_user", { user: email });
      expect(user?.active).toBe(true);
    }
    expect(await spent()).toEqual({ principal: 0, workspace: 0 });
    for (const { email } of [leaver, successor]) {
      await confirmAndApply(limited, "scim_deactivate_user", { user: email });
    }
    expect(await spent()).toEqual({ principal: LIMIT, workspace: 0 });
    expect(await failure(takeFromBoard())).toMatchObject({ details: { guard: "per_day" } });
  });
});
