import { AppError } from "../domain/error.ts";

/** What a database's error means to the administrator. Each database has a table of these, by its own codes. */
export interface Failure {
  readonly sentence: string;
  readonly next: string;
  /** Whether the same call may succeed later, although no setting was changed. */
  readonly passes: boolean;
}

/** STORE_FAILED with a next step. An AppError is returned unchanged, because the store threw it on purpose. */
export function storeFailed(thrown: unknown, failureOf: (thrown: unknown) => Failure): AppError {
  if (thrown instanceof AppError) return thrown;
  const { sentence, next, passes } = failureOf(thrown);
  return new AppError("STORE_FAILED", sentence, { next, retry: passes ? "later" : "never", cause: thrown });
}
