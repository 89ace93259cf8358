import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AppError } from "../../../src/domain/error.ts";
import { momentOf } from "../../../src/engine/context.ts";
import { createLeaseKeeper } from "../../../src/engine/run/lease-keeper.ts";
import type { Store } from "../../../src/store/store.ts";
import { type Backend, BACKENDS, newStore } from "../../store/backends.ts";
import { aRun, LEASE_MS, NOON, PASS } from "../../store/fixtures.ts";

const BEAT_MS = LEASE_MS / 3;
const nobodyGone = () => false;
const settled = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

/** A renewal that was sent and has no answer yet. */
interface Sent {
  readonly runIds: readonly string[];
  write(): Promise<void>;
  fail(retry: "later" | "never"): Promise<void>;
}

/** A process that keeps leases in a store; the test says what becomes of each renewal, and when. */
async function aProcess(backend: Backend, store: Store) {
  let ms = Date.parse(NOON);
  await backend.timeIs(NOON);
  const clock = { now: () => ms, monotonic: () => ms, sleep: () => Promise.reject(new Error("no sleep")) };
  const sent: Sent[] = [];
  const logged: string[] = [];
  const renew: Store["runs"]["renew"] = (leases, ...more) =>
    new Promise((done, failed) => {
      const take = () => sent.splice(sent.indexOf(own), 1);
      const own: Sent = {
        runIds: leases.map(({ runId }) => runId),
        async write() {
          take();
          try {
            done(await store.runs.renew(leases, ...more));
          } catch (thrown) {
            failed(thrown);
          }
          await settled();
        },
        async fail(retry) {
          take();
          failed(new AppError("STORE_FAILED", "The store failed.", { next: "Wait.", retry }));
          await settled();
        },
      };
      sent.push(own);
    });
  const keeper = createLeaseKeeper({
    store: { ...store, leaseMs: LEASE_MS, runs: { ...store.runs, renew } },
    clock,
    log: (_level, _facts, message) => void logged.push(message),
  });
  return {
    sent,
    logged,
    now: () => new Date(ms).toISOString(),
    async pass(by: number) {
      ms += by;
      await backend.timeIs(ms);
    },
    async beat() {
      await this.pass(BEAT_MS);
      vi.advanceTimersByTime(BEAT_MS);
    },
    async hold() {
      const since = momentOf(clock);
      const run = await aRun(store, {}, "one");
      await store.runs.renew([{ runId: run.id, holder: "one" }], new Date(ms).toISOString(), LEASE_MS);
      let end = () => {};
      let isHeld = () => false;
      const kept = keeper.keep({ runId: run.id, holder: "one" }, since, (held) => {
        isHeld = held;
        return new Promise<void>((resolve) => (end = resolve));
      });
      return { id: run.id, isHeld: () => isHeld(), end: () => (end(), kept) };
    },
  };
}

const WHAT = ["beat", "hold", "wait", "write", "later", "never", "drop", "take", "stop", "end"] as const;
const acts = fc.array(
  fc.record({ what: fc.constantFrom(...WHAT, "beat", "beat", "write", "write", "take"), n: fc.nat(11) }),
  { minLength: 6, maxLength: 24 },
);

describe.each(BACKENDS)("leases that a process keeps on $name", (backend) => {
  it("are never believed held when another process may have the run, and are held if renewals arrive", async () => {
    const store = await newStore(backend);
    await fc.assert(
      fc.asyncProperty(acts, async (list) => {
        const own = await aProcess(backend, store);
        const runs = [await own.hold(), await own.hold()];
        const [taken, over] = [new Set<string>(), new Set<string>()];
        const expectTrue = async () => {
          const free = await store.runs.claimable(own.now(), nobodyGone);
          for (const { id, isHeld } of runs)
            if (isHeld()) expect([id, free.includes(id), taken.has(id)]).toEqual([id, false, false]);
        };
        for (const { what, n } of list) {
          const run = runs[n % runs.length];
          const renewal = own.sent[n % Math.max(1, own.sent.length)];
          const isOpen = run !== undefined && !over.has(run.id) && !taken.has(run.id);
          if (what === "beat") await own.beat();
          else if (what === "hold") runs.push(await own.hold());
          else if (what === "wait") await own.pass((n + 1) * 3000);
          else if (what === "write") await renewal?.write();
          else if (what === "later" || what === "never") await renewal?.fail(what);
          else if (what === "drop" && renewal) own.sent.splice(own.sent.indexOf(renewal), 1);
          else if (what === "take" && isOpen) {
            if (await store.runs.claim(run.id, "two", own.now(), LEASE_MS, nobodyGone)) taken.add(run.id);
          } else if (what === "stop" && isOpen) {
            const why = { code: "POLICY_DENIED", message: "No.", next: null } as const;
            await store.runs.stop(run.id, { at: own.now(), by: "Ada", why });
            over.add(run.id);
          } else if (what === "end" && isOpen) {
            const end = { state: "applied", evidence: PASS, at: own.now() } as const;
            await store.runs.finish(run.id, "one", end);
            over.add(run.id);
            await run.end();
          }
          await expectTrue();
        }
        // The store answers again: what nobody took meanwhile is held, whatever happened to the others.
        own.sent.splice(0);
        await own.beat();
        await own.sent.at(-1)?.write();
        await expectTrue();
        for (const { id, isHeld } of runs)
          if (!over.has(id)) expect([id, isHeld()]).toEqual([id, !taken.has(id)]);
        await Promise.all(runs.map((run) => run.end()));
      }),
      { numRuns: 20 },
    );
  });

  it("are renewed by one write for all, also while an earlier one has no answer", async () => {
    const own = await aProcess(backend, await newStore(backend));
    const runs = [];
    for (let n = 0; n < 20; n += 1) runs.push(await own.hold());
    const ids = runs.map(({ id }) => id);
    for (let beat = 1; beat <= 3; beat += 1) {
      await own.beat();
      expect(own.sent.map(({ runIds }) => runIds)).toEqual(Array.from({ length: beat }, () => ids));
      expect(own.logged).toHaveLength(beat - 1);
    }
    // The lease of 30 seconds would have ended; the last renewal is answered first.
    for (const renewal of own.sent.toReversed()) {
      await renewal.write();
      expect(runs.every(({ isHeld }) => isHeld())).toBe(true);
    }
    expect(own.logged).toContain("renewal of leases is slow");
    await Promise.all(runs.map((run) => run.end()));
    await own.beat();
    expect(own.sent).toEqual([]);
  });

  it("are renewed one by one if a failure that stays may be of one of them only", async () => {
    const own = await aProcess(backend, await newStore(backend));
    const [one, bad, three] = [await own.hold(), await own.hold(), await own.hold()];
    await own.beat();
    await own.sent[0]?.fail("never");
    expect(own.sent.map(({ runIds }) => runIds)).toEqual([[one.id], [bad.id], [three.id]]);
    await own.sent[1]?.fail("never");
    await own.sent[1]?.write();
    await own.sent[0]?.write();
    await own.pass(LEASE_MS - BEAT_MS);
    expect([one.isHeld(), bad.isHeld(), three.isHeld()]).toEqual([true, false, true]);
    // What waiting mends is not tried again at once.
    await own.beat();
    await own.sent[0]?.fail("later");
    expect(own.sent).toEqual([]);
    await Promise.all([one.end(), bad.end(), three.end()]);
  });
});
