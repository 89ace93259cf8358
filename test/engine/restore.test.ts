import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Run } from "../../src/domain/run.ts";
import { RUNGS } from "../../src/planning/offboarding/leavers.ts";
import { SEED } from "../../src/sandbox/index.ts";
import { type Bench, openBench } from "../faults/bench.ts";
import { type BoardSpec, type PlaceSpec, stateOf, worldOf, type WorldSpec } from "../faults/worlds.ts";
import { failure } from "../support/failure.ts";
import { boardsWith, confirmAndApply } from "../support/stack.ts";
import { IN_FULL } from "../support/suites.ts";

const { leaver, successor } = SEED;

/** Observers exist on Premium and Enterprise; nobody can be deactivated on Free. */
const place: fc.Arbitrary<PlaceSpec> = fc
  .record({
    tier: fc.constantFrom("free", "standard", "premium", "enterprise"),
    role: fc.constantFrom("normal", "normal", "admin", null),
    deactivated: fc.boolean(),
    boards: fc.array(
      fc.record({
        role: fc.constantFrom("normal", "normal", "admin", "observer", null),
        closed: fc.boolean(),
        successor: fc.boolean(),
        cards: fc.array(fc.record({ closed: fc.boolean(), shared: fc.boolean() }), { maxLength: 2 }),
      }),
      { maxLength: 4 },
    ),
  })
  .map(({ tier, role, deactivated, boards }) => ({
    tier,
    role,
    deactivated: deactivated && role !== null && tier !== "free",
    boards: boards.map(
      (board): BoardSpec => ({
        ...board,
        role: board.role === "observer" && (tier === "free" || tier === "standard") ? "normal" : board.role,
        // Only people of a board are on its cards.
        cards: board.role === null ? [] : board.cards,
      }),
    ),
  }));

const scenario = fc.record({
  rung: fc.constantFrom(...RUNGS),
  reassignTo: fc.constantFrom(undefined, "nobody", successor.id),
  world: fc.record({
    places: fc.array(place, { minLength: 1, maxLength: 4 }),
    ghost: fc.boolean(),
    scimActive: fc.boolean(),
    untidy: fc.boolean(),
  }),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** What the upstream itself would not allow: ghosts have no cards, no role to act with and nothing to deactivate. */
function possible({ world, rung }: Scenario): boolean {
  const present = world.places.some(
    ({ role, boards }) => role !== null || boards.some((board) => board.role !== null),
  );
  const plain = world.places.every(
    ({ role, deactivated, boards }) =>
      role !== "admin" && !deactivated && boards.every(({ cards = [] }) => cards.length === 0),
  );
  // A row of a board follows its workspace: who is off the boards alone while deactivated comes back to them active.
  const stays = rung !== "boards" || world.places.every(({ deactivated }) => !deactivated);
  return present && stays && (!world.ghost || plain);
}

async function offboard(bench: Bench, { rung, reassignTo }: Omit<Scenario, "world">): Promise<Run> {
  return confirmAndApply(bench, "offboard_member", {
    member: leaver.id,
    rung,
    ...(reassignTo !== undefined && { reassignTo }),
  });
}

const restore = (bench: Bench, runId: string) => confirmAndApply(bench, "restore_member", { runId });

async function onBench(world: WorldSpec, use: (bench: Bench) => Promise<void>): Promise<void> {
  const bench = await openBench(worldOf(world));
  try {
    await use(bench);
  } finally {
    await bench.close();
  }
}

const PASSED = { state: "applied", evidence: { result: "PASS", unfinished: [] } };

describe("offboarding, then restoring", () => {
  test("leaves everything as it was, in any world and from any rung", async () => {
    await fc.assert(
      fc.asyncProperty(scenario.filter(possible), async ({ world, ...how }) =>
        onBench(world, async (bench) => {
          const before = stateOf(bench.sandbox.world);
          const run = await offboard(bench, how);
          if (run.effects.length === 0) return;
          expect(run).toMatchObject(PASSED);
          expect(stateOf(bench.sandbox.world)).not.toEqual(before);
          expect(run.effects.filter(({ effect }) => !effect.reversible)).toEqual([]);
          expect(boardsWith(bench.sandbox, leaver.id)).toEqual([]);

          expect(await restore(bench, run.id)).toMatchObject(PASSED);
          expect(stateOf(bench.sandbox.world)).toEqual(before);
        }),
      ),
      { seed: 20_260_101, numRuns: IN_FULL ? 40 : 10 },
    );
  }, 600_000);

  const ordinary: WorldSpec = {
    places: [
      {
        tier: "standard",
        role: "admin",
        boards: [
          { role: "admin", successor: true, cards: [{ shared: true }, { closed: true }] },
          { role: "normal", cards: [{}] },
        ],
      },
    ],
  };

  test("leaves alone what holds already", async () => {
    await onBench(ordinary, async (bench) => {
      const before = stateOf(bench.sandbox.world);
      const run = await offboard(bench, { rung: "workspaces", reassignTo: undefined });
      // Somebody took the person back by hand, on one board.
      const [board] = bench.sandbox.world.trello.boards.values();
      const { effect } = run.effects.find((row) => row.effect.target["idBoard"] === board?.id) ?? {};
      board?.memberships.push({
        id: "f".repeat(24),
        idMember: leaver.id,
        memberType: "admin",
        unconfirmed: false,
        deactivated: false,
      });
      expect(effect).toBeDefined();
      const plan = await bench.engine.propose("restore_member", { runId: run.id }, bench.caller);
      expect(plan.warnings).toContain("1 change is undone already.");
      const boards = plan.effects.filter(({ op }) => op === "set_board_member");
      expect(boards.map(({ target }) => target["idBoard"])).not.toContain(board?.id);
      await restore(bench, run.id);
      expect(stateOf(bench.sandbox.world)).toEqual(before);
    });
  });

  test("goes around a board that was deleted meanwhile, and names it", async () => {
    await onBench(ordinary, async (bench) => {
      const run = await offboard(bench, { rung: "workspaces", reassignTo: undefined });
      const [first, second] = bench.sandbox.world.trello.boards.keys();
      bench.sandbox.world.trello.boards.delete(first ?? "");
      const restored = await restore(bench, run.id);
      // Everything that could be undone was, and the rest is named: that is not the whole undo.
      expect(restored).toMatchObject({ state: "partial", evidence: { result: "INCOMPLETE" } });
      expect(restored.effects.every(({ state }) => state === "applied")).toBe(true);
      expect(restored.plan.warnings).toContainEqual(
        expect.stringMatching(/^Cannot be undone: Add Jonas .* to board Board 0\.0 as admin: it is gone$/),
      );
      expect(restored.plan.untouched).toContainEqual(
        expect.stringMatching(/^Not done: Put Jonas .* back on a card: it is gone$/),
      );
      expect(boardsWith(bench.sandbox, leaver.id).map(({ id }) => id)).toEqual([second]);
    });
  });

  test("says before the first run what cannot be undone, and after it what was not", async () => {
    await onBench(ordinary, async (bench) => {
      const offboarding = await bench.engine.propose("offboard_member", { member: leaver.id }, bench.caller);
      expect(offboarding.impact.irreversible).toBe(0);
      const invited = await confirmAndApply(bench, "invite_member", {
        workspace: "place0",
        member: "new.person@example.com",
        fullName: "New Person",
      });
      // An invitation is taken back by a tool of its own, so nothing about it is final.
      expect(invited.plan.impact.irreversible).toBe(0);
      const plan = await bench.engine.propose("restore_member", { runId: invited.id }, bench.caller);
      expect(plan.effects).toEqual([]);
      expect(plan.warnings).toEqual([
        `Not undone here. Use revoke_invitations: ${invited.plan.effects[0]?.description}`,
      ]);
    });
  });

  test("does not begin while the run goes on, nor for somebody else's run", async () => {
    await onBench(ordinary, async (bench) => {
      const plan = await bench.engine.propose("offboard_member", { member: leaver.id }, bench.caller);
      await bench.engine.storePlan(plan);
      await bench.engine.decide(plan.id, { accepted: true, level: "approval", by: "a person" });
      const { id } = await bench.store.plans.startRun(plan.id, {
        runId: "run_going",
        principalId: plan.principal.id,
        holder: "elsewhere:1:busy",
        at: new Date().toISOString(),
        leaseMs: 60_000,
      });
      const early = bench.engine.propose("restore_member", { runId: id }, bench.caller);
      expect(await failure(early)).toMatchObject({ code: "CONFLICT", retry: "later" });
      const unknown = bench.engine.propose("restore_member", { runId: "run_made_up" }, bench.caller);
      expect(await failure(unknown)).toMatchObject({ code: "NOT_FOUND" });
    });
  });
});
