import { describe, expect, test } from "vitest";
import { SEED } from "../../src/sandbox/index.ts";
import { type Bench, openBench } from "../faults/bench.ts";
import { type BoardSpec, type PlaceSpec, worldOf } from "../faults/worlds.ts";
import { confirm, writesIn } from "../support/stack.ts";

/** Workspaces that fit into one request. */
const A_BATCH = 3;
const { leaver, successor } = SEED;
const TIERS = ["free", "standard", "premium", "enterprise"] as const;

const boards = (count: number, spec: Partial<BoardSpec> = {}): readonly BoardSpec[] =>
  Array.from({ length: count }, () => ({ role: "normal", ...spec }));
const member = (tier: PlaceSpec["tier"], count: number): PlaceSpec => ({
  tier,
  role: "normal",
  boards: boards(count),
});
const guest = (tier: PlaceSpec["tier"], count: number): PlaceSpec => ({
  tier,
  role: null,
  boards: boards(count),
});
const stranger: PlaceSpec = { tier: "standard", role: null, boards: boards(3, { role: null }) };

interface Spending {
  readonly plan: number;
  readonly apply: number;
  readonly writes: number;
}

/** What planning and applying cost, as the sandbox counts it. */
async function spend(
  places: readonly PlaceSpec[],
  args: Readonly<Record<string, string | readonly string[]>> = {},
  prepare: (bench: Bench) => Promise<void> | void = () => {},
  tool = "offboard_member",
): Promise<Spending> {
  const bench = await openBench(worldOf({ places }));
  try {
    // Who the token's owner is and which scopes it has, is asked once in the life of a process.
    await Promise.all([bench.engine.context(bench.caller).reads.trello.me(), bench.gateway.scopes()]);
    await prepare(bench);
    bench.sandbox.resetRequests();
    const decided = await confirm(bench, tool, { member: leaver.id, ...args });
    const plan = bench.sandbox.requests.length;
    const run = await bench.engine.apply(decided.id, bench.caller);
    const apply = bench.sandbox.requests.length - plan;
    expect(run).toMatchObject({ state: "applied", evidence: { result: "PASS", requests: apply } });
    return { plan, apply, writes: writesIn(bench.sandbox).length };
  } finally {
    await bench.close();
  }
}

/**
 * Plan: 1 for the list of workspaces (none where they are named), 1 for each three of them, 1 for the person's cards where
 * they are on a board, 1 for the name of somebody who is nowhere a member. Apply: the same again, the writes, and 1 for
 * each three workspaces: the evidence tells of the person's whole access, so those without the person are read again too.
 *
 * Writes: where `/all` is to be had 1 a workspace; else 1 a board and 1 for the workspace; a guest's boards 1 each.
 */
function formula(places: readonly PlaceSpec[], named = false): Spending {
  const on = ({ boards: all }: PlaceSpec) => all.filter(({ role }) => role !== null).length;
  const touched = places.filter((place) => place.role !== null || on(place) > 0);
  const cards = touched.some((place) => on(place) > 0) ? 1 : 0;
  const name = touched.every(({ role }) => role === null) ? 1 : 0;
  const plan = (named ? 0 : 1) + Math.ceil(places.length / A_BATCH) + cards + name;
  const writes = touched
    .map((place) => {
      if (place.role === null) return on(place);
      const atOnce = (place.tier === "premium" || place.tier === "enterprise") && on(place) > 0;
      return atOnce ? 1 : on(place) + 1;
    })
    .reduce((sum, count) => sum + count, 0);
  return { plan, apply: plan + writes + Math.ceil(places.length / A_BATCH), writes };
}

describe("offboarding costs exactly what the formula says", () => {
  describe.each(TIERS)("in a %s workspace", (tier) => {
    test.each([0, 1, 30])("for a member of %i boards", async (count) => {
      const places = [member(tier, count)];
      expect(await spend(places)).toEqual(formula(places));
    });

    test.each([1, 2])("for a guest of %i boards", async (count) => {
      const places = [guest(tier, count)];
      expect(await spend(places)).toEqual(formula(places));
    });
  });

  const everywhere = TIERS.flatMap((tier) => [member(tier, 2), guest(tier, 1)]);

  test.each(TIERS.flatMap((one) => TIERS.map((other) => [one, other] as const)))(
    "for a member of a %s and of a %s workspace",
    async (one, other) => {
      const places = [member(one, 2), member(other, 1)];
      expect(await spend(places)).toEqual(formula(places));
    },
  );

  test("for a person of eight workspaces on every plan: three readings of three batches", async () => {
    expect(formula(everywhere)).toEqual({ plan: 5, apply: 5 + 12 + 3, writes: 12 });
    expect(await spend(everywhere)).toEqual(formula(everywhere));
  });

  test("where most workspaces do not have the person, verification reads all of them: others may have put the person there", async () => {
    const places = [...Array.from({ length: 6 }, () => stranger), member("standard", 1)];
    expect(formula(places)).toEqual({ plan: 5, apply: 5 + 2 + 3, writes: 2 });
    expect(await spend(places)).toEqual(formula(places));
  });

  test("where the workspaces are named, without the list of them", async () => {
    const places = [member("standard", 3), member("premium", 3)];
    expect(await spend(places, { workspaces: ["place0", "place1"] })).toEqual(formula(places, true));
  });

  test("on the boards alone: one a board, whatever the plan", async () => {
    const places = [member("premium", 4), member("standard", 4)];
    const { plan } = formula(places);
    expect(await spend(places, { rung: "boards" })).toEqual({ plan, apply: plan + 8 + 1, writes: 8 });
  });

  test("with cards handed over: one a card, and two readings for all of them, before and after", async () => {
    const place: PlaceSpec = {
      tier: "standard",
      role: "normal",
      boards: boards(4, { successor: true, cards: [{}, {}, { closed: true }] }),
    };
    const { plan, writes, apply } = formula([place]);
    // Who takes over is found in what was read; afterwards the cards of both are read.
    expect(await spend([place], { reassignTo: successor.id })).toEqual({
      plan,
      writes: writes + 8,
      apply: apply + 8 + 2,
    });
  });

  test("up to the account: 1 for the email, 2 for the enterprise, 2 for User and products, 1 for the own User, at each planning", async () => {
    const places = [member("standard", 1)];
    const { plan, writes, apply } = formula(places);
    const email = 1;
    const enterprise = 2;
    const account = 2;
    // The own account is known by its SCIM User as well, so that no plan takes it.
    const self = 1;
    expect(await spend(places, { rung: "account" })).toEqual({
      plan: plan + email + enterprise + account + self,
      writes: writes + 2,
      // Whose email it is was learnt while planning; afterwards User and enterprise are read once each.
      apply: apply + enterprise + account + self + 2 + 2,
    });
  });

  test("where /all was refused once, without trying it again", async () => {
    const places = [member("premium", 5)];
    const asStandard = formula([member("standard", 5)]);
    const remember = async (bench: Bench) => {
      const [id] = bench.sandbox.world.trello.workspaces.keys();
      await bench.store.facts.set(`refuses_all:${id}`, true);
    };
    expect(await spend(places, {}, remember)).toEqual(asStandard);
  });
});

describe("a removal by itself costs the workspace, the cards, the writes and one reading afterwards", () => {
  const removal = (tool: string, places: readonly PlaceSpec[]) =>
    spend(places, { workspace: "place0" }, () => {}, tool);

  test.each([1, 30])("remove_from_boards, from %i boards", async (count) => {
    expect(await removal("remove_from_boards", [member("standard", count)])).toEqual({
      plan: 2,
      apply: 2 + count + 1,
      writes: count,
    });
  });

  test.each([
    ["standard", 4, 5],
    ["premium", 4, 1],
    // Nobody is taken off cards, so none are read.
    ["standard", 0, 1],
  ] as const)("remove_from_workspace, of a %s workspace with %i boards", async (tier, count, writes) => {
    const plan = count > 0 ? 2 : 1;
    expect(await removal("remove_from_workspace", [member(tier, count)])).toEqual({
      plan,
      apply: plan + writes + 1,
      writes,
    });
  });

  test.each([
    ["one person off 30 boards", 1, 30, ["GET /members/{id}/cards"]],
    ["40 people off one board", 40, 1, ["GET /boards/{id}/cards/{filter}"]],
    ["3 people off 2 boards", 3, 2, Array.from({ length: 2 }, () => "GET /boards/{id}/cards/{filter}")],
  ])("the cards of %s are read in as few requests as that takes", async (_name, people, count, requests) => {
    const world = worldOf({ places: [member("premium", count)] });
    const crowd = [...world.trello.members.keys()].filter((id) => id !== SEED.admin.id).slice(0, people);
    for (const board of world.trello.boards.values()) {
      board.memberships = board.memberships.filter(({ idMember }) => idMember === SEED.admin.id);
      for (const [index, idMember] of crowd.entries())
        board.memberships.push({
          id: `65b${board.id.slice(-10)}${index.toString().padStart(11, "0")}`,
          idMember,
          memberType: "normal",
          unconfirmed: false,
          deactivated: false,
        });
    }
    const memberships =
      [...world.trello.workspaces.values()].flatMap((place) => [place.memberships])[0] ?? [];
    for (const idMember of crowd.filter((id) => memberships.every((row) => row.idMember !== id)))
      memberships.push({
        id: `65c${idMember.slice(3)}`,
        idMember,
        memberType: "normal",
        unconfirmed: false,
        deactivated: false,
      });
    const bench = await openBench(world);
    try {
      await bench.engine.propose("offboard_member", { members: crowd, rung: "boards" }, bench.caller);
      const cards = bench.sandbox.requests.flatMap(({ operation }) =>
        operation?.includes("/cards") ? operation : [],
      );
      expect(cards).toEqual(requests);
    } finally {
      await bench.close();
    }
  });
});
