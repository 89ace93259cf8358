/**
 * The result of asking a process to continue a run: `ended`; `failed`, if the run cannot be finished now; `left`, if
 * this process may not continue the run.
 */
export type Carried = "ended" | "failed" | "left";

/**
 * Gives unfinished runs that no process works on to processes of several machines. The dispatcher does not look at the
 * effects of a run.
 */
export interface Dispatcher {
  /**
   * Starts to give runs to this process, at most `slots` at the same time. `failed` is called if a search for runs
   * failed. The search is then repeated.
   */
  start(
    carry: (runId: string, signal: AbortSignal) => Promise<Carried>,
    options: { readonly slots: number; failed(error: unknown): void },
  ): Promise<void>;
  /** Resolves when every run that this process got has ended or was given back. */
  stop(): Promise<void>;
}
