/** Time, handed in. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds from any origin; never goes back. */
  monotonic(): number;
  /** Rejects when `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

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
