/** The clock. It is passed in, so that tests can use their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds from any starting point. They never go back. */
  monotonic(): number;
  /** Rejects when `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export type Log = (
  level: "debug" | "info" | "warn" | "error",
  facts: Readonly<Record<string, unknown>>,
  message: string,
) => void;

/** Counts what a running server does, for the people who operate it. It gets names of tools and upstreams, never data. */
export interface Meter {
  /** A tool call was answered. `outcome` is `ok` or the code of the error. */
  called(call: { readonly tool: string; readonly outcome: string; readonly ms: number }): void;
  /** A request to an upstream ended. `status` is the status of the reply, or why there was none. */
  requested(request: { readonly upstream: string; readonly status: string; readonly ms: number }): void;
}

/** Counts nothing. */
export const noMeter: Meter = { called: () => {}, requested: () => {} };
