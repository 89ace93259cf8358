import { describe, expect, test } from "vitest";
import { surviveSchedule } from "./offboarding.ts";
import { scheduleOf } from "./schedule.ts";
import { IN_FULL } from "../support/suites.ts";

/** `npm run test:faults` runs a thousand; `SEED=n` before it replays one, `FIRST=n` and `SCHEDULES=n` choose others. */
const MANY = IN_FULL ? "1000" : "25";
const { SEED: replayed, SCHEDULES: count = MANY, FIRST: first = "1" } = process.env;
const seeds =
  replayed === undefined
    ? Array.from({ length: Number(count) }, (_, index) => Number(first) + index)
    : [Number(replayed)];

describe("offboarding of 40 memberships under a random schedule of faults", () => {
  test("is another for another seed, and the same for the same", () => {
    expect(scheduleOf(1)).toEqual(scheduleOf(1));
    expect(new Set(seeds.map((seed) => JSON.stringify(scheduleOf(seed).faults))).size).toBe(seeds.length);
    const kinds = new Set(
      Array.from({ length: 25 }, (_, seed) => scheduleOf(seed).faults.map(({ kind }) => kind)).flat(),
    );
    expect(kinds.size).toBe(8);
  });

  // In portions, so that a failing one is named soon and several workers could share them.
  test.each(portions(seeds, 25))(
    "ends as intended, sends nothing twice and loses nothing: seeds $from to $to",
    async ({ seeds: portion }) => {
      const failed: string[] = [];
      for (const seed of portion) {
        await surviveSchedule(scheduleOf(seed)).catch((thrown: unknown) => {
          const why = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
          failed.push(`replay with SEED=${seed} npm run test:faults\n${why}`);
        });
      }
      expect(failed.join("\n\n")).toBe("");
    },
    600_000,
  );
});

function portions(all: readonly number[], size: number) {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => {
    const part = all.slice(index * size, (index + 1) * size);
    return { from: part[0], to: part.at(-1), seeds: part };
  });
}
