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
