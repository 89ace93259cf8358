import type { Clock } from "../../src/domain/runtime.ts";

export interface FakeClock extends Clock {
  /** Goes from alarm to alarm until none is set before `until` (milliseconds). */
  run(until?: number): Promise<void>;
}

/** A clock that stands still until it is run, and then jumps from one alarm to the next. */
export function createFakeClock(): FakeClock {
  let now = 0;
  const alarms = new Set<{ readonly at: number; readonly ring: () => void }>();

  return {
    now: () => 1_700_000_000_000 + now,
    monotonic: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const alarm = { at: now + ms, ring: resolve };
        alarms.add(alarm);
        signal?.addEventListener("abort", () => {
          if (alarms.delete(alarm)) reject(new Error("aborted"));
        });
      }),
    async run(until = Number.POSITIVE_INFINITY) {
      for (;;) {
        await settled();
        const [next] = [...alarms].sort((a, b) => a.at - b.at);
        if (!next || next.at > until) break;
        alarms.delete(next);
        now = Math.max(now, next.at);
        next.ring();
      }
      if (until < Number.POSITIVE_INFINITY) now = Math.max(now, until);
    },
  };
}

/** Everything that can happen without time has happened. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
