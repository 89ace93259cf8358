import { expect, test } from "vitest";
import { keepDeleting } from "../../../src/cli/support/keep-deleting.ts";
import { AppError } from "../../../src/domain/error.ts";

const START = Date.parse("2026-03-01T12:00:00.000Z");
const DAY_MS = 86_400_000;

interface Circumstances {
  readonly days?: number;
  /** What is deleted with each portion. */
  readonly left?: number[];
  begins?(): boolean;
  fails?(): boolean;
}

/** Runs the loop for `hours` by a clock that its own pauses move. */
async function run(
  hours: number,
  { days = 30, left = [], begins = () => true, fails = () => false }: Circumstances = {},
) {
  let now = START;
  const stop = new AbortController();
  const asked: { readonly now: string; readonly before: string; readonly most: number }[] = [];
  const logged: unknown[] = [];
  await keepDeleting(
    {
      config: { retentionDays: days },
      store: {
        retention: {
          begin: async (at) => {
            if (fails()) throw new AppError("STORE_FAILED", "The store failed.", { next: "Wait." });
            expect(at).toBe(new Date(now).toISOString());
            return begins();
          },
          async deleteSome(portion) {
            asked.push(portion);
            return left.shift() ?? 0;
          },
        },
      },
      log: (level, facts) => void logged.push([level, facts]),
    },
    {
      now: () => now,
      async sleep(ms) {
        now += ms;
        if (now - START > hours * 3_600_000) stop.abort();
      },
    },
    stop.signal,
  );
  return { asked, logged };
}

test("deletes portion after portion until nothing is left, what is older than the days of the setting", async () => {
  const { asked, logged } = await run(0.5, { left: [20, 20, 3] });
  expect(asked).toHaveLength(4);
  for (const { now, before } of asked)
    expect(Date.parse(now) - Date.parse(before)).toBeLessThan(30 * DAY_MS + 1000);
  expect(new Set(asked.map(({ before }) => before))).toEqual(
    new Set([new Date(START + 60_000 - 30 * DAY_MS).toISOString()]),
  );
  expect(logged).toEqual([["info", expect.objectContaining({ deleted: 43 })]]);
});

test("deletes every hour, and nothing while another process does it", async () => {
  let asked = 0;
  const found = await run(5, { begins: () => (asked += 1) % 2 === 0 });
  expect(asked).toBe(5);
  expect(found.asked).toHaveLength(2);
  expect(found.logged).toEqual([]);
});

test("goes on after a failure of the store", async () => {
  let tries = 0;
  const { asked, logged } = await run(3, { fails: () => (tries += 1) === 1, left: [1] });
  expect(asked.length).toBeGreaterThan(1);
  expect(logged).toEqual([
    ["error", { code: "STORE_FAILED", reason: "The store failed." }],
    ["info", expect.objectContaining({ deleted: 1 })],
  ]);
});

test("does nothing without the setting", async () => {
  let asked = 0;
  const never = () => Promise.reject(new Error(String((asked += 1))));
  await keepDeleting(
    {
      config: { retentionDays: null },
      store: { retention: { begin: never, deleteSome: never } },
      log: () => {},
    },
    { now: () => START, sleep: never },
    new AbortController().signal,
  );
  expect(asked).toBe(0);
});
