import { AppError } from "../domain/error.ts";

/** A database error in words for the administrator. Each database has a table that maps its error codes to these. */
export interface Failure {
  readonly sentence: string;
  readonly next: string;
  /** Whether trying again later can help, without a change by the administrator. */
  readonly passes: boolean;
}

/**
 * Turns a database error into STORE_FAILED with a next step. An AppError that the store threw itself is returned as it
 * is.
 */
export function storeFailed(thrown: unknown, failureOf: (thrown: unknown) => Failure): AppError {
  if (thrown instanceof AppError) return thrown;
  const { sentence, next, passes } = failureOf(thrown);
  return new AppError("STORE_FAILED", sentence, { next, retry: passes ? "later" : "never", cause: thrown });
}
