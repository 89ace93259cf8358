import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SEED, type World } from "../../../src/sandbox/index.ts";
import { type Bench, openBench } from "../../faults/bench.ts";
import { type BoardSpec, type PlaceSpec, stateOf, worldOf } from "../../faults/worlds.ts";
import { failure } from "../../support/failure.ts";
import { confirmAndApply } from "../../support/stack.ts";
import { IN_FULL } from "../../support/suites.ts";

// Who takes over from a leaver comes onto the boards that need it, and off them again by restore_member.

const { admin, leaver, successor, alexOfOperations: outsider } = SEED;
const PASSED = { state: "applied", evidence: { result: "PASS" } };

interface Spec extends BoardSpec {
  /** Whether neither the owner of the token nor the deputy is on the board. */
  readonly alone: boolean;
  readonly successorRole: "normal" | "observer" | "admin";
}

const board: fc.Arbitrary<Spec> = fc
  .record({
    role: fc.constantFrom("normal", "admin", "admin", null),
    closed: fc.boolean(),
    alone: fc.boolean(),
    successor: fc.boolean(),
    successorRole: fc.constantFrom("normal", "observer", "admin"),
    cards: fc.array(fc.record({ closed: fc.boolean(), shared: fc.boolean() }), { maxLength: 3 }),
  })
  .map((spec) => ({
    ...spec,
    alone: spec.alone && spec.role === "admin",
    cards: spec.role === null ? [] : spec.cards,
  }));

const places = fc.array(
  fc.record({
    tier: fc.constantFrom("premium", "enterprise"),
    role: fc.constantFrom("normal", "admin", null),
    boards: fc.array(board, { maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 2 },
);

const WAYS = [
  { tool: "offboard_member", args: { rung: "workspaces" } },
  { tool: "offboard_member", args: { rung: "boards" } },
  { tool: "remove_from_workspace", args: { workspace: "place0" } },
  { tool: "reassign_cards", args: { workspace: "place0" } },
] as const;

interface Company {
  readonly places: readonly (Omit<PlaceSpec, "boards"> & { readonly boards: readonly Spec[] })[];
}

function company(spec: Company): World {
  const world = worldOf(spec);
  const boards = [...world.trello.boards.values()];
  for (const [n, { alone, successorRole }] of spec.places.flatMap((each) => each.boards).entries()) {
    const found = boards[n];
    if (!found) continue;
    for (const row of found.memberships) if (row.idMember === successor.id) row.memberType = successorRole;
    if (alone) found.memberships = found.memberships.filter(({ idMember }) => idMember !== admin.id);
    if (alone)
      for (const card of world.trello.cards.values())
        if (card.idBoard === found.id) card.idMembers = card.idMembers.filter((id) => id !== admin.id);
  }
  return world;
}

const rolesOf = (world: World, idMember: string) =>
  new Map(
    [...world.trello.boards.values()].flatMap(({ id, memberships }) =>
      memberships.flatMap((row) => (row.idMember === idMember ? [[id, row.memberType] as const] : [])),
    ),
  );
const cardsOf = (world: World, idMember: string) =>
  [...world.trello.cards.values()].filter(({ idMembers }) => idMembers.includes(idMember));
const hasAdmin = (world: World) => (id: string) =>
  world.trello.boards.get(id)?.memberships.some(({ memberType }) => memberType === "admin") ?? false;

async function onBench(world: World, use: (bench: Bench) => Promise<void>): Promise<void> {
  const bench = await openBench(world);
  try {
    await use(bench);
  } finally {
    await bench.close();
  }
}

/** The number before the words in a summary; 0 if they are not there. */
const said = (summary: string, words: string) =>
  Number(new RegExp(`(\\d+) ${words}`).exec(summary)?.[1] ?? 0);

describe("a successor who joins the boards", () => {
  test.each(WAYS.map((way) => [`${way.tool} ${JSON.stringify(way.args)}`, way] as const))(
    "by %s gets what the leaver had, where it is needed and nowhere else, and restore takes it back",
    async (_title, { tool, args }) => {
      let joinedAny = 0;
      await fc.assert(
        fc.asyncProperty(places, (spec) =>
          onBench(company({ places: spec }), async (bench) => {
            const { world } = bench.sandbox;
            const { trello } = world;
            const inPlace = (idBoard: string) =>
              !("workspace" in args) ||
              trello.workspaces.get(trello.boards.get(idBoard)?.idOrganization ?? "")?.name ===
                args.workspace;
            const before = stateOf(world);
            const had = rolesOf(world, successor.id);
            const left = [...rolesOf(world, leaver.id).keys()].filter(inPlace);
            const open = cardsOf(world, leaver.id).filter(
              (card) => !card.closed && !trello.boards.get(card.idBoard)?.closed && inPlace(card.idBoard),
            );
            const adminless = left.filter(
              (id) =>
                tool !== "reassign_cards" &&
                trello.boards
                  .get(id)
                  ?.memberships.every((row) => row.memberType !== "admin" || row.idMember === leaver.id),
            );
            const orphaned = adminless.filter((id) => rolesOf(world, leaver.id).get(id) === "admin");
            const run = await confirmAndApply(bench, tool, {
              member: leaver.id,
              reassignTo: successor.id,
              addToBoards: true as never,
              ...args,
            }).catch((thrown: { code?: string }) => {
              // The leaver is nowhere in this world.
              if (thrown.code === "NOT_FOUND") return null;
              throw thrown;
            });
            if (!run || run.effects.length === 0) return;
            expect(run).toMatchObject(PASSED);

            const has = rolesOf(world, successor.id);
            const joined = [...has.keys()].filter((id) => !had.has(id));
            const needed = new Set([...open.map(({ idBoard }) => idBoard), ...orphaned]);
            expect(joined.toSorted()).toEqual([...needed].filter((id) => !had.has(id)).toSorted());
            for (const id of has.keys())
              expect(has.get(id)).toBe(orphaned.includes(id) ? "admin" : (had.get(id) ?? "normal"));
            expect(
              left.filter((id) => !adminless.includes(id) || orphaned.includes(id)).every(hasAdmin(world)),
            ).toBe(true);
            for (const { idMembers } of open) {
              expect(idMembers).toContain(successor.id);
              expect(idMembers).not.toContain(leaver.id);
            }
            const { summary } = run.plan;
            if (tool !== "reassign_cards") expect(said(summary, "cards? handed over")).toBe(open.length);
            else expect(said(summary, "open cards? of")).toBe(open.length);
            const admins = orphaned.filter((id) => had.get(id) !== "admin");
            expect(said(summary, "boards? with the new assignee as admin")).toBe(admins.length);
            expect(said(summary, "boards? joined by the new assignee")).toBe(
              joined.filter((id) => !orphaned.includes(id)).length,
            );
            joinedAny += joined.length > 0 ? 1 : 0;

            const restored = await confirmAndApply(bench, "restore_member", { runId: run.id });
            expect(restored).toMatchObject(PASSED);
            expect(stateOf(world)).toEqual(before);
          }),
        ),
        { seed: 20_261_128, numRuns: IN_FULL ? 40 : 3 },
      );
      expect(joinedAny).toBeGreaterThan(0);
    },
    300_000,
  );

  const oneBoard = (spec: Partial<Spec>, tier: "standard" | "premium" | "free" = "premium") =>
    company({
      places: [
        {
          tier,
          role: "normal",
          boards: [
            {
              role: "admin",
              alone: true,
              successorRole: "normal",
              cards: [{}, { shared: true }],
              ...spec,
            },
            { role: "normal", alone: false, successorRole: "normal", cards: [{}] },
          ],
        },
      ],
    });
  const handing = { member: leaver.id, workspace: "place0", reassignTo: successor.id };
  const joining = { ...handing, addToBoards: true as never };

  test("stays where others put that person, or changed the role since, and only the rest is undone", () =>
    onBench(oneBoard({}), async (bench) => {
      const { world } = bench.sandbox;
      const run = await confirmAndApply(bench, "remove_from_workspace", joining);
      const [first, second] = [...world.trello.boards.values()];
      for (const row of second?.memberships ?? [])
        if (row.idMember === successor.id) row.memberType = "admin";
      const restored = await confirmAndApply(bench, "restore_member", { runId: run.id });
      expect(restored.evidence?.result).toBe("INCOMPLETE");
      expect(rolesOf(world, successor.id)).toEqual(new Map([[second?.id, "admin"]]));
      expect(rolesOf(world, leaver.id).get(first?.id ?? "")).toBe("admin");
    }));

  test("may be the token's owner, who keeps the boards when the leaver comes back", () =>
    onBench(oneBoard({}), async (bench) => {
      const { world } = bench.sandbox;
      const run = await confirmAndApply(bench, "remove_from_workspace", { ...joining, reassignTo: admin.id });
      expect(run).toMatchObject(PASSED);
      const restored = await confirmAndApply(bench, "restore_member", { runId: run.id });
      expect(restored.evidence?.unfinished.join()).toContain("the account that this server uses");
      expect(rolesOf(world, leaver.id).size).toBe(2);
      expect(rolesOf(world, admin.id).size).toBe(2);
    }));

  test("from outside takes a paid seat, which the plan says, and is asked about", () =>
    onBench(oneBoard({}), async (bench) => {
      const args = { ...joining, reassignTo: outsider.username };
      const plan = await bench.engine.propose("reassign_cards", args, bench.caller);
      expect(plan.requires).toBe("client");
      expect(plan.impact.notes.join("\n")).toContain("becomes a billable guest and takes a paid seat");
      expect(plan.warnings.join("\n")).toContain("is not in Place 0 and becomes a guest");
      const run = await confirmAndApply(bench, "reassign_cards", args);
      expect(run).toMatchObject(PASSED);
      expect(rolesOf(bench.sandbox.world, outsider.id).size).toBe(2);
      const restored = await confirmAndApply(bench, "restore_member", { runId: run.id });
      expect(restored).toMatchObject(PASSED);
      expect(rolesOf(bench.sandbox.world, outsider.id).size).toBe(0);
    }));

  test("is asked for at the level of an admin if the plan makes one, whichever tool plans it", () =>
    onBench(oneBoard({}), async ({ engine, caller }) => {
      const level = async (tool: string, args: object) =>
        (await engine.propose(tool, { ...args }, caller)).requires;
      expect(await level("remove_from_workspace", joining)).toBe("approval");
      const { workspace, ...everywhere } = joining;
      expect(await level("offboard_member", { ...everywhere, workspaces: [workspace] })).toBe("approval");
      expect(await level("reassign_cards", joining)).toBe("client");
    }));

  test("is told of where it is not asked for: how many cards stay, and what to set", () =>
    onBench(oneBoard({}), async ({ engine, caller }) => {
      const plan = await engine.propose("reassign_cards", handing, caller);
      expect(plan.warnings.join("\n")).toMatch(
        /is not on 2 boards, so 3 open cards there are not handed over/,
      );
      expect(plan.warnings.join("\n")).toContain("addToBoards: true");
      const refused = await failure(engine.propose("remove_from_workspace", handing, caller));
      expect(refused).toMatchObject({ code: "POLICY_DENIED", details: { guard: "last_admin" } });
      expect(refused.next).toContain("addToBoards: true");
    }));

  test.each([
    ["nobody", { reassignTo: "nobody" }, {}],
    ["no one", { reassignTo: undefined }, {}],
    ["the leaver", { reassignTo: leaver.id }, {}],
    ["a deactivated member", {}, { deactivated: true }],
  ] as const)("is no one if it is %s", async (_who, args, row) =>
    onBench(oneBoard({}), async ({ sandbox, engine, caller }) => {
      for (const { memberships } of sandbox.world.trello.workspaces.values())
        for (const each of memberships) if (each.idMember === successor.id) Object.assign(each, row);
      const { reassignTo, ...rest } = { ...joining, ...args };
      const given = { ...rest, ...(reassignTo !== undefined && { reassignTo }) };
      const error = await failure(engine.propose("remove_from_workspace", given, caller));
      expect(error).toMatchObject({ code: "INPUT_INVALID", next: expect.stringMatching(/\w+/) });
    }),
  );
});

describe("cards of several leavers", () => {
  test("count once, as what becomes of them", () =>
    onBench(
      company({
        places: [
          {
            tier: "premium",
            role: "normal",
            boards: [
              {
                role: "normal",
                alone: false,
                successor: true,
                successorRole: "normal",
                // Two are shared with the other leaver, one with a person who stays.
                cards: [{ shared: true }, { shared: true }, {}, {}],
              },
            ],
          },
        ],
      }),
      async ({ sandbox, engine, caller }) => {
        const [, , third] = [...sandbox.world.trello.cards.values()];
        third?.idMembers.push(admin.id);
        const plan = await engine.propose(
          "offboard_member",
          { members: [leaver.id, successor.id], reassignTo: "nobody", rung: "boards" },
          caller,
        );
        expect(plan.summary).toContain("1 card kept by their other members, 3 cards left without a person");
      },
    ));
});
