import type { Clock } from "../../domain/runtime.ts";

/** Sleeps for a time. Returns true after the whole time, false if the signal ended the sleep earlier. */
export async function sleepUnlessAborted(
  clock: Clock,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (signal?.aborted) return false;
  try {
    await clock.sleep(ms, signal);
  } catch (thrown) {
    if (signal?.aborted) return false;
    throw thrown;
  }
  return !signal?.aborted;
}
