import { setMaxListeners } from "node:events";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Budget, Charge } from "../../../src/domain/budget.ts";
import { trelloBudgets, trelloCharges } from "../../../src/gateway/http/budgets.ts";
import { createGate } from "../../../src/gateway/http/gate.ts";
import { createQueues, type Lane } from "../../../src/gateway/http/queues.ts";
import { openLedger } from "../../../src/store/ledger.ts";
import { IN_FULL } from "../../support/suites.ts";
import { createFakeClock } from "../fake-clock.ts";

interface Start {
  readonly at: number;
  readonly name: string;
  readonly charges: readonly Charge[];
}

/** Requests that come to the queues and through the gate, and are answered in no time. */
async function createScene(patienceMs = Number.POSITIVE_INFINITY) {
  const clock = createFakeClock();
  const ledger = await openLedger(":memory:", () => clock.monotonic());
  const queues = createQueues(createGate(ledger, clock), 16, patienceMs);
  const starts: Start[] = [];
  const refusals: { readonly name: string; readonly reason: unknown }[] = [];
  const enter = (
    name: string,
    charges: readonly Charge[],
    { lane = "interactive", signal }: { lane?: Lane; signal?: AbortSignal } = {},
  ) => {
    queues
      .run({ charges, lane, operation: name, signal, repeated: false }, async () => {
        starts.push({ at: clock.monotonic(), name, charges });
      })
      .catch((reason: unknown) => refusals.push({ name, reason }));
  };
  return { clock, ledger, starts, refusals, enter };
}

/** The most starts of a budget in any window, both ends included. */
function fullestWindow(starts: readonly Start[], budget: Budget): number {
  const own = starts.flatMap(({ at, charges }) =>
    charges.filter((charge) => charge.budget.id === budget.id).map(({ cost }) => ({ at, cost })),
  );
  let most = 0;
  let sum = 0;
  let first = 0;
  for (const { at, cost } of own) {
    sum += cost;
    for (let old = own[first]; old && old.at < at - budget.windowMs; old = own[++first]) sum -= old.cost;
    most = Math.max(most, sum);
  }
  return most;
}

const three = trelloBudgets("a key", "a token");
const SINGLE = trelloCharges(three, ["/boards/x"], false);
const SEARCH = trelloCharges(three, ["/search/members/"], false);
const BATCH = trelloCharges(
  three,
  Array.from({ length: 10 }, () => "/boards/x"),
  true,
);

describe("the budgets", () => {
  const arrival = fc.record({
    afterMs: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 4_000 })),
    token: fc.integer({ min: 0, max: 4 }),
    kind: fc.constantFrom("single", "single", "single", "batch", "search"),
    lane: fc.constantFrom<Lane>("interactive", "bulk"),
    count: fc.integer({ min: 1, max: 60 }),
  });

  it("are never exceeded in any window, for any arrivals of several tokens on one key", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(arrival, { minLength: 10, maxLength: 40 }), async (arrivals) => {
        const { clock, starts, enter } = await createScene();
        const tokens = [0, 1, 2, 3, 4].map((token) => trelloBudgets("one key", `token ${token}`));
        let expected = 0;
        for (const { afterMs, token, kind, lane, count } of arrivals) {
          await clock.run(clock.monotonic() + afterMs);
          const budgets = tokens[token];
          if (!budgets) throw new Error("no such token");
          const paths =
            kind === "batch" ? ["/a/1", "/a/2", "/members/me"] : [kind === "search" ? "/search/x" : "/a"];
          for (let index = 0; index < count; index++) {
            enter(kind, trelloCharges(budgets, paths, kind === "batch"), { lane });
            expected++;
          }
        }
        await clock.run();
        expect(starts).toHaveLength(expected);
        for (const { key, token, scarce } of tokens) {
          expect(fullestWindow(starts, key)).toBeLessThanOrEqual(300);
          expect(fullestWindow(starts, token)).toBeLessThanOrEqual(100);
          expect(fullestWindow(starts, scarce)).toBeLessThanOrEqual(100);
        }
      }),
      { numRuns: IN_FULL ? 40 : 10 },
    );
  });

  it("are used to at least 97% while work is waiting, for any order of lanes", async () => {
    const lanes = fc.array(fc.constantFrom<Lane>("interactive", "bulk"), { minLength: 500, maxLength: 900 });
    await fc.assert(
      fc.asyncProperty(lanes, async (order) => {
        const { clock, starts, enter } = await createScene();
        for (const lane of order) enter("single", SINGLE, { lane });
        await clock.run();
        const last = starts.at(-1)?.at ?? 0;
        // From the first start to the last, the starts at that very last moment not counted.
        const used = starts.filter(({ at }) => at < last).length;
        expect(used / ((last / 10_000) * 100)).toBeGreaterThanOrEqual(0.97);
      }),
      { numRuns: IN_FULL ? 10 : 3 },
    );
  });

  it("give five tokens on one key 300 starts together, not 500", async () => {
    const { clock, starts, enter } = await createScene();
    for (let token = 0; token < 5; token++) {
      const charges = trelloCharges(trelloBudgets("one key", `token ${token}`), ["/a"], false);
      for (let index = 0; index < 100; index++) enter(`token ${token}`, charges);
    }
    await clock.run(1_000);
    expect(starts).toHaveLength(300);
    await clock.run();
    expect(starts).toHaveLength(500);
  });
});

describe("order", () => {
  it("lets interactive work go before bulk work that came first", async () => {
    const { clock, starts, enter } = await createScene();
    for (let index = 0; index < 250; index++) enter(`bulk ${index}`, SINGLE, { lane: "bulk" });
    await clock.run(100);
    for (let index = 0; index < 5; index++) enter(`interactive ${index}`, SINGLE);
    await clock.run();
    expect(starts.slice(100, 105).map(({ name }) => name)).toEqual(
      [0, 1, 2, 3, 4].map((index) => `interactive ${index}`),
    );
  });

  it("is first come, first served inside a lane", async () => {
    const { clock, starts, enter } = await createScene();
    const names = Array.from({ length: 240 }, (_, index) => `request ${index}`);
    for (const name of names) enter(name, SINGLE);
    await clock.run();
    expect(starts.map(({ name }) => name)).toEqual(names);
  });

  it("does not starve a full batch behind a stream of single requests", async () => {
    const { clock, starts, enter } = await createScene();
    for (let index = 0; index < 95; index++) enter("early", SINGLE);
    await clock.run(1_000);
    enter("batch", BATCH);
    for (let second = 1; second <= 30; second++) {
      for (let index = 0; index < 20; index++) enter("late", SINGLE);
      await clock.run(1_000 * second + 1_000);
    }
    await clock.run();
    const batch = starts.findIndex(({ name }) => name === "batch");
    expect(starts.slice(0, batch).every(({ name }) => name === "early")).toBe(true);
    expect(starts[batch]?.at).toBe(10_250);
  });

  it("lets work pass that does not need the budget which others wait for", async () => {
    const { clock, starts, enter } = await createScene();
    for (let index = 0; index < 100; index++) enter("search", SEARCH);
    await clock.run(20_000);
    enter("late search", SEARCH);
    enter("single", SINGLE);
    await clock.run(20_001);
    expect(starts.at(-1)).toMatchObject({ name: "single", at: 20_000 });
    await clock.run();
    expect(starts.at(-1)).toMatchObject({ name: "late search", at: 900_250 });
  });
});

describe("waiting", () => {
  it("ends at once with the signal, and the one behind moves up", async () => {
    const { clock, starts, refusals, enter } = await createScene();
    for (let index = 0; index < 95; index++) enter("early", SINGLE);
    const abort = new AbortController();
    enter("batch", BATCH, { signal: abort.signal });
    enter("behind", SINGLE);
    await clock.run(1_000);
    expect(starts).toHaveLength(95);
    abort.abort();
    await clock.run(1_000);
    expect(refusals).toMatchObject([{ name: "batch", reason: { details: { cancelled: true } } }]);
    expect(starts.at(-1)).toMatchObject({ name: "behind", at: 1_000 });
  });

  it("takes no start from the budget when it was ended", async () => {
    const { clock, ledger, enter } = await createScene();
    for (let index = 0; index < 100; index++) enter("early", SINGLE);
    const abort = new AbortController();
    setMaxListeners(0, abort.signal);
    for (let index = 0; index < 50; index++) enter("ended", SINGLE, { signal: abort.signal });
    await clock.run(1_000);
    abort.abort();
    await clock.run(11_000);
    expect(await ledger.remaining([three.token])).toEqual([100]);
  });

  it("that would be longer than the caller's patience is refused with the time", async () => {
    const { clock, refusals, enter } = await createScene(60_000);
    for (let index = 0; index < 100; index++) enter("search", SEARCH);
    enter("late", SEARCH);
    await clock.run(5_000);
    expect(refusals).toMatchObject([
      { name: "late", reason: { code: "RATE_LIMITED", retry: "later", details: { retryAfterSeconds: 901 } } },
    ]);
  });

  it("lasts until a paused budget is free again", async () => {
    const { clock, ledger, starts, enter } = await createScene();
    await ledger.pause(three.token.id, 7_000);
    await ledger.pause(three.token.id, 2_000);
    enter("single", SINGLE);
    await clock.run();
    expect(starts).toMatchObject([{ at: 7_000 }]);
  });

  it("ends with the ledger's failure where the ledger fails", async () => {
    const clock = createFakeClock();
    const broken = new Error("disk full");
    const gate = createGate(
      {
        take: () => Promise.reject(broken),
        answered: () => Promise.resolve(),
        pause: () => Promise.resolve(),
        remaining: () => Promise.resolve([]),
      },
      clock,
    );
    const admission = { charges: SINGLE, operation: "x", patienceMs: 1 };
    await expect(gate.admit(admission)).rejects.toBe(broken);
  });

  it.each(["cancelled", "asked to give way", "both"] as const)(
    "of a request that is %s while the ledger is asked holds up no other, whatever the ledger answers",
    async (how) => {
      for (const answer of ["fails", "has room", "has no room"] as const) {
        const clock = createFakeClock();
        let settle = () => {};
        let asked = 0;
        const take = () =>
          new Promise<number>((resolve, reject) => {
            asked += 1;
            if (asked > 1) return resolve(0);
            settle = () => {
              if (answer === "fails") reject(new Error("the database restarts"));
              else resolve(answer === "has room" ? 0 : 5);
            };
          });
        const none = () => Promise.resolve();
        const gate = createGate({ take, answered: none, pause: none, remaining: async () => [] }, clock);
        const [ending, yielding] = [new AbortController(), new AbortController()];
        const admission = { charges: SINGLE, patienceMs: 60_000 };
        const ended: unknown[] = [];
        const first = { ...admission, operation: "first", signal: ending.signal, yielded: yielding.signal };
        const firstEnded = gate.admit(first).then(
          (value) => ended.push(value),
          (thrown: unknown) => ended.push(thrown),
        );
        const others = ["second", "third"].map((operation) => gate.admit({ ...admission, operation }));
        if (how !== "cancelled") yielding.abort();
        if (how !== "asked to give way") ending.abort();
        settle();
        await clock.run(10_000);
        expect([answer, await Promise.all(others)]).toEqual([answer, [true, true]]);
        await firstEnded;
        expect(ended).toHaveLength(1);
      }
    },
  );
});
