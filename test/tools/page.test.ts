import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { paginate } from "../../src/tools/page.ts";

const key = (row: string) => row;

/** Every row of all pages, with what happens between two of them. */
function walk(
  rows: readonly string[],
  limit: number,
  between: (all: readonly string[]) => readonly string[],
) {
  const seen: string[] = [];
  let present = rows;
  let cursor: string | undefined;
  do {
    const page = paginate(present, { limit, cursor, key });
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    seen.push(...page.rows);
    cursor = page.cursor;
    present = between(present);
  } while (cursor !== undefined);
  return seen;
}

const rows = fc.uniqueArray(fc.string({ unit: "grapheme", minLength: 1 }), { maxLength: 40 });
const limit = fc.integer({ min: 1, max: 10 });

describe("paging", () => {
  it("brings every row once, in order", () => {
    fc.assert(
      fc.property(rows, limit, (all, most) => {
        const seen = walk(all, most, (present) => present);
        expect(seen).toEqual([...all].sort((a, b) => (a < b ? -1 : 1)));
      }),
    );
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
    expect(paginate(["a", "b"], { limit: 2, cursor: undefined, key })).toEqual({ rows: ["a", "b"] });
    expect(paginate([], { limit: 2, cursor: undefined, key })).toEqual({ rows: [] });
  });

  it("refuses every cursor that is not its own, and never fails otherwise", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (cursor) => {
        expect(() => paginate(["a"], { limit: 1, cursor, key })).toThrow(
          expect.objectContaining({ code: "INPUT_INVALID" }),
        );
      }),
    );
    for (const place of [null, 1, "x", {}, { after: 1 }, { after: null }]) {
      const cursor = Buffer.from(JSON.stringify(place)).toString("base64url");
      expect(() => paginate(["a"], { limit: 1, cursor, key })).toThrow(
        expect.objectContaining({ code: "INPUT_INVALID" }),
      );
    }
  });
});
