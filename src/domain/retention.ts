/** Deletes old data from the store. */
export interface Retention {
  /**
   * Lets only one process at a time delete old data. Returns false if a process began less than `everyMs` before `now`.
   */
  begin(now: string, everyMs: number): Promise<boolean>;
  /**
   * Deletes old data, at most `most` of each kind: plans, runs and signed reviews that ended before `before` (ISO
   * 8601), and reviews, snapshots and webhook events that are older. What has not ended is kept. Returns how many were
   * deleted; 0 if nothing is left to delete.
   */
  deleteSome(portion: {
    readonly now: string;
    readonly before: string;
    readonly most: number;
  }): Promise<number>;
}
