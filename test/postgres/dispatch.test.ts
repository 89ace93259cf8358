import { describe, expect, it, vi } from "vitest";
import type { Run } from "../../src/domain/run.ts";
import type { Carried } from "../../src/store/dispatcher.ts";
import type { Store } from "../../src/store/store.ts";
import { opened } from "../store/backends.ts";
import { aRun, PASS } from "../store/fixtures.ts";
import { newDatabase, query } from "./databases.ts";

const LONG = { timeout: 60_000, interval: 100 };

/** A process: what it was handed, and what it answered. */
async function process(
  url: string,
  answer: (store: Store, runId: string) => Promise<Carried>,
  {
    slots = 5,
    prepare = async () => {},
  }: { slots?: number; prepare?: (signal: AbortSignal) => Promise<void> } = {},
) {
  const store = await opened(url);
  const handed: string[] = [];
  const failures: unknown[] = [];
  await store.dispatcher?.start(
    (runId) => {
      handed.push(runId);
      return answer(store, runId);
    },
    { slots, prepare, failed: (error) => failures.push(error) },
  );
  return { store, handed, failures };
}

const claims = async (store: Store, runId: string): Promise<Carried> => {
  const owner = `holder ${Math.random()}`;
  const now = new Date().toISOString();
  if (!(await store.runs.claim(runId, owner, now, 9_000, () => false))) return "left";
  await store.runs.finish(runId, owner, { state: "applied", evidence: PASS, at: now });
  return "ended";
};

/** A run that was begun and whose lease has lapsed. */
async function lapsed(url: string, store: Store) {
  const run = await aRun(store);
  await query(url, "update identity.runs set lease_until = '2026-01-01T00:00:00.000Z' where id = $1", [
    run.id,
  ]);
  return run;
}

const ticketOf = async (url: string, runId: string) =>
  (await query<{ n: number }>(url, "select n from identity.tickets where run_id = $1", [runId]))[0]?.n;

/** How long (ms) a ticket is held back, from when it was written. */
const pauseOf = async (url: string, n: number) =>
  (
    await query<{ ms: number }>(
      url,
      "select extract(epoch from start_after - created_on)::float8 * 1000 as ms from identity_queue.job where (data ->> 'n')::int = $1",
      [n],
    )
  )[0]?.ms;

describe("runs without a process, on PostgreSQL", () => {
  it("are each finished by one of three processes, and leave no ticket behind", async () => {
    const url = await newDatabase();
    const store = await opened(url);
    const runs: Run[] = [];
    for (let n = 0; n < 12; n += 1) runs.push(await lapsed(url, store));
    const held = await aRun(store);
    await query(url, "update identity.runs set lease_until = '2126-01-01T00:00:00.000Z' where id = $1", [
      held.id,
    ]);
    const processes = await Promise.all([1, 2, 3].map(() => process(url, claims)));
    await vi.waitFor(async () => {
      for (const { id } of runs) expect((await store.runs.get(id))?.state).toBe("applied");
    }, LONG);
    const handed = processes.flatMap((each) => each.handed);
    // A ticket that waits for too long is handed out once more, so only the runs' own records tell how often each went on.
    expect([...new Set(handed)].toSorted()).toEqual(runs.map(({ id }) => id).toSorted());
    expect(handed).not.toContain(held.id);
    await vi.waitFor(
      async () => expect(await query(url, "select id from identity_queue.job")).toEqual([]),
      LONG,
    );
    expect(processes.flatMap(({ failures }) => failures)).toEqual([]);
    const resumed = (await store.audit.read({ limit: 1000 })).filter(({ event }) => event === "run.resumed");
    expect(resumed).toHaveLength(runs.length);
  });

  it("that could not be finished wait for all processes together, longer each time", async () => {
    const url = await newDatabase();
    const store = await opened(url);
    const run = await lapsed(url, store);
    await store.runs.release(run.id, "one");
    const processes = await Promise.all([1, 2].map(() => process(url, async () => "failed")));
    const handed = () => processes.flatMap((each) => each.handed).length;
    for (const [times, pauseMs] of [
      [1, 15_000],
      [2, 30_000],
      [3, 60_000],
    ] as const) {
      await vi.waitFor(async () => expect(await ticketOf(url, run.id)).toBe(times + 1), LONG);
      expect(await pauseOf(url, times + 1)).toBe(pauseMs);
      expect(handed()).toBe(times);
      // As if that time had passed.
      await query(url, "update identity_queue.job set start_after = now()");
    }
  });

  it("go to a process that can continue them, while another one still asks whom it works for", async () => {
    const url = await newDatabase();
    const store = await opened(url);
    const runs = [await lapsed(url, store), await lapsed(url, store), await lapsed(url, store)];
    let asked = 0;
    // Like a request that waits for the rate budget.
    const prepare = (signal: AbortSignal) =>
      new Promise<void>((_resolve, reject) => {
        asked += 1;
        signal.addEventListener("abort", () => reject(new Error("cancelled")), { once: true });
      });
    const asking = await process(url, claims, { prepare });
    await vi.waitFor(() => expect(asked).toBe(1), LONG);
    await process(url, claims);
    await vi.waitFor(async () => {
      for (const { id } of runs) expect((await store.runs.get(id))?.state).toBe("applied");
    }, LONG);
    expect([asking.handed, asked]).toEqual([[], 1]);
    await asking.store.dispatcher?.stop();
    expect(asking.failures).toEqual([]);
  });

  it("whose ticket died with its process get another", async () => {
    const url = await newDatabase();
    const store = await opened(url);
    const run = await lapsed(url, store);
    let end = (_carried: Carried): void => {};
    const forever = new Promise<Carried>((resolve) => {
      end = resolve;
    });
    const died = await process(url, () => forever, { slots: 1 });
    await vi.waitFor(() => expect(died.handed).toEqual([run.id]), LONG);
    const other = await process(url, claims);
    await query(url, "update identity.tickets set due_at = '2026-01-01T00:00:00.000Z'");
    await vi.waitFor(async () => expect((await store.runs.get(run.id))?.state).toBe("applied"), LONG);
    expect(died.handed).toEqual([run.id]);
    expect(other.handed).toEqual([run.id]);
    end("left");
  });

  it("are found again after the database was away, and nothing of that ends the process", async () => {
    const url = await newDatabase();
    const store = await opened(url);
    const { failures } = await process(url, claims);
    await query(
      url,
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    const run = await lapsed(url, store).catch(() => lapsed(url, store));
    await vi.waitFor(async () => expect((await store.runs.get(run.id))?.state).toBe("applied"), LONG);
    for (const failure of failures) expect(failure).toMatchObject({ code: "STORE_FAILED" });
  });
});
