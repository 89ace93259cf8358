import { describe, expect, it } from "vitest";
import {
  createLimitTracker,
  publishedLimits,
  trelloBudgets,
  trelloCharges,
} from "../../../src/gateway/http/budgets.ts";
import type { Outcome } from "../../../src/gateway/http/request.ts";
import { openLedger } from "../../../src/store/ledger.ts";
import { createFakeClock } from "../fake-clock.ts";

function reply(limits: Record<string, number | string>): Outcome {
  const headers = Object.fromEntries(
    Object.entries(limits).map(([name, value]) => [`x-rate-limit-api-${name}`, String(value)]),
  );
  return { kind: "reply", status: 200, headers, text: "" };
}

async function createScene() {
  const clock = createFakeClock();
  const ledger = await openLedger(":memory:", () => clock.monotonic());
  const limits = createLimitTracker(ledger, trelloBudgets("key", "token"), () => clock.monotonic());
  const begin = async () => {
    const charges = trelloCharges(limits.budgets(), ["/a"], false);
    expect(await ledger.take(charges)).toBe(0);
    return limits.beforeAttempt(1);
  };
  const left = async () => (await ledger.remaining([limits.budgets().token]))[0];
  return { clock, ledger, limits, begin, left };
}

const token = (remaining: number, max = 100) => ({ "token-max": max, "token-remaining": remaining });

describe("published limits", () => {
  it("are read from the headers, and only where they are integers", () => {
    expect(
      publishedLimits(
        reply({ "key-max": 300, "key-remaining": 299, "token-max": "many", "token-remaining": 1 }),
      ),
    ).toEqual([{ whom: "key", max: 300, remaining: 299, interval: null }]);
    expect(publishedLimits({ kind: "lost", cause: null })).toEqual([]);
  });

  it("that agree with ours change nothing", async () => {
    const { limits, begin, left } = await createScene();
    const readings = [await begin(), await begin(), await begin()];
    // Answers may come in any order, and count what started after them as well as not.
    await limits.afterAttempt(readings[2]!, reply(token(97)));
    await limits.afterAttempt(readings[0]!, reply(token(97)));
    await limits.afterAttempt(readings[1]!, reply(token(98)));
    expect(await left()).toBe(97);
  });

  it("show what others used with the same token, which is then not ours to use", async () => {
    const { limits, begin, left } = await createScene();
    await limits.afterAttempt(await begin(), reply(token(40)));
    expect(await left()).toBe(40);
  });

  it("of an old answer are not held against a window that has moved on", async () => {
    const { clock, limits, begin, left } = await createScene();
    for (let index = 0; index < 99; index++) await begin();
    const slow = await begin();
    await clock.run(11_000);
    await limits.afterAttempt(slow, reply(token(0)));
    expect(await left()).toBe(100);
  });

  it("that are smaller than ours replace ours, and a longer interval too", async () => {
    const { limits, begin } = await createScene();
    await limits.afterAttempt(await begin(), reply({ ...token(49, 50), "token-interval-ms": 20_000 }));
    expect(limits.budgets().token).toMatchObject({ limit: 50, windowMs: 20_000 });
    await limits.afterAttempt(await begin(), reply({ ...token(998, 1_000), "token-interval-ms": 1_000 }));
    expect(limits.budgets().token).toMatchObject({ limit: 50, windowMs: 20_000 });
  });
});
