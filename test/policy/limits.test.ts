import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Effect } from "../../src/domain/effect.ts";
import { deleteScimGroup, removeScimGroupMember, replaceScimGroup } from "../../src/effects/scim-groups.ts";
import { setScimActive, updateScimUser } from "../../src/effects/scim-users.ts";
import { losersOf } from "../../src/effects/taking.ts";
import { removeWorkspaceMember, setWorkspaceMember } from "../../src/effects/workspace-members.ts";
import { setAccountEnabled } from "../../src/effects/accounts.ts";
import { limitRefusal } from "../../src/policy/limits.ts";
import type { Taken } from "../../src/policy/rules.ts";

const WORKSPACES = ["w1", "w2"];
const leaving = (person: string, idOrganization: string): Effect =>
  removeWorkspaceMember.make({
    target: { idOrganization, idMember: person },
    before: { memberType: "normal" },
    after: null,
    label: person,
  });

interface Taking {
  readonly person: string;
  readonly where: string;
}
const taking = fc.record({
  person: fc.constantFrom(..."abcdefghij"),
  where: fc.constantFrom(...WORKSPACES),
});
const calls = fc.array(fc.array(taking, { minLength: 1, maxLength: 6 }), { maxLength: 8 });
const limits = fc.record({
  peoplePerDay: fc.integer({ min: 1, max: 6 }),
  destructiveEffectsPerDay: fc.integer({ min: 1, max: 12 }),
  percentOfWorkspace: fc.integer({ min: 1, max: 100 }),
});

function sum(all: readonly Taking[]): Taken {
  return { effects: all.length, people: new Set(all.map(({ person }) => person)) };
}

const EVERYBODY = 10;

function refusedBy(
  done: readonly Taking[],
  call: readonly Taking[],
  most: Parameters<typeof limitRefusal>[0]["limits"],
) {
  return limitRefusal({
    counting: call.map(({ person, where }) => ({
      effect: leaving(person, where),
      losers: [person],
      isDestructive: true,
    })),
    recent: {
      principal: sum(done),
      workspaces: new Map(WORKSPACES.map((id) => [id, sum(done.filter(({ where }) => where === id))])),
    },
    population: Object.fromEntries(WORKSPACES.map((id) => [id, EVERYBODY])),
    limits: most,
    names: new Map(),
  });
}

describe("the limits of a day", () => {
  test("hold over any number of calls, whatever their size", () => {
    fc.assert(
      fc.property(calls, limits, (all, most) => {
        const done: Taking[] = [];
        for (const call of all) if (!refusedBy(done, call, most)) done.push(...call);
        for (const place of [null, ...WORKSPACES]) {
          const { effects, people } = sum(done.filter(({ where }) => place === null || where === place));
          expect(people.size).toBeLessThanOrEqual(most.peoplePerDay);
          if (people.size <= 1) continue;
          expect(effects).toBeLessThanOrEqual(Math.max(most.destructiveEffectsPerDay, largest(done)));
          if (place !== null)
            expect((100 * people.size) / EVERYBODY).toBeLessThanOrEqual(most.percentOfWorkspace);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("never refuse one person alone for the number of their own changes", () => {
    fc.assert(
      fc.property(calls, limits, (all, most) => {
        const done: Taking[] = [];
        for (const call of all) {
          const own = call.map((each) => ({ ...each, person: "a" }));
          expect(refusedBy(done, own, most)).toBeNull();
          done.push(...own);
        }
      }),
    );
  });

  test("refuse nothing of a call that is within them", () => {
    const most = { peoplePerDay: 3, destructiveEffectsPerDay: 4, percentOfWorkspace: 30 };
    const of = (people: string, where = "w1") => [...people].map((person) => ({ person, where }));
    expect(refusedBy([], of("abc"), most)).toBeNull();
    expect(refusedBy(of("ab"), of("c"), most)).toBeNull();
    expect(refusedBy(of("abc"), of("a"), most)).toBeNull();
    expect(refusedBy(of("abc"), of("d"), most)).toMatchObject({ guard: "people_per_day" });
    expect(refusedBy(of("ab"), of("cd"), { ...most, peoplePerDay: 9 })).toMatchObject({
      guard: "percent_of_workspace",
      message: expect.stringContaining("4 of the 10 people"),
    });
    expect(refusedBy(of("aab"), of("bb"), most)).toMatchObject({ guard: "per_day" });
  });

  test("know no share of more than all", () => {
    fc.assert(
      fc.property(calls, (all) => {
        const refused = refusedBy([], all.flat(), {
          peoplePerDay: 99,
          destructiveEffectsPerDay: 999,
          percentOfWorkspace: 1,
        });
        const [, some = "0", everybody = "0"] =
          /makes (\d+) of its (\d+) people/.exec(refused?.message ?? "") ?? [];
        expect(Number(some)).toBeLessThanOrEqual(Number(everybody));
      }),
    );
  });
});

/** What one person alone may have lost before others did, which no limit refuses. */
function largest(done: readonly Taking[]): number {
  const [first] = done;
  const others = done.findIndex(({ person }) => person !== first?.person);
  return others === -1 ? done.length : others;
}

const label = "x";
const ONE: readonly (readonly [string, Effect, readonly string[]])[] = [
  ["a removal", leaving("M1", "w1"), ["m1"]],
  [
    "a demotion",
    setWorkspaceMember.make({
      target: { idOrganization: "w1", idMember: "m1" },
      before: { memberType: "admin" },
      after: { memberType: "normal" },
      label,
    }),
    ["m1"],
  ],
  [
    "a promotion",
    setWorkspaceMember.make({
      target: { idOrganization: "w1", idMember: "m1" },
      before: { memberType: "normal" },
      after: { memberType: "admin" },
      label,
    }),
    [],
  ],
  [
    "a User that is taken from a group",
    removeScimGroupMember.make({ target: { groupId: "g", scimId: "u1" }, before: null, after: null, label }),
    ["u1"],
  ],
  [
    "a group that is replaced",
    replaceScimGroup.make({
      target: { groupId: "g", displayName: "Crew" },
      before: { members: ["u1", "u2", "u3"] },
      after: { members: ["u2", "u4"] },
      label,
    }),
    ["u1", "u3"],
  ],
  [
    "a group that is deleted",
    deleteScimGroup.make({ target: { groupId: "g" }, before: { members: ["u1", "u2"] }, after: null, label }),
    ["u1", "u2"],
  ],
  [
    "a new name to sign in by",
    updateScimUser.make({
      target: { scimId: "u1" },
      before: { userName: "jane" },
      after: { userName: "bob" },
      label,
    }),
    ["u1"],
  ],
  [
    "a reactivation",
    setScimActive.make({
      target: { scimId: "u1" },
      before: { active: false },
      after: { active: true },
      label,
    }),
    [],
  ],
];

test.each(ONE)("the people of %s", (_what, effect, people) => {
  expect(losersOf({ effects: [effect], subjects: [] })).toEqual([people]);
});

test("a person is one person, by whichever of their ids and names an effect knows them", () => {
  const effects = [
    leaving("m1", "w1"),
    setScimActive.make({
      target: { scimId: "u1" },
      before: { active: true },
      after: { active: false },
      label,
    }),
    setAccountEnabled.make({
      target: { accountId: "acc1" },
      before: { enabled: true },
      after: { enabled: false },
      label,
    }),
    leaving("m2", "w1"),
  ];
  for (const subjects of [
    [
      { scimId: "u1", accountId: "acc1", countsAs: "m1" },
      { idMember: "m1", email: "jane@example.com" },
    ],
    [
      { idMember: "m1", email: "Jane@example.com" },
      { scimId: "u1", accountId: "acc1", emails: ["jane@example.com"] },
    ],
    [
      { scimId: "u1", emails: ["jane@example.com"] },
      { idMember: "m1", accountId: "acc1", email: "jane@example.com" },
    ],
  ]) {
    const keys = losersOf({ effects, subjects }).flat();
    expect(new Set(keys).size).toBe(2);
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
  }
});
