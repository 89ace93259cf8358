import type { Budget, Charge } from "../domain/budget.ts";
import { AppError } from "../domain/error.ts";

/** Milliseconds added to each window: starts are counted here, but limited where they arrive. */
export const MARGIN_MS = 250;

/** One entry a budget; RATE_LIMITED if one asks for more than its whole window allows, because waiting would not help. */
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
