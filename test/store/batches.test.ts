import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inBatches } from "../../src/store/schema.ts";

describe("batches of rows", () => {
  it("hold every row once, in order, none empty and none too large for a statement", () => {
    fc.assert(
      fc.property(fc.nat(3000), (count) => {
        const rows = Array.from({ length: count }, (_, n) => n);
        const batches = [...inBatches(rows)];
        expect(batches.flat()).toEqual(rows);
        for (const batch of batches) expect([batch.length > 0, batch.length <= 500]).toEqual([true, true]);
      }),
    );
  });
});
