/** Deletes old data from the store. */
export interface Retention {
  /** Allows one process at a time to delete. false if a process started less than `everyMs` before `now`. */
  begin(now: string, everyMs: number): Promise<boolean>;
  /**
   * Deletes at most `most` of each kind: plans, runs and signed reviews that ended before `before` (ISO 8601), and
   * older reviews, snapshots and events of webhooks. What has not ended stays. Returns how many were deleted; 0 if
   * nothing is left.
   */
  deleteSome(portion: {
    readonly now: string;
    readonly before: string;
    readonly most: number;
  }): Promise<number>;
}
