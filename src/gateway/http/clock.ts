import type { Clock } from "../../domain/runtime.ts";

/** Sleeps, and says false where the signal ended it. */
export async function rest(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted) return false;
  try {
    await clock.sleep(ms, signal);
  } catch (thrown) {
    if (signal?.aborted) return false;
    throw thrown;
  }
  return !signal?.aborted;
}
