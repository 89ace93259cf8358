import type { Budget, Charge } from "../domain/budget.ts";
import { AppError } from "../domain/error.ts";

/**
 * Each rate window is 250 ms longer than the upstream's. Requests are counted when they leave this server, but the
 * upstream counts them when they arrive.
 */
export const MARGIN_MS = 250;

/**
 * Adds up the requests for each rate budget. Throws RATE_LIMITED if a call needs more requests than a whole window
 * allows, because waiting would not help.
 */
export function joined(budgets: readonly Charge[]): readonly Charge[] {
  const byId = new Map<string, { budget: Budget; cost: number }>();
  for (const { budget, cost } of budgets) {
    const total = cost + (byId.get(budget.id)?.cost ?? 0);
    if (total > budget.limit) {
      throw new AppError(
        "RATE_LIMITED",
        `One call asks for ${total} requests; ${budget.limit} are allowed.`,
        {
          next: "Ask for less in one call.",
        },
      );
    }
    byId.set(budget.id, { budget, cost: total });
  }
  return [...byId.values()];
}
