import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Run } from "../../src/domain/run.ts";
import { SEED, seedWorld, type World } from "../../src/sandbox/index.ts";
import { type Bench, openBench } from "../faults/bench.ts";
import { stateOf } from "../faults/worlds.ts";
import { confirmAndApply } from "../support/stack.ts";
import { makeGroup } from "../tools/atlassian.ts";
import { IN_FULL } from "../support/suites.ts";

// Every removal captures the cards that it takes people off, warns of them and gives them back, whichever tool plans it.

const { admin, deputy, leaver, successor, alexOfOperations, guest } = SEED;
const PEOPLE = [leaver, successor, alexOfOperations, guest];
const NAMED = new Set([admin.id, deputy.id, ...PEOPLE.map(({ id }) => id)]);
const PLACE = "65a9".padEnd(24, "0");

interface CompanySpec {
  readonly tier: "free" | "standard" | "premium" | "enterprise";
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
function worldOf({ tier, inside, boards }: CompanySpec): World {
  const world = seedWorld();
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

/** A way to end memberships of boards: what is prepared is there before the state that is to come back. */
interface Way {
  readonly tool: string;
  run(bench: Bench): Promise<Run | null>;
  prepare?(bench: Bench): Promise<void> | void;
}

/** Refused because nobody there is meant: nothing is taken away then. */
async function unlessAbsent(run: Promise<Run>): Promise<Run | null> {
  try {
    return await run;
  } catch (error) {
    if ((error as { code?: string }).code === "NOT_FOUND") return null;
    throw error;
  }
}

const boardIds = ({ sandbox }: Bench) => [...sandbox.world.trello.boards.keys()];

/** Puts a person onto every board by a run of its own, and then by hand onto all cards there. */
async function additionOf(bench: Bench): Promise<string> {
  const { trello } = bench.sandbox.world;
  const open = [...trello.boards.values()].filter(({ closed }) => !closed).map(({ id }) => id);
  if (open.length === 0) return "";
  const run = await confirmAndApply(bench, "add_to_boards", {
    workspace: PLACE,
    members: [leaver.id, guest.id],
    boards: open,
  }).catch(() => null);
  const added = run?.effects.filter(({ state }) => state === "applied").map(({ effect }) => effect) ?? [];
  for (const card of trello.cards.values()) {
    const missing = added.filter(
      ({ target }) =>
        target["idBoard"] === card.idBoard && !card.idMembers.includes(target["idMember"] ?? ""),
    );
    card.idMembers.push(...missing.map(({ target }) => target["idMember"] ?? ""));
  }
  return added.length > 0 ? (run?.id ?? "") : "";
}

const WAYS: readonly (() => Way)[] = [
  () => ({
    tool: "remove_from_boards",
    run: (bench) =>
      unlessAbsent(confirmAndApply(bench, "remove_from_boards", { workspace: PLACE, member: leaver.id })),
  }),
  () => ({
    tool: "remove_from_boards",
    run: (bench) =>
      unlessAbsent(
        confirmAndApply(bench, "remove_from_boards", {
          workspace: PLACE,
          member: guest.id,
          boards: boardIds(bench).slice(0, 2),
        }),
      ),
  }),
  () => ({
    tool: "remove_from_workspace",
    run: (bench) =>
      unlessAbsent(confirmAndApply(bench, "remove_from_workspace", { workspace: PLACE, member: leaver.id })),
  }),
  () => ({
    tool: "add_to_boards",
    async prepare(bench) {
      makeGroup(bench.sandbox.world, "Crew", [successor.idScim ?? ""]);
      await bench.store.links.put({
        email: successor.email,
        idMember: successor.id,
        accountId: null,
        scimId: null,
        source: "invitation",
        seenAt: new Date().toISOString(),
      });
    },
    run: (bench) =>
      confirmAndApply(bench, "add_to_boards", {
        workspace: PLACE,
        group: "Crew",
        boards: boardIds(bench),
        removeOthers: true as never,
      }),
  }),
  () => ({
    tool: "offboard_member",
    run: (bench) =>
      unlessAbsent(
        confirmAndApply(bench, "offboard_member", {
          members: PEOPLE.filter(({ id }) => id !== successor.id).map(({ id }) => id),
          rung: "boards",
        }),
      ),
  }),
  () => ({
    tool: "offboard_member",
    run: (bench) =>
      unlessAbsent(
        confirmAndApply(bench, "offboard_member", { members: [leaver.id, guest.id], reassignTo: deputy.id }),
      ),
  }),
  () => {
    let runId = "";
    return {
      tool: "restore_member",
      async prepare(bench) {
        runId = await additionOf(bench);
      },
      run: (bench) =>
        runId === "" ? Promise.resolve(null) : confirmAndApply(bench, "restore_member", { runId }),
    };
  },
];

const PASSED = { state: "applied", evidence: { result: "PASS" } };
const RUNS = IN_FULL ? 12 : 4;

describe("ending memberships of boards, then restoring", () => {
  test.each(WAYS.map((way) => [way().tool, way] as const))(
    "by %s leaves memberships, roles and cards as before",
    async (_tool, makeWay) => {
      let ended = 0;
      await fc.assert(
        fc.asyncProperty(company, async (spec) => {
          const bench = await openBench(worldOf(spec));
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
