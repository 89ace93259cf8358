/**
 * The result for a run that was handed out: it has ended, it could not be finished now, or it is not for this process.
 */
export type Carried = "ended" | "failed" | "left";

/** Hands runs that no process works on to processes. It knows nothing about effects. */
export interface Dispatcher {
  /** Hands out runs, at most `slots` at once. Calls `failed` for each round that failed; the round is tried again. */
  start(
    carry: (runId: string, signal: AbortSignal) => Promise<Carried>,
    options: { readonly slots: number; failed(error: unknown): void },
  ): Promise<void>;
  /** Resolves when no run that was handed out is still being worked on. */
  stop(): Promise<void>;
}
