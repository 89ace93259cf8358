import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/domain/error.ts";
import { readPeople } from "../../../src/planning/lists/paste.ts";
import { cleanList, untidyList } from "./random-lists.ts";
import { IN_FULL } from "../../support/suites.ts";

/** Who a tool would act on: names prove no one, and a name above people that no one has refuses the list. */
function acting(text: string): readonly string[] | null {
  try {
    const { people } = readPeople(text, { also: ["role", "team"] });
    const others = people.filter(({ kind }) => kind !== "name");
    if (others.length > 0 && people.some(({ heads }) => heads)) return null;
    return others.map(({ value }) => value);
  } catch (error) {
    if (error instanceof AppError && error.code === "INPUT_INVALID") return null;
    throw error;
  }
}

/** `npm run test:properties` reads all of them. */
const RUNS = IN_FULL ? 10_000 : 1_000;

describe("random lists", () => {
  it("never act on somebody who is not named as the person of a row", () => {
    let read = 0;
    fc.assert(
      fc.property(untidyList, ({ text }) => {
        const people = acting(text);
        if (people && people.length > 0) read += 1;
        expect((people ?? []).filter((each) => !each.startsWith("leaver"))).toEqual([]);
      }),
      { numRuns: RUNS },
    );
    // Refusing everything would hold the property as well.
    expect(read).toBeGreaterThan(RUNS / 5);
  });

  it("are read whole if nothing in them is untidy", () => {
    fc.assert(
      fc.property(cleanList, ({ text, meant }) => {
        expect(new Set(acting(text))).toEqual(meant);
      }),
      { numRuns: RUNS / 5 },
    );
  });

  it("of any characters are read or refused with INPUT_INVALID", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 6 }),
      fc.constantFrom(
        "a@x.org",
        "email",
        "manager",
        "Name",
        ",",
        ";",
        "\t",
        "|",
        "\n",
        '"',
        "<",
        ">",
        "[",
        "](",
        ")",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const people = acting(pieces.join("")) ?? [];
        expect(new Set(people).size).toBe(people.length);
      }),
      { numRuns: RUNS / 5 },
    );
  });
});
