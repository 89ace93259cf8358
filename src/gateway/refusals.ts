import { AppError } from "../domain/error.ts";

/** A request that was not sent because the caller gave up. */
export function cancelled(operation: string): AppError {
  return new AppError("UPSTREAM_UNAVAILABLE", `${operation} was cancelled before it was sent.`, {
    next: "Ask again if the answer is still wanted.",
    retry: "later",
    details: { operation, cancelled: true },
  });
}

/** A request that was not sent because its rate budget has no room for `waitMs` milliseconds. */
export function overBudget(operation: string, waitMs: number): AppError {
  const seconds = Math.ceil(waitMs / 1000);
  return new AppError("RATE_LIMITED", `The rate budget of ${operation} is used up for ${seconds} s.`, {
    next: `Try again in ${seconds} seconds.`,
    retry: "later",
    details: { operation, retryAfterSeconds: seconds },
  });
}
