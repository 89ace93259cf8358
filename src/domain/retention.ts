/** Deletes old data from the store. */
export interface Retention {
  /**
   * Lets only one process at a time delete old data. Returns false if a process began less than `everyMs` before `now`.
   */
  begin(now: string, everyMs: number): Promise<boolean>;
  /**
   * Deletes old data, at most `most` of each kind. Plans, runs and signed reviews are deleted if they ended before
   * `before` (ISO 8601). Other reviews, snapshots and webhook events are deleted if they are older than `before`.
   * Plans, runs and named reviews that have not ended stay. Returns how many were deleted; 0 if nothing is left to
   * delete.
   */
  deleteSome(portion: {
    readonly now: string;
    readonly before: string;
    readonly most: number;
  }): Promise<number>;
}
