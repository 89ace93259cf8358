import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { type Bench, openBench } from "../../faults/bench.ts";
import { worldOf } from "../../faults/worlds.ts";
import { confirmAndApply } from "../../support/stack.ts";

// An old run may be undone over what a later run did on purpose: the person reads of that run, and decides one level higher.

const { leaver, successor } = SEED;
const HERE = { workspace: "place0" };
const LEAVER = { ...HERE, member: leaver.id };

let bench: Bench;
beforeEach(async () => {
  bench = await openBench(
    worldOf({
      places: [
        {
          tier: "standard",
          role: "admin",
          boards: [
            { role: "admin", successor: true, cards: [{}] },
            { role: "normal", successor: true },
          ],
        },
      ],
    }),
  );
});
afterEach(() => bench.close());

const run = (tool: string, args: Record<string, string | readonly string[]>) =>
  confirmAndApply(bench, tool, args);
const undoOf = (runId: string) => bench.engine.propose("restore_member", { runId }, bench.caller);
const laterIn = ({ warnings }: { readonly warnings: readonly string[] }) =>
  warnings.filter((line) => line.startsWith("Later runs changed the same people after this run"));

const LATER: readonly (readonly [tool: string, args: Record<string, string | readonly string[]>])[] = [
  ["remove_from_boards", LEAVER],
  ["remove_from_workspace", LEAVER],
  ["offboard_member", { member: leaver.id }],
  ["set_workspace_role", { ...LEAVER, role: "normal" }],
  ["set_member_deactivated", { ...LEAVER, deactivated: true as never }],
];

describe("undoing a run", () => {
  test.each(LATER)(
    "after a later %s of the same person says so, and asks one level higher",
    async (tool, args) => {
      const first = await run("offboard_member", { member: leaver.id });
      await run("restore_member", { runId: first.id });
      expect(await undoOf(first.id)).toMatchObject({ effects: [] });
      const later = await run(tool, args);
      const plan = await undoOf(first.id);
      if (plan.effects.length === 0) return;
      const [line, ...more] = laterIn(plan);
      expect(more).toEqual([]);
      expect(line).toContain(later.id);
      expect(line).toContain(later.plan.summary.slice(0, 100));
      expect(plan.requires).toBe("approval");
    },
  );

  test("of which an undo was stopped halfway says nothing of that undo, and asks as before", async () => {
    // No admin comes back, which would need an approval by itself.
    for (const board of bench.sandbox.world.trello.boards.values())
      for (const row of board.memberships) if (row.idMember === leaver.id) row.memberType = "normal";
    const first = await run("offboard_member", { member: leaver.id });
    await run("restore_member", { runId: first.id });
    // By hand, so that there is something left to undo.
    for (const board of bench.sandbox.world.trello.boards.values())
      board.memberships = board.memberships.filter(({ idMember }) => idMember !== leaver.id);
    const plan = await undoOf(first.id);
    expect(plan.effects.length).toBeGreaterThan(0);
    expect(laterIn(plan)).toEqual([]);
    expect(plan.requires).toBe("client");
  });

  test("after later runs about other people alone says nothing of them", async () => {
    const first = await run("offboard_member", { member: leaver.id });
    await run("remove_from_boards", { ...HERE, member: successor.id });
    expect(laterIn(await undoOf(first.id))).toEqual([]);
  });

  test("names the newest of many later runs, and counts the others", async () => {
    const first = await run("offboard_member", { member: leaver.id, rung: "boards" });
    for (let times = 0; times < 4; times += 1) {
      await run("set_workspace_role", { ...LEAVER, role: times % 2 === 0 ? "normal" : "admin" });
    }
    expect(laterIn(await undoOf(first.id))).toEqual([expect.stringMatching(/ and 1 more\. /)]);
  });
});
