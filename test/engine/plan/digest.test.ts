import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Effect } from "../../../src/domain/effect.ts";
import type { Json } from "../../../src/domain/json.ts";
import { digestOf } from "../../../src/engine/plan/propose.ts";

const word = fc.string({ minLength: 1, maxLength: 12 });
const json = fc
  .jsonValue({ maxDepth: 3 })
  // -0 and 0 are one number in JSON.
  .map((value) => JSON.parse(JSON.stringify(value)) as Json);
const effect: fc.Arbitrary<Effect> = fc.record({
  op: fc.constantFrom("remove_board_member", "set_board_member", "set_scim_active"),
  resource: fc.constantFrom("board_membership", "workspace_membership", "scim_user"),
  id: word,
  target: fc.dictionary(word, word, { minKeys: 1, maxKeys: 4 }),
  before: json,
  after: json,
  reversible: fc.boolean(),
  label: word,
  place: fc.option(fc.record({ kind: fc.constant("board"), id: word, name: word })),
  rank: fc.nat(9),
  wording: fc.tuple(word, word),
  description: word,
});
const plan = fc.record({
  tool: word,
  principalId: word,
  effects: fc.array(effect, { minLength: 1, maxLength: 4 }),
});

/** The same value with the members of every object in another order. */
function shuffled<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(shuffled) as Value;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, shuffled(member)]),
  ) as Value;
}

const differs = (a: unknown, b: unknown) => fc.pre(JSON.stringify(a) !== JSON.stringify(b));

describe("the digest of a plan", () => {
  test("is 64 hexadecimal digits and the same for the same plan, whatever the order of members", () => {
    fc.assert(
      fc.property(plan, (given) => {
        expect(digestOf(given)).toMatch(/^[0-9a-f]{64}$/);
        expect(digestOf(shuffled(given))).toBe(digestOf(given));
      }),
    );
  });

  test("changes with the tool and with the principal", () => {
    fc.assert(
      fc.property(plan, word, (given, other) => {
        fc.pre(other !== given.tool && other !== given.principalId);
        expect(digestOf({ ...given, tool: other })).not.toBe(digestOf(given));
        expect(digestOf({ ...given, principalId: other })).not.toBe(digestOf(given));
      }),
    );
  });

  for (const part of ["op", "resource", "id", "target", "before", "after"] as const) {
    test(`changes with ${part} of any effect`, () => {
      fc.assert(
        fc.property(plan, effect, fc.nat(), (given, other, at) => {
          const index = at % given.effects.length;
          differs(shuffled(given.effects[index]?.[part]), shuffled(other[part]));
          differs(given.effects[index]?.[part], other[part]);
          const effects = given.effects.map((each, position) =>
            position === index ? { ...each, [part]: other[part] } : each,
          );
          const sameButForOrder = canonical(effects) === canonical(given.effects);
          expect(digestOf({ ...given, effects }) === digestOf(given)).toBe(sameButForOrder);
        }),
      );
    });
  }

  test("changes with the order and the number of effects", () => {
    fc.assert(
      fc.property(plan, effect, (given, other) => {
        expect(digestOf({ ...given, effects: [...given.effects, other] })).not.toBe(digestOf(given));
        const turned = given.effects.toReversed();
        expect(digestOf({ ...given, effects: turned }) === digestOf(given)).toBe(
          canonical(turned) === canonical(given.effects),
        );
      }),
    );
  });

  test("does not change with what is only shown", () => {
    fc.assert(
      fc.property(plan, word, fc.boolean(), (given, text, reversible) => {
        const effects = given.effects.map((each) => ({
          ...each,
          label: text,
          place: { kind: "card" as const, id: text, name: text },
          rank: text.length,
          wording: [text, text] as const,
          description: text,
          reversible,
        }));
        expect(digestOf({ ...given, effects })).toBe(digestOf(given));
      }),
    );
  });
});

/** What the digest is about, sorted independently of the code under test. */
function canonical(effects: readonly Effect[]): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (value === null || typeof value !== "object") return value;
    const members = Object.entries(value).map(([key, member]) => [key, sorted(member)] as const);
    return { members: members.sort(([a], [b]) => (a < b ? -1 : 1)) };
  };
  return JSON.stringify(
    effects.map(({ op, resource, id, target, before, after }) =>
      sorted({ op, resource, id, target, before, after }),
    ),
  );
}
