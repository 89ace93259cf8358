/** A signal that aborts with the first of several. `release` is called when it is not needed any more. */
export interface Joined {
  readonly signal: AbortSignal;
  release(): void;
}

/** Joins signals. `AbortSignal.any` would do it too, but one that lives as long as the process keeps all that it made. */
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
