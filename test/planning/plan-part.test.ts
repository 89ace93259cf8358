import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { combine } from "../../src/planning/plan-part.ts";

const LISTS = ["warnings", "notes", "blindSpots", "untouched", "notReached"] as const;

const lines = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 3 });
const part = fc.record(
  {
    warnings: lines,
    notes: lines,
    blindSpots: lines,
    untouched: lines,
    notReached: lines,
    impactUnknown: fc.boolean(),
  },
  { requiredKeys: [] },
);

describe("a plan combined from parts", () => {
  test("has every line of every part once, in the order given", () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        const whole = combine(...parts);
        for (const list of LISTS) {
          const given = parts.flatMap((one) => one[list] ?? []);
          expect(whole[list]).toEqual(given.filter((line, index) => given.indexOf(line) === index));
        }
      }),
    );
  });

  test("has an unknown impact if any part has", () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        expect(combine(...parts).impactUnknown).toBe(parts.some(({ impactUnknown }) => impactUnknown));
      }),
    );
  });

  test("loses what a planner tells its caller alone, and the lists that are left out are empty", () => {
    const planned = { warnings: ["one"], handed: new Set(["card"]) };
    expect(combine(planned, {})).toEqual({
      effects: [],
      warnings: ["one"],
      notes: [],
      subjects: [],
      blindSpots: [],
      untouched: [],
      notReached: [],
      promises: [],
      impactUnknown: false,
      askFirst: false,
      afterLaterRun: false,
    });
  });

  test("asks for one typed name at most", () => {
    expect(combine({ typedName: "Jane" }, {}, { typedName: "Jane" }).typedName).toBe("Jane");
    expect(() => combine({ typedName: "Jane" }, { typedName: "Joe" })).toThrow("typed name");
  });
});
