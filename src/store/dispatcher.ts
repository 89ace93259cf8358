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
   * Starts to give runs to this process, at most `slots` at the same time. `prepare` is called before the first run is
   * given. Until `prepare` resolves, other processes get the runs. `failed` is called if `prepare` or a search for runs
   * failed. Then `prepare` or the search is repeated.
   */
  start(
    carry: (runId: string, signal: AbortSignal) => Promise<Carried>,
    options: {
      readonly slots: number;
      prepare(signal: AbortSignal): Promise<void>;
      failed(error: unknown): void;
    },
  ): Promise<void>;
  /** Resolves when every run that this process got has ended or was given back. */
  stop(): Promise<void>;
}
