import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Budget } from "../../../src/domain/budget.ts";
import { createGate } from "../../../src/gateway/http/gate.ts";
import { openLedger } from "../../../src/store/ledger.ts";
import { createFakeClock } from "../fake-clock.ts";

const budget: Budget = { id: "token", limit: 20, windowMs: 10_000 };
const charges = [{ budget, cost: 1 }];

/** How a request travels: milliseconds until it arrives upstream, and from there until its answer is back. */
interface Journey {
  readonly there: number;
  readonly back: number;
}

/** Sends all of them at once through the gate; answers when each arrived, in order. */
async function arrivalsOf(journeys: readonly Journey[], answered: boolean): Promise<readonly number[]> {
  const clock = createFakeClock();
  const ledger = await openLedger(":memory:", () => clock.monotonic());
  const gate = createGate(ledger, clock);
  const arrivals: number[] = [];
  const send = async ({ there, back }: Journey): Promise<void> => {
    await gate.admit({ charges, operation: "x", patienceMs: Number.POSITIVE_INFINITY });
    const takenAt = clock.monotonic();
    await clock.sleep(there);
    arrivals.push(clock.monotonic());
    await clock.sleep(back);
    if (answered) await ledger.answered(charges, takenAt);
  };
  const all = Promise.all(journeys.map(send));
  await clock.run();
  await all;
  return arrivals.sort((a, b) => a - b);
}

function fullest(arrivals: readonly number[]): number {
  return Math.max(
    ...arrivals.map((from) => arrivals.filter((at) => at >= from && at <= from + budget.windowMs).length),
  );
}

it("no window upstream holds more than the limit, however late requests arrive", async () => {
  const journey = fc.record({
    there: fc.integer({ min: 0, max: 4_000 }),
    back: fc.integer({ min: 0, max: 2_000 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(journey, { minLength: 50, maxLength: 90 }), async (journeys) => {
      expect(fullest(await arrivalsOf(journeys, true))).toBeLessThanOrEqual(budget.limit);
    }),
    { numRuns: 40 },
  );
});

it("counted from their start alone, late ones would meet those that follow them", async () => {
  const late = Array.from({ length: 20 }, () => ({ there: 3_000, back: 0 }));
  const prompt = Array.from({ length: 20 }, () => ({ there: 0, back: 0 }));
  expect(fullest(await arrivalsOf([...late, ...prompt], false))).toBeGreaterThan(budget.limit);
  expect(fullest(await arrivalsOf([...late, ...prompt], true))).toBe(budget.limit);
});
