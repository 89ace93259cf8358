import { afterEach, describe, expect, test } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { confirmAndApply, type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
afterEach(() => stack.close());

const toTrello = () => stack.sandbox.requests.filter(({ upstream }) => upstream === "trello");

describe("offboarding a person of 30 boards out of 100", () => {
  test("where /all is not to be had: 1 to plan, 1 to plan again, 31 writes, 1 to verify", async () => {
    stack = await startStack();
    const run = await confirmAndApply(stack, "remove_from_workspace", {
      workspace: SEED.workspaces.standard.name,
      member: SEED.leaver.username,
    });
    expect(run.state).toBe("applied");
    expect(run.evidence?.result).toBe("PASS");
    expect(run.effects).toHaveLength(31);
    expect(toTrello()).toHaveLength(1 + 1 + 31 + 1);
    expect(run.evidence?.requests).toBe(1 + 31 + 1);
  });

  test("where /all is to be had: 4 in all", async () => {
    stack = await startStack();
    const run = await confirmAndApply(stack, "remove_from_workspace", {
      workspace: SEED.workspaces.enterprise.id,
      member: SEED.leaver.id,
    });
    expect(run.evidence?.result).toBe("PASS");
    expect(toTrello()).toHaveLength(4);
    const left = [...stack.sandbox.world.trello.boards.values()].filter(
      (board) =>
        board.idOrganization === SEED.workspaces.enterprise.id &&
        board.memberships.some(({ idMember }) => idMember === SEED.leaver.id),
    );
    expect(left).toEqual([]);
  });
});
