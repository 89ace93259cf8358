import { setTimeout as wait } from "node:timers/promises";

/** The machine's time: what every part that needs a clock is handed. */
export const clock = {
  /** Milliseconds since 1970. */
  now: (): number => Date.now(),
  /** Milliseconds since the machine started; the same for every process on it, and never set back. */
  monotonic: (): number => Number(process.hrtime.bigint() / 1000n) / 1000,
  /** Rejects when `signal` is aborted. */
  sleep: async (ms: number, signal?: AbortSignal): Promise<void> => {
    await wait(ms, undefined, signal ? { signal } : {});
  },
};
