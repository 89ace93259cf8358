import type { Budget, Charge } from "../domain/budget.ts";
import { AppError } from "../domain/error.ts";

/**
 * Each rate window is 250 ms longer in this server than at the upstream (such as Trello). This is needed because this
 * server counts a request when it is sent, but the upstream counts it later, when it arrives.
 */
export const MARGIN_MS = 250;

/**
 * Adds up the requests for each rate budget. Throws RATE_LIMITED if one call needs more requests than a budget ever
 * allows in its window. Waiting would not help then.
 */
export function joined(budgets: readonly Charge[]): readonly Charge[] {
  const byId = new Map<string, { budget: Budget; cost: number }>();
  for (const { budget, cost } of budgets) {
    const total = cost + (byId.get(budget.id)?.cost ?? 0);
    if (total > budget.limit) {
      throw new AppError(
        "RATE_LIMITED",
        `One call needs ${total} requests, but the rate limit allows only ${budget.limit} at a time.`,
        {
          next: "Ask for less in one call.",
        },
      );
    }
    byId.set(budget.id, { budget, cost: total });
  }
  return [...byId.values()];
}
