import * as fc from "fast-check";
import Libsql from "libsql";
import { describe, expect, it } from "vitest";
import type { Budget, Ledger } from "../../src/domain/budget.ts";
import { BACKENDS, newStore, opened, SQLITE } from "./backends.ts";

const token: Budget = { id: "token:1", limit: 5, windowMs: 1000 };
const key: Budget = { id: "key:1", limit: 8, windowMs: 1000 };
const MARGIN_MS = 250;

/** A clock that stands still until it is moved, in milliseconds. */
function aClock(start = 1_000_000) {
  const clock = { ms: start, monotonic: () => clock.ms };
  return clock;
}

const one = (budget: Budget, cost = 1) => [{ budget, cost }];

async function takeAll(ledger: Ledger, budget: Budget): Promise<number> {
  let taken = 0;
  while ((await ledger.take(one(budget))) === 0) taken += 1;
  return taken;
}

describe.each(BACKENDS)("rate budgets on $name", (backend) => {
  it("give the whole budget at once and then say how long to wait, margin included", async () => {
    const clock = aClock();
    const { ledger } = await newStore(backend, clock);
    expect(await takeAll(ledger, token)).toBe(5);
    expect(await ledger.take(one(token))).toBe(1000 + MARGIN_MS);
    clock.ms += 1000 + MARGIN_MS - 1;
    expect(await ledger.take(one(token))).toBe(1);
    clock.ms += 1;
    expect(await takeAll(ledger, token)).toBe(5);
  });

  it("take several budgets together or none of them", async () => {
    const { ledger } = await newStore(backend, aClock());
    await takeAll(ledger, token);
    expect(await ledger.take([...one(key), ...one(token)])).toBeGreaterThan(0);
    expect(await ledger.remaining([token, key])).toEqual([0, 8]);
  });

  it("count cost, and the same budget named twice as one", async () => {
    const { ledger } = await newStore(backend, aClock());
    expect(await ledger.take([...one(key, 3), ...one(key, 3)])).toBe(0);
    expect(await ledger.remaining([key])).toEqual([2]);
    expect(await ledger.take(one(key, 3))).toBeGreaterThan(0);
    expect(await ledger.take(one(key, 2))).toBe(0);
  });

  it("wait no longer than for the starts that are in the way", async () => {
    const clock = aClock();
    const { ledger } = await newStore(backend, clock);
    for (let start = 0; start < 5; start += 1) {
      await ledger.take(one(token));
      clock.ms += 100;
    }
    expect(await ledger.take(one(token))).toBe(1000 + MARGIN_MS - 500);
    expect(await ledger.take(one(token, 3))).toBe(1000 + MARGIN_MS - 300);
  });

  it("count a start from its answer on: upstream it arrived at some moment before that", async () => {
    const clock = aClock();
    const { ledger } = await newStore(backend, clock);
    const takenAt = clock.ms;
    for (let start = 0; start < 5; start += 1) await ledger.take(one(token));
    clock.ms += 500;
    await ledger.answered(one(token), takenAt);
    clock.ms += 500 + MARGIN_MS;
    expect(await ledger.remaining([token])).toEqual([4]);
    clock.ms += 500;
    expect(await ledger.remaining([token])).toEqual([5]);
    // Forgotten by now, it counts for nothing any more.
    await ledger.answered(one(token), takenAt);
    expect(await ledger.remaining([token])).toEqual([5]);
  });

  it("refuse at once what no waiting would give", async () => {
    const { ledger } = await newStore(backend, aClock());
    await expect(ledger.take(one(token, 6))).rejects.toMatchObject({ code: "RATE_LIMITED" });
    expect(await ledger.remaining([token])).toEqual([5]);
  });

  it("keep a paused budget shut for everyone until the pause is over, never shorter", async () => {
    const clock = aClock();
    const url = await backend.newUrl();
    const [mine, other] = [(await opened(url, clock)).ledger, (await opened(url, clock)).ledger];
    await mine.pause(token.id, 3000);
    await other.pause(token.id, 10);
    expect(await other.take([...one(key), ...one(token)])).toBe(3000);
    expect(await other.remaining([token, key])).toEqual([0, 8]);
    clock.ms += 2999;
    expect(await other.take(one(token))).toBe(1);
    clock.ms += 1;
    expect(await takeAll(other, token)).toBe(5);
  });

  it("forget what an earlier boot of the machine left, pauses too", async () => {
    const url = await backend.newUrl();
    const before = await opened(url, aClock(9_000_000));
    await takeAll(before.ledger, token);
    await before.ledger.pause(key.id, 60_000);
    const { ledger } = await opened(url, aClock(40_000));
    expect(await ledger.remaining([token, key])).toEqual([5, 8]);
    expect(await takeAll(ledger, token)).toBe(5);
    expect(await takeAll(ledger, key)).toBe(8);
  });

  it("never hold more than the limit in any window, and never ask for a wait that is too short", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ pause: fc.nat(900), cost: fc.integer({ min: 1, max: 3 }) }), { maxLength: 60 }),
        async (arrivals) => {
          const clock = aClock();
          const { ledger } = await newStore(backend, clock);
          const starts: { at: number; cost: number }[] = [];
          for (const { pause, cost } of arrivals) {
            clock.ms += pause / 7;
            const wait = await ledger.take([...one(token, cost), ...one(key, cost)]);
            clock.ms += wait;
            // What it said to wait for is there: alone, nobody has to ask a third time.
            const again = wait > 0 ? await ledger.take([...one(token, cost), ...one(key, cost)]) : 0;
            expect(again).toBe(0);
            starts.push({ at: clock.ms, cost });
          }
          for (const { at: from } of starts) {
            const within = starts.filter(({ at }) => at >= from && at < from + token.windowMs + MARGIN_MS);
            expect(within.reduce((sum, { cost }) => sum + cost, 0)).toBeLessThanOrEqual(token.limit);
          }
        },
      ),
      { numRuns: 15 },
    );
  });
});

describe("the file of the rate budgets", () => {
  it("does not grow with what has expired", async () => {
    const url = await SQLITE.newUrl();
    const clock = aClock();
    const { ledger } = await opened(url, clock);
    for (let round = 0; round < 40; round += 1) {
      await takeAll(ledger, token);
      clock.ms += 1000 + MARGIN_MS;
    }
    await ledger.take(one(token));
    const file = new Libsql(`${url.slice("sqlite:".length)}-budget`);
    expect(file.prepare("SELECT count(*) AS rows FROM starts").all([])).toEqual([{ rows: 1 }]);
    file.close();
  });
});
