/** What came of a run that was handed out: over, or could not be finished now, or is not for this process. */
export type Carried = "ended" | "failed" | "left";

/** Brings runs that no process works on to processes; knows nothing of effects. */
export interface Dispatcher {
  /** Hands out runs, `slots` at once. `failed` is told of rounds that failed, which are tried again. */
  start(
    carry: (runId: string, signal: AbortSignal) => Promise<Carried>,
    options: { readonly slots: number; failed(error: unknown): void },
  ): Promise<void>;
  /** Resolves when nothing that was handed out is worked on any more. */
  stop(): Promise<void>;
}
