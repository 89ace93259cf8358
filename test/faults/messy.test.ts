/** Offboarding and restoring people of the messy world, in peace and under random faults. */
import { describe, expect, test } from "vitest";
import { MESSY, type World } from "../../src/sandbox/index.ts";
import { freshWorld } from "../support/fresh-world.ts";
import { confirmAndApply, writesIn } from "../support/stack.ts";
import { openBench } from "./bench.ts";
import { offboard } from "./offboarding.ts";
import { createRandom } from "./random.ts";
import { scheduleOf } from "./schedule.ts";
import { stateOf } from "./worlds.ts";

const { operations, design, corporate } = MESSY.workspaces;
const ADMINISTERED: readonly string[] = [operations.id, design.id, corporate.id];

/** The memberships and cards of a person in the workspaces that the token's owner administers. */
function accessOf({ trello }: World, idMember: string): readonly string[] {
  const boards = [...trello.boards.values()].filter(({ idOrganization }) =>
    ADMINISTERED.includes(idOrganization ?? ""),
  );
  const places = [...boards, ...ADMINISTERED.flatMap((id) => trello.workspaces.get(id) ?? [])];
  return places
    .filter(({ memberships }) => memberships.some((row) => row.idMember === idMember))
    .map(({ id }) => id);
}

/** People of the three workspaces whose rows are ordinary, on boards that keep an admin without them. */
function leaversOf(world: World): readonly string[] {
  const { trello } = world;
  const inside = ADMINISTERED.flatMap((id) => trello.workspaces.get(id)?.memberships ?? []);
  const elsewhere = [...trello.workspaces.values()].filter(({ id }) => !ADMINISTERED.includes(id));
  const others = [...trello.boards.values()].filter(
    ({ idOrganization }) => !ADMINISTERED.includes(idOrganization ?? ""),
  );
  const away = new Set(
    [...elsewhere, ...others].flatMap(({ memberships }) => memberships.map((row) => row.idMember)),
  );
  const ids = inside
    .filter(
      (row) =>
        row.memberType === "normal" &&
        !row.memberIsNull &&
        !row.unknownType &&
        !row.unconfirmed &&
        !row.deactivated,
    )
    .map((row) => row.idMember)
    .filter((id) => !away.has(id));
  return [...new Set(ids)].filter((id) =>
    [...trello.boards.values()].every(({ memberships }) =>
      memberships.every((row) => row.idMember !== id || row.memberType === "normal"),
    ),
  );
}

const PASSED = { state: "applied", evidence: { result: "PASS", unfinished: [] } };
/** One workspace cannot be read, so what the person has there is not known: that is all that is left. */
const ALL_BUT_ONE = {
  state: "partial",
  evidence: { result: "INCOMPLETE", unfinished: [expect.stringMatching(/fjord ?partners/i)] },
};
const people = leaversOf(freshWorld("messy"));
const { SCHEDULES: count = "6", FIRST: first = "1" } = process.env;
const seeds = Array.from({ length: Number(count) }, (_, index) => Number(first) + index);

describe("a person of the messy world", () => {
  test("is one of many", () => {
    expect(people.length).toBeGreaterThan(40);
  });

  test.each(seeds)(
    "is offboarded under faults, nothing twice, and restored to what was: seed %i",
    async (seed) => {
      const member = createRandom(seed).pick(people);
      const faults = scheduleOf(seed).faults.map((fault) =>
        fault.kind === "slow" ? { ...fault, ms: 10 } : fault,
      );
      const bench = await openBench(freshWorld("messy"), {
        faults,
      });
      const { sandbox } = bench;
      try {
        const before = stateOf(sandbox.world);
        expect(accessOf(sandbox.world, member)).not.toEqual([]);
        const run = await offboard(bench, { member });
        expect(run).toMatchObject(ALL_BUT_ONE);
        expect(accessOf(sandbox.world, member)).toEqual([]);
        const done = writesIn(sandbox).filter(({ status }) => status === 200);
        expect(new Set(done.map(({ path }) => path)).size).toBe(done.length);

        faults.length = 0;
        sandbox.resetRequests();
        const back = await confirmAndApply(bench, "restore_member", { runId: run.id });
        expect(back).toMatchObject(PASSED);
        expect(stateOf(sandbox.world)).toEqual(before);
      } finally {
        await bench.close();
      }
    },
    120_000,
  );
});
