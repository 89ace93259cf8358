/**
 * What became of a run that a process was asked to continue: `ended`; `failed`, if it cannot be finished now; `left`,
 * if this process may not continue it.
 */
export type Carried = "ended" | "failed" | "left";

/**
 * Gives unfinished runs, which no process works on, to processes of several machines. It does not look at the effects
 * of a run.
 */
export interface Dispatcher {
  /**
   * Starts giving out runs, at most `slots` at a time. `failed` is called if a search for runs failed; the search is
   * repeated.
   */
  start(
    carry: (runId: string, signal: AbortSignal) => Promise<Carried>,
    options: { readonly slots: number; failed(error: unknown): void },
  ): Promise<void>;
  /** Resolves when all given runs have ended or were given back. */
  stop(): Promise<void>;
}
