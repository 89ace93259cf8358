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

  it("are set once by one of several that try at the same time", async () => {
    const { facts } = await newStore(backend);
    const tries = Array.from({ length: 5 }, (_, n) => facts.setOnce("reminder", n));
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
    const kept = await facts.get("reminder");
    expect(await facts.setOnce("reminder", "late")).toBe(false);
    expect(await facts.get("reminder")).toEqual(kept);
    expect(await facts.setOnce("other", 1)).toBe(true);
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
