import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cursor as cursorField } from "../../../src/tools/support/fields.ts";
import { cursorAt, paginate, placeIn } from "../../../src/tools/support/page.ts";

interface Row {
  readonly name: string;
  readonly id: string;
}

const of = ["list_things", "workspace", null];
const options = { of, sort: ({ name }: Row) => name, id: ({ id }: Row) => id };
const named = (name: string): Row => ({ name, id: name });

/** Every row of all pages, with what happens between two of them. */
function walk(rows: readonly Row[], limit: number, between: (all: readonly Row[]) => readonly Row[]) {
  const seen: Row[] = [];
  let present = rows;
  let cursor: string | undefined;
  do {
    const page = paginate(present, { ...options, limit, cursor });
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    seen.push(...page.rows);
    cursor = page.cursor;
    // What is given out must be taken back.
    if (cursor !== undefined) expect(cursorField.parse(cursor)).toBe(cursor);
    present = between(present);
  } while (cursor !== undefined);
  return seen;
}

const name = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.string({ unit: "binary", maxLength: 300 }),
  // Names like these once made a cursor that was too long to be taken back.
  fc.constantFrom("🎉".repeat(98), "Sam", "\\".repeat(100)),
);
const id = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 300 }),
  fc.nat().map((n) => n.toString(16).padStart(24, "0")),
);
const rows = fc.uniqueArray(fc.record({ name, id }), { maxLength: 40, selector: (row) => row.id });
const limit = fc.integer({ min: 1, max: 10 });
const given = (cursor: string, listing = of) => {
  return () => paginate([named("a")], { ...options, of: listing, limit: 1, cursor });
};
const refusal = expect.objectContaining({
  code: "INPUT_INVALID",
  next: expect.stringMatching(/call.* without a cursor to start again\.$/i),
});

describe("paging", () => {
  it("brings every row once", () => {
    fc.assert(
      fc.property(rows, limit, (all, most) => {
        const seen = walk(all, most, (present) => present);
        expect(seen).toHaveLength(all.length);
        expect(new Set(seen)).toEqual(new Set(all));
      }),
    );
  });

  it("brings them in order", () => {
    const all = ["b", "a", "ab", "", "c"].map(named);
    expect(walk(all, 2, (present) => present).map((row) => row.name)).toEqual(["", "a", "ab", "b", "c"]);
  });

  it("shifts nothing when a row goes between two pages", () => {
    fc.assert(
      fc.property(rows, limit, fc.nat(), (all, most, pick) => {
        const gone = all[pick % Math.max(1, all.length)];
        const seen = walk(all, most, (present) => present.filter((row) => row !== gone));
        expect(new Set(seen).size).toBe(seen.length);
        for (const row of all) if (row !== gone) expect(seen).toContain(row);
      }),
    );
  });

  it("gives no cursor with the last page", () => {
    const all = ["a", "b"].map(named);
    expect(paginate(all, { ...options, limit: 2, cursor: undefined })).toEqual({ rows: all });
    expect(paginate([], { ...options, limit: 2, cursor: undefined })).toEqual({ rows: [] });
  });

  it("refuses every cursor that is not its own, and never fails otherwise", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (cursor) => {
        expect(given(cursor)).toThrow(refusal);
      }),
    );
    for (const place of [null, 1, "x", {}, { after: "a" }, [], ["a"], ["a", "b", 1], ["a", "b", "c", "d"]]) {
      expect(given(Buffer.from(JSON.stringify(place)).toString("base64url"))).toThrow(refusal);
    }
  });

  it("refuses a cursor of another tool, of another workspace and of another order", () => {
    const cursor = cursorAt(["a", "a"], of);
    expect(placeIn(cursor, of)).toEqual(["a", "a"]);
    for (const listing of [
      ["list_others", "workspace", null],
      ["list_things", "elsewhere", null],
      ["list_things", "workspace", "name"],
    ]) {
      expect(given(cursor, listing)).toThrow(refusal);
    }
  });
});
