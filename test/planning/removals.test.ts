import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ops } from "../../src/effects/kinds.ts";
import { SEED, type World } from "../../src/sandbox/index.ts";
import { catalog } from "../../src/tools/catalog.ts";
import { openBench } from "../faults/bench.ts";
import { stateOf } from "../faults/worlds.ts";
import { freshWorld } from "../support/fresh-world.ts";
import { confirmAndApply } from "../support/stack.ts";
import { IN_FULL } from "../support/suites.ts";
import { ENDS_BOARD_MEMBERSHIP, openBoards, PEOPLE, PLACE, TEAM, WAYS } from "./removal-ways.ts";

// Every removal captures the cards that it takes people off, warns of them and gives them back, whichever tool plans it.

const { admin, deputy } = SEED;
const NAMED = new Set([admin.id, deputy.id, ...PEOPLE.map(({ id }) => id)]);

interface CompanySpec {
  readonly tier: "free" | "standard" | "premium" | "enterprise";
  /** Whether replies have the untidy forms of the messy world. */
  readonly untidy: boolean;
  /** Of each person: in the workspace or not. */
  readonly inside: readonly boolean[];
  readonly boards: readonly {
    readonly closed: boolean;
    /** Of each person: the role, or not there. */
    readonly roles: readonly ("normal" | "admin" | null)[];
    /** Of each card: which people are on it, and whether it is archived. */
    readonly cards: readonly { readonly closed: boolean; readonly on: readonly boolean[] }[];
  }[];
}

const of = <T>(value: fc.Arbitrary<T>) =>
  fc.array(value, { minLength: PEOPLE.length, maxLength: PEOPLE.length });

const company: fc.Arbitrary<CompanySpec> = fc.record({
  tier: fc.constantFrom("free", "standard", "premium", "enterprise"),
  untidy: fc.boolean(),
  inside: of(fc.boolean()),
  boards: fc.array(
    fc.record({
      closed: fc.boolean(),
      roles: of(fc.constantFrom("normal", "admin", null)),
      cards: fc.array(fc.record({ closed: fc.boolean(), on: of(fc.boolean()) }), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

let made = 0;
const newId = () => {
  made += 1;
  return `65a8${made.toString(16).padStart(20, "0")}`;
};
const row = (idMember: string, memberType: "normal" | "admin") => ({
  id: newId(),
  idMember,
  memberType,
  unconfirmed: false,
  deactivated: false,
});

/** One workspace, with the token's owner and a deputy as admins of everything. */
function worldOf({ tier, untidy, inside, boards }: CompanySpec): World {
  const world = { ...freshWorld(), ...(untidy && { wire: freshWorld("messy").wire }) };
  const { trello } = world;
  trello.workspaces.clear();
  trello.boards.clear();
  trello.cards.clear();
  for (const enterprise of trello.enterprises.values()) enterprise.idOrganizations = [];
  const admins = () => [row(admin.id, "admin"), row(deputy.id, "admin")];
  trello.workspaces.set(PLACE, {
    id: PLACE,
    name: "place",
    displayName: "Place",
    tier,
    idEnterprise: null,
    memberships: [
      ...admins(),
      // So many others that a limit by percent of the people is out of reach.
      ...[...trello.members.keys()]
        .filter((id) => !NAMED.has(id))
        .slice(0, 10)
        .map((id) => row(id, "normal")),
      ...PEOPLE.flatMap(({ id }, index) => (inside[index] ? [row(id, "normal")] : [])),
    ],
    dateCreated: "2024-01-15T09:00:00.000Z",
  });
  for (const [index, board] of boards.entries()) {
    const idBoard = newId();
    trello.boards.set(idBoard, {
      id: idBoard,
      shortLink: `r${made.toString(36).padStart(7, "0")}`,
      name: `Board ${index}`,
      closed: board.closed,
      idOrganization: PLACE,
      permissionLevel: "org",
      memberships: [
        ...admins(),
        ...PEOPLE.flatMap(({ id }, n) => {
          const role = board.roles[n];
          return role ? [row(id, role)] : [];
        }),
      ],
    });
    for (const card of board.cards) {
      const idCard = newId();
      // Only people of a board are on its cards.
      const on = PEOPLE.filter((_, n) => card.on[n] && board.roles[n]).map(({ id }) => id);
      trello.cards.set(idCard, {
        id: idCard,
        name: `Card ${made}`,
        idBoard,
        idMembers: on,
        closed: card.closed,
      });
    }
  }
  return world;
}

const PASSED = { state: "applied", evidence: { result: "PASS" } };
const RUNS = IN_FULL ? 12 : 2;

/** The tools whose plans can end a membership of a board, by what they declare. */
const ending = catalog.flatMap((tool) =>
  "makes" in tool && (tool.makes === "inverses" || tool.makes.some(({ op }) => ENDS_BOARD_MEMBERSHIP[op]))
    ? [tool.name]
    : [],
);
const ways = Object.entries(WAYS).flatMap(([tool, each]) => each.map((way) => [tool, way] as const));

describe("ending memberships of boards, then restoring", () => {
  test("is tried with every tool that declares an effect which can end one, and with no other", () => {
    expect(Object.keys(ENDS_BOARD_MEMBERSHIP).toSorted()).toEqual([...ops].toSorted());
    expect(Object.keys(WAYS).toSorted()).toEqual(ending.toSorted());
  });

  test.each(ways)(
    "by %s leaves memberships, roles and cards as before",
    async (_tool, makeWay) => {
      let ended = 0;
      await fc.assert(
        fc.asyncProperty(company, async (spec) => {
          const world = worldOf(spec);
          const bench = await openBench(world, { rules: { teamBoards: { [TEAM]: openBoards(world) } } });
          try {
            const way = makeWay();
            await way.prepare?.(bench);
            const before = stateOf(bench.sandbox.world);
            const run = await way.run(bench);
            if (!run || run.effects.length === 0) return;
            expect(run).toMatchObject(PASSED);
            ended += 1;
            expect(stateOf(bench.sandbox.world)).not.toEqual(before);
            const restored = await confirmAndApply(bench, "restore_member", { runId: run.id });
            expect(restored).toMatchObject(PASSED);
            expect(stateOf(bench.sandbox.world)).toEqual(before);
          } finally {
            await bench.close();
          }
        }),
        { seed: 20_260_301, numRuns: RUNS },
      );
      expect(ended).toBeGreaterThanOrEqual(RUNS / 4);
    },
    300_000,
  );
});
