import type { Budget, Charge } from "../domain/budget.ts";
import { AppError } from "../domain/error.ts";

/**
 * Milliseconds added to each window: requests are counted when they leave here, but upstreams limit them when they
 * arrive.
 */
export const MARGIN_MS = 250;

/**
 * One entry for each budget. Throws RATE_LIMITED if a budget would need more than its whole window allows, because
 * waiting would not help.
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
