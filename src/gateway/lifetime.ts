import { setMaxListeners } from "node:events";

/** The life of the gateway: closing it ends everything that waits. */
export interface Lifetime {
  /** Runs `work` with a signal of its own, which follows the caller's and the end of the gateway. */
  within<Value>(
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<Value>,
  ): Promise<Value>;
  end(): void;
}

export function createLifetime(): Lifetime {
  // Not AbortSignal.any: a long-lived source keeps every signal made of it.
  const open = new Set<AbortController>();
  let ended = false;

  return {
    async within(signal, work) {
      const own = new AbortController();
      const follow = () => own.abort();
      if (ended || signal?.aborted) own.abort();
      // Many requests of one pass listen to one signal; that is no leak.
      if (signal) setMaxListeners(0, signal);
      signal?.addEventListener("abort", follow, { once: true });
      open.add(own);
      try {
        return await work(own.signal);
      } finally {
        open.delete(own);
        signal?.removeEventListener("abort", follow);
      }
    },
    end() {
      ended = true;
      for (const own of open) own.abort();
    },
  };
}
