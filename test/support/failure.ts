import { expect } from "vitest";
import { AppError } from "../../src/domain/error.ts";

/** The AppError that a promise rejects with; fails the test where it does not, or with something else. */
export async function failure(promise: Promise<unknown>): Promise<AppError> {
  const thrown: unknown = await promise.then(
    () => expect.unreachable("it should have failed"),
    (reason: unknown) => reason,
  );
  if (!(thrown instanceof AppError)) throw thrown;
  return thrown;
}
