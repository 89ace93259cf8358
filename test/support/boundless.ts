import type { Ledger } from "../../src/domain/budget.ts";

/** Counts nothing, so nothing waits for a budget. For a sandbox without limits, or if waiting is not what a test is about. */
export const boundless: Ledger = {
  take: () => Promise.resolve(0),
  answered: () => Promise.resolve(),
  pause: () => Promise.resolve(),
  remaining: (budgets) => Promise.resolve(budgets.map(({ limit }) => limit)),
};
