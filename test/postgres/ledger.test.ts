import { describe, expect, it } from "vitest";
import type { Budget, Ledger } from "../../src/domain/budget.ts";
import { opened } from "../store/backends.ts";
import { newDatabase, query, STILL_TEMPLATE } from "./databases.ts";

const token: Budget = { id: "token:1", limit: 5, windowMs: 1000 };
const scarce: Budget = { id: "scarce:1", limit: 5, windowMs: 900_000 };
const MARGIN_MS = 250;
const one = (budget: Budget) => [{ budget, cost: 1 }];

/** A ledger in a database whose clock stands still, and that clock. */
async function aLedger() {
  const url = await newDatabase(STILL_TEMPLATE);
  const { ledger } = await opened(url);
  const forward = (ms: number) =>
    query(url, "update identity.still_clock set at = at + make_interval(secs => $1)", [ms / 1000]);
  const restarted = () => query(url, "update identity.budgets set server = server - interval '1 hour'");
  return { ledger, forward, restarted };
}

async function spendAll(ledger: Ledger, budget: Budget): Promise<void> {
  for (let start = 0; start < budget.limit; start += 1) {
    expect(await ledger.take(one(budget))).toBe(0);
    await ledger.answered(one(budget), 0);
  }
}

describe("rate budgets on PostgreSQL", () => {
  it("count a start as under way until its answer, and that of a dead process until it must have ended", async () => {
    const { ledger, forward } = await aLedger();
    await ledger.take(one(token));
    await forward(20_000);
    // What others send and have answered meanwhile does not keep the start of the dead one alive.
    for (let n = 0; n < 4; n += 1) {
      expect(await ledger.take(one(token))).toBe(0);
      await ledger.answered(one(token), 0);
    }
    expect(await ledger.remaining([token])).toEqual([0]);
    expect(await ledger.take(one(token))).toBe(1000 + MARGIN_MS);
    await forward(1000 + MARGIN_MS);
    expect(await ledger.remaining([token])).toEqual([4]);
    await forward(25_000);
    expect(await ledger.remaining([token])).toEqual([5]);
  });

  it.each([
    ["a few seconds", -5_000],
    ["an hour", -3_600_000],
    ["a day", -86_400_000],
  ])(
    "allow no start too many and wait one window at most when the clock is set back %s",
    async (_what, ms) => {
      const { ledger, forward } = await aLedger();
      await spendAll(ledger, token);
      await forward(ms);
      expect(await ledger.remaining([token])).toEqual([0]);
      expect(await ledger.take(one(token))).toBe(1000 + MARGIN_MS);
      await forward(1000 + MARGIN_MS);
      await spendAll(ledger, token);
    },
  );

  it("stay shut for a window after PostgreSQL was started again, and no longer than 15 seconds", async () => {
    const { ledger, forward, restarted } = await aLedger();
    await spendAll(ledger, token);
    await spendAll(ledger, scarce);
    await restarted();
    // As if the clock of another server were far ahead.
    await forward(3_600_000);
    expect(await ledger.take(one(token))).toBe(1000 + MARGIN_MS);
    expect(await ledger.take(one(scarce))).toBe(15_000);
    expect(await ledger.remaining([token, scarce])).toEqual([0, 0]);
    await forward(15_000);
    await spendAll(ledger, token);
    await spendAll(ledger, scarce);
  });

  it("keep no more of a pause that a clock far ahead has dated than a pause can last", async () => {
    const { ledger, forward } = await aLedger();
    await ledger.pause(token.id, 10_000_000);
    expect(await ledger.take(one(token))).toBe(900_000);
    await forward(-3_600_000);
    expect(await ledger.take(one(token))).toBe(900_000);
    await forward(900_000);
    await spendAll(ledger, token);
  });

  it("take budgets in every order at once without a deadlock", async () => {
    const { ledger } = await aLedger();
    const budgets = ["a", "b", "c", "d"].map((id) => ({ id, limit: 1000, windowMs: 1000 }));
    const calls = Array.from({ length: 60 }, (_, n) => {
      const order = n % 2 === 0 ? budgets : budgets.toReversed();
      return ledger.take(order.map((budget) => ({ budget, cost: 1 })));
    });
    expect(new Set(await Promise.all(calls))).toEqual(new Set([0]));
    expect(await ledger.remaining(budgets)).toEqual([940, 940, 940, 940]);
  });
});
