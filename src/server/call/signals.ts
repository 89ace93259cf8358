/**
 * A signal that joins several signals: it is aborted as soon as the first of them is aborted. Call `release` when the
 * joined signal is no longer needed.
 */
export interface Joined {
  readonly signal: AbortSignal;
  release(): void;
}

/**
 * Joins several signals. `AbortSignal.any` is not used, because a signal that lives as long as the process would keep
 * all joined signals in memory.
 */
export function joined(...given: readonly (AbortSignal | undefined)[]): Joined {
  const signals = given.filter((each) => each !== undefined);
  const any = new AbortController();
  const abort = () => any.abort(signals.find(({ aborted }) => aborted)?.reason);
  for (const signal of signals) signal.addEventListener("abort", abort, { once: true });
  if (signals.some(({ aborted }) => aborted)) abort();
  return {
    signal: any.signal,
    release() {
      for (const signal of signals) signal.removeEventListener("abort", abort);
    },
  };
}
