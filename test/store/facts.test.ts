import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, type Json } from "../../src/domain/json.ts";
import { BACKENDS, newStore } from "./backends.ts";

describe.each(BACKENDS)("facts on $name", (backend) => {
  it("are unknown until they are set, and then as they were set last", async () => {
    const { facts } = await newStore(backend);
    expect(await facts.get("w1.all")).toBeNull();
    await facts.set("w1.all", { refused: true });
    await facts.set("w1.all", { refused: false });
    await facts.set("w2.all", "other");
    expect(await facts.get("w1.all")).toEqual({ refused: false });
  });

  it("keep any JSON", async () => {
    const { facts } = await newStore(backend);
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        await facts.set("any", value as Json);
        expect(canonicalJson(await facts.get("any"))).toBe(canonicalJson(value as Json));
      }),
      { numRuns: 50 },
    );
  });
});
