/** What is told of a time between two readings: the events that came, and what follows from the readings alone. */
import { describe, expect, test } from "vitest";
import { EVENT_TYPES, type MembershipEvent, type TimedChange } from "../../src/domain/membership-event.ts";
import type { MembershipSnapshot, MembershipState } from "../../src/domain/membership.ts";
import { joinFeed, NEAR_MS } from "../../src/reviews/feed.ts";

const START = Date.UTC(2026, 0, 15, 9);
const WORKSPACE = "w";
const PLACES = [
  { kind: "workspace", id: WORKSPACE },
  { kind: "board", id: "b1" },
  { kind: "board", id: "b2" },
] as const;
const PEOPLE = ["p1", "p2", "p3"];

type World = Map<string, MembershipState | null>;
const keyOf = (place: string, idMember: string) => `${place}/${idMember}`;
const iso = (at: number) => new Date(at).toISOString();

/** The same numbers for the same seed (mulberry32). */
function dice(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function reading(world: World, at: number): MembershipSnapshot {
  return {
    id: `moment ${at}`,
    at: iso(at),
    principal: "admin",
    labels: {},
    places: PLACES.map(({ kind, id }) => ({
      kind,
      id,
      name: id,
      idOrganization: WORKSPACE,
      closed: false,
      people: Object.fromEntries(
        PEOPLE.flatMap((person) => {
          const state = world.get(keyOf(id, person));
          return state ? [[person, state]] : [];
        }),
      ),
    })),
  };
}

interface Happened {
  readonly key: string;
  readonly at: number;
  readonly event: MembershipEvent;
}

/** Changes one membership at random, and returns the event that Trello would tell. */
function happen(world: World, roll: () => number, at: number, n: number): Happened {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(roll() * list.length)] as T;
  const place = pick(PLACES);
  const idMember = pick(PEOPLE);
  const key = keyOf(place.id, idMember);
  const state = world.get(key) ?? null;
  const noun = place.kind === "board" ? "Board" : "Organization";
  const told = (type: string, role: string | null = null): Happened => ({
    key,
    at,
    event: {
      id: n.toString(16).padStart(24, "0"),
      at: iso(at),
      type,
      kind: EVENT_TYPES[type]?.kind ?? "added",
      place: { kind: place.kind, id: place.id },
      idMember,
      name: null,
      role: EVENT_TYPES[type]?.role ?? role,
      by: { idMember: "admin", name: "Admin" },
    },
  });
  if (state === null) {
    world.set(key, { role: "normal", status: "active" });
    return told(`addMemberTo${noun}`, "normal");
  }
  if (roll() < 0.5) {
    world.set(key, null);
    return told(`removeMemberFrom${noun}`);
  }
  const role = state.role === "admin" ? "normal" : "admin";
  world.set(key, { ...state, role });
  return told(`make${role === "admin" ? "Admin" : "NormalMember"}Of${noun}`);
}

/** The state that a list of changes makes of a reading. */
function applied(
  snapshot: MembershipSnapshot,
  changes: readonly TimedChange[],
): Record<string, MembershipState> {
  const states = new Map(
    snapshot.places.flatMap(({ id, people }) =>
      Object.entries(people).map(([person, state]): [string, MembershipState | null] => [
        keyOf(id, person),
        state,
      ]),
    ),
  );
  for (const { place, person, before, after } of changes) {
    if (!person) continue;
    const key = keyOf(place.id, person.idMember);
    // Each change begins in the state in which the one before it ended.
    expect(before).toEqual(states.get(key) ?? null);
    states.set(key, after);
  }
  return Object.fromEntries(
    [...states].filter((entry): entry is [string, MembershipState] => entry[1] !== null),
  );
}

const statesOf = (snapshot: MembershipSnapshot) => applied(snapshot, []);

/** A random history with outages, of which some events came twice and in any order. */
function history(seed: number, gapMs: number) {
  const roll = dice(seed);
  const world: World = new Map();
  for (const { id } of PLACES)
    for (const person of PEOPLE)
      if (roll() < 0.5) world.set(keyOf(id, person), { role: "normal", status: "active" });
  const snapshots = [reading(world, START)];
  const all: Happened[] = [];
  const came: MembershipEvent[] = [];
  let at = START + gapMs;
  let isOut = false;
  for (let n = 1; n <= 45; n += 1) {
    at += 1 + Math.floor(roll() * 60_000);
    if (roll() < 0.15) isOut = !isOut;
    if (roll() < 0.12) {
      at += gapMs;
      snapshots.push(reading(world, at));
      at += gapMs;
      continue;
    }
    const happened = happen(world, roll, at, n);
    all.push(happened);
    if (!isOut && roll() < 0.9) came.push(happened.event);
  }
  snapshots.push(reading(world, at + gapMs));
  came.sort(() => roll() - 0.5);
  return { snapshots, all, came };
}

const SEEDS = Array.from({ length: 25 }, (_each, index) => index + 1);

describe("random outages and any order", () => {
  test("the histories have told and inferred changes", () => {
    const { snapshots, came } = history(1, NEAR_MS + 1);
    const changes = snapshots
      .slice(1)
      .flatMap((after, index) => joinFeed(snapshots[index] ?? after, after, came));
    expect(changes.filter(({ at }) => at !== null).length).toBeGreaterThan(5);
    expect(changes.filter(({ between }) => between !== null).length).toBeGreaterThan(5);
  });

  test.each(SEEDS)(
    "the feed equals the net change, tells each event once, and bounds the rest: %s",
    (seed) => {
      const { snapshots, all, came } = history(seed, NEAR_MS + 1);
      const told: string[] = [];
      for (const [index, after] of snapshots.entries()) {
        const before = snapshots[index - 1];
        if (!before) continue;
        const changes = joinFeed(before, after, came);
        expect(applied(before, changes)).toEqual(statesOf(after));
        for (const { place, person, at, by, between } of changes) {
          const key = keyOf(place.id, person?.idMember ?? "");
          if (at !== null) {
            expect(by).toEqual({ idMember: "admin", name: "Admin" });
            told.push(`${at} ${key}`);
            continue;
          }
          // Something that was not told happened there within the bounds.
          const from = Date.parse(between?.from ?? "");
          const until = Date.parse(between?.until ?? "");
          expect(from).toBeGreaterThanOrEqual(Date.parse(before.at));
          expect(until).toBeLessThanOrEqual(Date.parse(after.at));
          const unseen = all.filter(
            (each) => each.key === key && each.at > from && each.at <= until && !came.includes(each.event),
          );
          expect(unseen.length).toBeGreaterThan(0);
        }
      }
      const expected = all
        .filter(({ event }) => came.includes(event))
        .map(({ at, key }) => `${iso(at)} ${key}`);
      expect(told.toSorted()).toEqual(expected.toSorted());
    },
  );

  test.each(SEEDS.slice(0, 10))(
    "also with changes right beside the readings, the net change is right: %s",
    (seed) => {
      const { snapshots, came } = history(seed, 0);
      expect(snapshots.length).toBeGreaterThan(1);
      for (const [index, after] of snapshots.entries()) {
        const before = snapshots[index - 1];
        if (before) expect(applied(before, joinFeed(before, after, came))).toEqual(statesOf(after));
      }
    },
  );
});

describe("beside a reading", () => {
  const event = (type: string, at: number): MembershipEvent => ({
    id: at.toString(16).padStart(24, "0"),
    at: iso(at),
    type,
    kind: EVENT_TYPES[type]?.kind ?? "added",
    place: { kind: "board", id: "b1" },
    idMember: "p1",
    name: null,
    role: null,
    by: null,
  });
  const there: World = new Map([["b1/p1", { role: "normal", status: "active" }]]);
  const END = START + 3_600_000;

  test("an event that the first reading shows already is not told again", () => {
    const removal = event("removeMemberFromBoard", START + 5_000);
    expect(joinFeed(reading(new Map(), START), reading(new Map(), END), [removal])).toEqual([]);
    expect(joinFeed(reading(there, START), reading(new Map(), END), [removal])).toMatchObject([
      { kind: "removed", at: iso(START + 5_000), between: null },
    ]);
  });

  test("an event that the second reading shows is told with it", () => {
    const removal = event("removeMemberFromBoard", END + 5_000);
    expect(joinFeed(reading(there, START), reading(new Map(), END), [removal])).toMatchObject([
      { kind: "removed", at: iso(END + 5_000) },
    ]);
    expect(joinFeed(reading(there, START), reading(there, END), [removal])).toEqual([]);
  });

  test("who came and went is told as far as it is known", () => {
    const came = event("addMemberToBoard", START + 600_000);
    const went = event("removeMemberFromBoard", START + 1_200_000);
    const empty = [reading(new Map(), START), reading(new Map(), END)] as const;
    expect(joinFeed(...empty, [went, came]).map(({ kind, at }) => [kind, at])).toEqual([
      ["added", came.at],
      ["removed", went.at],
    ]);
    // Trello's feed has no removals: the time of this one is bounded.
    expect(joinFeed(...empty, [came])).toMatchObject([
      { kind: "added", at: came.at, between: null },
      { kind: "removed", at: null, between: { from: came.at, until: iso(END) } },
    ]);
    expect(joinFeed(...empty, [went])).toMatchObject([
      { kind: "added", at: null, between: { from: iso(START), until: went.at } },
      { kind: "removed", at: went.at, between: null },
    ]);
  });

  test("a deactivation in the workspace is the cause of the same on its boards", () => {
    const both = (status: MembershipState["status"]): World =>
      new Map(["b1/p1", `${WORKSPACE}/p1`].map((key) => [key, { role: "normal", status }]));
    const cause = {
      ...event("deactivatedMemberInOrganization", START + 600_000),
      place: { kind: "workspace", id: WORKSPACE },
      by: { idMember: "admin", name: "Admin" },
    } as const;
    const changes = joinFeed(reading(both("active"), START), reading(both("deactivated"), END), [cause]);
    expect(changes.map(({ place }) => place.id).toSorted()).toEqual(["b1", WORKSPACE]);
    for (const change of changes)
      expect(change).toMatchObject({
        kind: "deactivated",
        at: cause.at,
        by: { idMember: "admin" },
        between: null,
      });
  });
});

describe("a board that comes, leaves or moves", () => {
  const place = (kind: "workspace" | "board", id: string, idOrganization: string) => ({
    kind,
    id,
    name: id,
    idOrganization,
    closed: false,
    people: {},
  });
  const side = (at: number, ...boards: readonly (readonly [string, string])[]): MembershipSnapshot => ({
    id: `moment ${at}`,
    at: iso(at),
    principal: "admin",
    labels: {},
    places: [
      place("workspace", "v", "v"),
      place("workspace", "w", "w"),
      ...boards.map(([id, idOrganization]) => place("board", id, idOrganization)),
    ],
  });
  const event = (type: string, at: number): MembershipEvent => ({
    id: type,
    at: iso(at),
    type,
    kind: EVENT_TYPES[type]?.kind ?? "added",
    place: { kind: "board", id: "b" },
    idMember: null,
    name: null,
    role: null,
    by: { idMember: "admin", name: "Admin" },
  });
  const HOUR = 3_600_000;

  test.each<[string, MembershipSnapshot, MembershipSnapshot, string, string]>([
    ["comes", side(START), side(START + HOUR, ["b", "w"]), "board_seen", "addToOrganizationBoard"],
    ["leaves", side(START, ["b", "w"]), side(START + HOUR), "board_gone", "removeFromOrganizationBoard"],
    [
      "moves",
      side(START, ["b", "v"]),
      side(START + HOUR, ["b", "w"]),
      "board_moved",
      "addToOrganizationBoard",
    ],
  ])(
    "%s: is told with time and author if an event is known, else with the two times",
    (_what, before, after, kind, type) => {
      const bounds = { from: before.at, until: after.at };
      const told = (...events: readonly MembershipEvent[]) =>
        joinFeed(before, after, events).map((change) => [
          change.kind,
          change.at,
          change.by?.idMember,
          change.between,
        ]);
      expect(told()).toEqual([[kind, null, undefined, bounds]]);
      for (const at of [START + 1, START + HOUR - 1, START - NEAR_MS + 1])
        expect(told(event(type, at))).toEqual([[kind, iso(at), "admin", null]]);
      for (const at of [START - NEAR_MS - 1, START + HOUR + NEAR_MS + 1])
        expect(told(event(type, at))).toEqual([[kind, null, undefined, bounds]]);
      expect(told({ ...event(type, START + 1), place: { kind: "board", id: "other" } })).toEqual([
        [kind, null, undefined, bounds],
      ]);
    },
  );
});
