/** Deletes from the store what ended long ago. */
export interface Retention {
  /** Lets one process delete at a time: false if a process began less than `everyMs` before `now`. */
  begin(now: string, everyMs: number): Promise<boolean>;
  /**
   * Deletes up to `most` of each kind: plans, runs and signed reviews that ended before `before` (ISO 8601), and reviews,
   * snapshots and events of webhooks from before it. What is not finished stays. Returns how many were deleted; 0 if nothing is left to delete.
   */
  deleteSome(portion: {
    readonly now: string;
    readonly before: string;
    readonly most: number;
  }): Promise<number>;
}
