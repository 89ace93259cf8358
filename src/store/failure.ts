import { AppError } from "../domain/error.ts";

/**
 * A database error in words for the administrator. For each kind of database, a table says which error code has which
 * words.
 */
export interface Failure {
  readonly sentence: string;
  readonly next: string;
  /** Whether the error can end without a change by the administrator, so that trying again later can help. */
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
