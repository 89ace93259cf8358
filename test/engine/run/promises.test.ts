import { afterEach, describe, expect, test } from "vitest";
import type { Run } from "../../../src/domain/run.ts";
import { type Fault, SEED, type World } from "../../../src/sandbox/index.ts";
import { type Bench, openBench } from "../../faults/bench.ts";
import { createRandom, type Random } from "../../faults/random.ts";
import { type BoardSpec, type PlaceSpec, worldOf } from "../../faults/worlds.ts";
import { freshWorld } from "../../support/fresh-world.ts";
import { boardsWith, confirm, confirmAndApply, inWorkspace } from "../../support/stack.ts";

const { leaver } = SEED;

let bench: Bench;
afterEach(() => bench.close());

const boards = (count: number, role: BoardSpec["role"] = "normal"): readonly BoardSpec[] =>
  Array.from({ length: count }, () => ({ role }));
const PLACES: readonly PlaceSpec[] = [
  { tier: "standard", role: "normal", boards: [...boards(3), ...boards(2, null)] },
  { tier: "premium", role: "normal", boards: [...boards(2), ...boards(1, null)] },
  { tier: "standard", role: null, boards: [...boards(1), ...boards(1, null)] },
  { tier: "free", role: null, boards: boards(2, null) },
];

let rows = 0;
const row = (idMember: string) => ({
  id: `65af${(rows += 1).toString(16).padStart(20, "0")}`,
  idMember,
  memberType: "normal" as const,
  unconfirmed: false,
  deactivated: false,
});
const boardNamed = ({ trello }: World, name: string) => {
  const board = [...trello.boards.values()].find((each) => each.name === name);
  if (!board) throw new Error(`no board ${name}`);
  return board;
};
const placeNamed = ({ trello }: World, name: string) => {
  const place = [...trello.workspaces.values()].find((each) => each.displayName === name);
  if (!place) throw new Error(`no workspace ${name}`);
  return place;
};
const putOn = (world: World, ...names: readonly string[]) => {
  for (const name of names) boardNamed(world, name).memberships.push(row(leaver.id));
};

/** Applies while another admin acts after the first write. */
async function applyWhile(tool: string, args: Record<string, string>, act: () => void): Promise<Run> {
  const plan = await confirm(bench, tool, args);
  return bench.engine.apply(plan.id, { ...bench.caller, onProgress: ({ done }) => done === 1 && act() });
}

describe("a person whom another admin brings back during the run is named", () => {
  const cases: readonly (readonly [
    what: string,
    tool: string,
    args: Record<string, string>,
    act: (world: World) => void,
    lines: readonly string[],
  ])[] = [
    [
      "on two boards of a workspace of the plan",
      "offboard_member",
      {},
      (world) => putOn(world, "Board 0.3", "Board 0.4"),
      ["Jonas Lindqvist (@jonaslindqvist) is on 2 boards of workspace Place 0: Board 0.3, Board 0.4"],
    ],
    [
      "on a board of a workspace that did not have the person",
      "offboard_member",
      {},
      (world) => putOn(world, "Board 3.1"),
      ["Jonas Lindqvist (@jonaslindqvist) is on 1 board of workspace Place 3: Board 3.1"],
    ],
    [
      "in a workspace that did not have the person",
      "offboard_member",
      {},
      (world) => placeNamed(world, "Place 3").memberships.push(row(leaver.id)),
      ["Jonas Lindqvist (@jonaslindqvist) is in workspace Place 3"],
    ],
    [
      "on another board, if only the boards were to go",
      "offboard_member",
      { rung: "boards" },
      (world) => putOn(world, "Board 1.2"),
      ["Jonas Lindqvist (@jonaslindqvist) is on 1 board of workspace Place 1: Board 1.2"],
    ],
    [
      "on another board of the one workspace",
      "remove_from_workspace",
      { workspace: "place0" },
      (world) => putOn(world, "Board 0.4"),
      ["Jonas Lindqvist (@jonaslindqvist) is on 1 board of workspace Place 0: Board 0.4"],
    ],
  ];
  test.each(cases)("%s (%s)", async (_what, tool, args, act, lines) => {
    bench = await openBench(worldOf({ places: PLACES }));
    const { world } = bench.sandbox;
    const run = await applyWhile(tool, { member: leaver.id, ...args }, () => act(world));
    expect(run).toMatchObject({ state: "partial", evidence: { result: "INCOMPLETE", unfinished: lines } });
  });

  test("and one of another workspace is no matter of remove_from_workspace", async () => {
    bench = await openBench(worldOf({ places: PLACES }));
    const { world } = bench.sandbox;
    const run = await applyWhile("remove_from_workspace", { member: leaver.id, workspace: "place0" }, () =>
      putOn(world, "Board 3.1"),
    );
    expect(run).toMatchObject({ state: "applied", evidence: { result: "PASS", unfinished: [] } });
  });
});

describe("a rung that was asked for and is not reached leaves the run incomplete", () => {
  const offboardToAccount = async (world: World) => {
    bench = await openBench(world);
    const seenAt = "2026-01-01T00:00:00.000Z";
    const link = { idMember: leaver.id, accountId: null, scimId: null, source: "scim", seenAt } as const;
    await bench.store.links.put({ email: leaver.email, ...link });
    return confirmAndApply(bench, "offboard_member", { member: leaver.id, rung: "account" });
  };
  const onOneBoard = () => worldOf({ places: [{ tier: "standard", role: "normal", boards: boards(1) }] });

  test("an account that the directory does not have", async () => {
    const world = onOneBoard();
    world.atlassian.directory.users.delete(leaver.idScim ?? "");
    const run = await offboardToAccount(world);
    expect(run).toMatchObject({ state: "partial", evidence: { result: "INCOMPLETE" } });
    expect(run.evidence?.unfinished).toEqual([
      expect.stringMatching(/^Atlassian account of Jonas Lindqvist \(@jonaslindqvist\): no SCIM User /),
    ]);
    expect(boardsWith(bench.sandbox, leaver.id)).toEqual([]);
  });

  test("but not an enterprise that does not have the person, for there is nothing to take", async () => {
    const world = onOneBoard();
    for (const enterprise of world.trello.enterprises.values()) enterprise.members.delete(leaver.id);
    expect(await offboardToAccount(world)).toMatchObject({ state: "applied", evidence: { result: "PASS" } });
  });
});

describe("an invitation of a person with an account, whose email Trello hides", () => {
  const INVITE = { workspace: SEED.workspaces.premium.id, member: SEED.guest.email };
  const open = async () => {
    const world = freshWorld();
    for (const enterprise of world.trello.enterprises.values()) enterprise.members.clear();
    bench = await openBench(world);
    return bench.sandbox.world;
  };

  test("passes by the membership that was not there before, and links no email", async () => {
    await open();
    const run = await confirmAndApply(bench, "invite_member", INVITE);
    expect(inWorkspace(bench.sandbox, INVITE.workspace, SEED.guest.id)).toBeDefined();
    expect(run).toMatchObject({ state: "applied", evidence: { result: "PASS", unverified: [] } });
    expect(run.evidence?.blindSpots.join()).toContain("which does not show who owns the email");
    expect(await bench.store.links.byEmail(SEED.guest.email)).toEqual([]);
  });

  test("is unverified if there is no new membership", async () => {
    const world = await open();
    const run = await applyWhile("invite_member", INVITE, () => {
      const workspace = world.trello.workspaces.get(INVITE.workspace);
      if (!workspace) throw new Error("no workspace");
      workspace.memberships = workspace.memberships.filter(({ idMember }) => idMember !== SEED.guest.id);
    });
    expect(run).toMatchObject({ state: "applied", evidence: { result: "UNVERIFIED", unfinished: [] } });
    expect(run.evidence?.unverified).toEqual([
      `Invite ${SEED.guest.email} to workspace Brightpath Design as normal: accepted by Trello, which does not show who owns the email`,
    ]);
  });
});

/** Where the leaver is, by name. */
function accessOf({ trello }: World): readonly string[] {
  return [
    ...[...trello.workspaces.values()].map((each) => [each.displayName, each.memberships] as const),
    ...[...trello.boards.values()].map((each) => [each.name, each.memberships] as const),
  ].flatMap(([name, members]) => (members.some(({ idMember }) => idMember === leaver.id) ? [name] : []));
}

/** What another admin may do at any moment. */
function interfere(random: Random, world: World): void {
  const board = random.pick([...world.trello.boards.values()]);
  const place = random.pick([...world.trello.workspaces.values()]);
  const isIn = (rows: readonly { idMember: string }[]) => rows.some(({ idMember }) => idMember === leaver.id);
  const way = random.between(1, 5);
  if (way <= 2 && !isIn(board.memberships)) board.memberships.push(row(leaver.id));
  if (way === 3 && !isIn(place.memberships)) place.memberships.push(row(leaver.id));
  if (way === 4) board.memberships = board.memberships.filter(({ idMember }) => idMember !== leaver.id);
  if (way === 5) place.memberships = place.memberships.filter(({ idMember }) => idMember !== leaver.id);
}

const KINDS = ["500", "503", "reset_before", "reset_after", "wrong_body", "truncated"] as const;
const OPERATIONS = [
  "GET /batch",
  "DELETE /boards/{id}/members/{idMember}",
  "DELETE /organizations/{id}/members/{idMember}",
  "DELETE /organizations/{id}/members/{idMember}/all",
];

/** Applies with lost answers, other admins and processes that end; answers the run that ended, or null for none. */
async function liveThrough(random: Random, tool: string, args: Record<string, string>, share: number) {
  const { world } = bench.sandbox;
  const act = () => {
    if (random.chance(share)) interfere(random, world);
  };
  const plan = await confirm(bench, tool, args);
  act();
  const process = new AbortController();
  const killedAt = random.between(1, 12);
  const applied = await bench.engine
    .apply(plan.id, {
      ...bench.caller,
      signal: process.signal,
      onProgress: ({ done }) => {
        act();
        if (done === killedAt) process.abort();
      },
    })
    .catch(() => null);
  if (applied) return applied;
  for (let life = 0; life < 40; life += 1) {
    const [run] = await bench.another().recover();
    if (run) return run;
  }
  return null;
}

describe("whatever others do and whatever is lost, PASS is said only if the promise is true", () => {
  const TOOLS = [
    ["offboard_member", {}],
    ["offboard_member", { rung: "boards" }],
    ["remove_from_workspace", { workspace: "place0" }],
  ] as const;
  const results = new Map<string, number>();

  test.each(Array.from({ length: 60 }, (_, seed) => seed))("seed %i", async (seed) => {
    const random = createRandom(seed);
    const faults: Fault[] = Array.from({ length: random.between(0, 10) }, () => ({
      operation: random.pick(OPERATIONS),
      attempt: random.between(3, 14),
      kind: random.pick(KINDS),
    }));
    bench = await openBench(worldOf({ places: PLACES }), { faults });
    const [tool, args] = random.pick(TOOLS);
    // In a fifth of the lives nobody acts: then the promise comes true, and that has to be said as well.
    const share = seed % 5 === 0 ? 0 : 0.4;
    const run = await liveThrough(random, tool, { member: leaver.id, ...args }, share);
    const { world } = bench.sandbox;
    const evidence = run?.evidence ?? null;
    const result = evidence?.result ?? "none";
    results.set(result, (results.get(result) ?? 0) + 1);
    const left = accessOf(world).filter((name) =>
      tool === "remove_from_workspace"
        ? /^(Place|Board) 0/.test(name)
        : !("rung" in args) || name.startsWith("Board"),
    );
    // Without evidence nothing is said: the plan was void, or the run never ended.
    const untold = left.filter((name) => evidence && !evidence.unfinished.join("\n").includes(name));
    expect(untold).toEqual([]);
    const possible =
      left.length > 0 ? ["none", "INCOMPLETE"] : ["none", "PASS", ...(share > 0 ? ["INCOMPLETE"] : [])];
    expect(possible).toContain(result);
  });

  test("and the lives above ended in more than one way", () => {
    bench = { close: async () => {} } as Bench;
    expect(results.get("PASS") ?? 0).toBeGreaterThan(5);
    expect(results.get("INCOMPLETE") ?? 0).toBeGreaterThan(10);
  });
});
