import * as fc from "fast-check";
import Libsql from "libsql";
import { describe, expect, it } from "vitest";
import type { Budget, Charge, Ledger } from "../../src/domain/budget.ts";
import { type Backend, BACKENDS, newStore, opened, SQLITE } from "./backends.ts";
import { NOON } from "./fixtures.ts";

const token: Budget = { id: "token:1", limit: 5, windowMs: 1000 };
const key: Budget = { id: "key:1", limit: 8, windowMs: 1000 };
const BUDGETS = [token, key];
const MARGIN_MS = 250;

/** A clock of process and database that stands still until it is moved, in milliseconds. */
function aClock(backend: Backend, start = Date.parse(NOON)) {
  const clock = {
    ms: start,
    monotonic: () => clock.ms,
    forward: (ms: number) => backend.timeIs((clock.ms += ms)),
  };
  return clock;
}

/** Takes, and has the answer at the same moment: 0, or how long to wait. */
async function spend(ledger: Ledger, charges: readonly Charge[]): Promise<number> {
  const wait = await ledger.take(charges);
  if (wait === 0) await ledger.answered(charges, Number.MAX_SAFE_INTEGER);
  return wait;
}

const one = (budget: Budget, cost = 1) => [{ budget, cost }];

async function takeAll(ledger: Ledger, budget: Budget): Promise<number> {
  let taken = 0;
  while ((await spend(ledger, one(budget))) === 0) taken += 1;
  return taken;
}

describe.each(BACKENDS)("rate budgets on $name", (backend) => {
  it("give the whole budget at once and then say how long to wait, margin included", async () => {
    const clock = aClock(backend);
    const { ledger } = await newStore(backend, clock);
    expect(await takeAll(ledger, token)).toBe(5);
    expect(await ledger.take(one(token))).toBe(1000 + MARGIN_MS);
    await clock.forward(1000 + MARGIN_MS - 1);
    expect(await ledger.take(one(token))).toBe(1);
    await clock.forward(1);
    expect(await takeAll(ledger, token)).toBe(5);
  });

  it("take several budgets together or none of them", async () => {
    const { ledger } = await newStore(backend, aClock(backend));
    await takeAll(ledger, token);
    expect(await ledger.take([...one(key), ...one(token)])).toBeGreaterThan(0);
    expect(await ledger.remaining([token, key])).toEqual([0, 8]);
  });

  it("count cost, and the same budget named twice as one", async () => {
    const { ledger } = await newStore(backend, aClock(backend));
    expect(await ledger.take([...one(key, 3), ...one(key, 3)])).toBe(0);
    expect(await ledger.remaining([key])).toEqual([2]);
    expect(await ledger.take(one(key, 3))).toBeGreaterThan(0);
    expect(await ledger.take(one(key, 2))).toBe(0);
  });

  it("wait no longer than for the starts that are in the way", async () => {
    const clock = aClock(backend);
    const { ledger } = await newStore(backend, clock);
    for (let start = 0; start < 5; start += 1) {
      await spend(ledger, one(token));
      await clock.forward(100);
    }
    expect(await ledger.take(one(token))).toBe(1000 + MARGIN_MS - 500);
    expect(await ledger.take(one(token, 3))).toBe(1000 + MARGIN_MS - 300);
  });

  it("count a start from its answer on: upstream it arrived at some moment before that", async () => {
    const clock = aClock(backend);
    const { ledger } = await newStore(backend, clock);
    const takenAt = clock.ms;
    for (let start = 0; start < 4; start += 1) await spend(ledger, one(token));
    await ledger.take(one(token));
    await clock.forward(500);
    await ledger.answered(one(token), takenAt);
    await clock.forward(500 + MARGIN_MS);
    expect(await ledger.remaining([token])).toEqual([4]);
    await clock.forward(500);
    expect(await ledger.remaining([token])).toEqual([5]);
    // Forgotten by now, it counts for nothing any more.
    await ledger.answered(one(token), takenAt);
    expect(await ledger.remaining([token])).toEqual([5]);
  });

  it("refuse at once what no waiting would give", async () => {
    const { ledger } = await newStore(backend, aClock(backend));
    await expect(ledger.take(one(token, 6))).rejects.toMatchObject({ code: "RATE_LIMITED" });
    expect(await ledger.remaining([token])).toEqual([5]);
  });

  it("keep a paused budget shut for everyone until the pause is over, never shorter", async () => {
    const clock = aClock(backend);
    const url = await backend.newUrl();
    const [mine, other] = [(await opened(url, clock)).ledger, (await opened(url, clock)).ledger];
    await mine.pause(token.id, 3000);
    await other.pause(token.id, 10);
    expect(await other.take([...one(key), ...one(token)])).toBe(3000);
    expect(await other.remaining([token, key])).toEqual([0, 8]);
    await clock.forward(2999);
    expect(await other.take(one(token))).toBe(1);
    await clock.forward(1);
    expect(await takeAll(other, token)).toBe(5);
  });

  it("never hold more than the limit in any window, and never ask for a wait that is too short", async () => {
    const clock = aClock(backend);
    const { ledger } = await newStore(backend, clock);
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ pause: fc.nat(900), cost: fc.integer({ min: 1, max: 3 }) }), { maxLength: 60 }),
        async (arrivals) => {
          run += 1;
          // Budgets of its own, as on a new store.
          const [token, key] = BUDGETS.map((budget) => ({ ...budget, id: `${budget.id}:${run}` })) as [
            Budget,
            Budget,
          ];
          const starts: { at: number; cost: number }[] = [];
          for (const { pause, cost } of arrivals) {
            // Eighths of a millisecond are exact in binary and whole microseconds, so PostgreSQL does not round them.
            await clock.forward(pause / 8);
            const charges = [...one(token, cost), ...one(key, cost)];
            const wait = await spend(ledger, charges);
            if (wait > 0) await clock.forward(wait);
            // What it said to wait for is there: alone, nobody has to ask a third time.
            const again = wait > 0 ? await spend(ledger, charges) : 0;
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
  it("forgets what an earlier boot of the machine left, pauses too", async () => {
    const url = await SQLITE.newUrl();
    const before = await opened(url, aClock(SQLITE, 9_000_000));
    await takeAll(before.ledger, token);
    await before.ledger.pause(key.id, 60_000);
    const { ledger } = await opened(url, aClock(SQLITE, 40_000));
    expect(await ledger.remaining([token, key])).toEqual([5, 8]);
    expect(await takeAll(ledger, token)).toBe(5);
    expect(await takeAll(ledger, key)).toBe(8);
  });

  it("does not grow with what has expired", async () => {
    const url = await SQLITE.newUrl();
    const clock = aClock(SQLITE);
    const { ledger } = await opened(url, clock);
    for (let round = 0; round < 40; round += 1) {
      await takeAll(ledger, token);
      await clock.forward(1000 + MARGIN_MS);
    }
    await ledger.take(one(token));
    const file = new Libsql(`${url.slice("sqlite:".length)}-budget`);
    expect(file.prepare("SELECT count(*) AS rows FROM starts").all([])).toEqual([{ rows: 1 }]);
    file.close();
  });
});
