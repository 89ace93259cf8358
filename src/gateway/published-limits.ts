import type { Budget, Ledger } from "../domain/budget.ts";
import type { Outcome } from "./outcome.ts";
import { header } from "./outcome.ts";
import type { TrelloBudgets } from "./rate-budgets.ts";

/** What Trello says of one budget in `x-rate-limit-api-{key,token}-{interval-ms,max,remaining}`. */
export interface Published {
  readonly whom: "key" | "token";
  readonly max: number;
  readonly remaining: number;
  /** Milliseconds; null where it is not said. */
  readonly interval: number | null;
}

/** The published limits of a reply; one that is missing or no integer is left out. */
export function publishedLimits(outcome: Outcome): Published[] {
  const found: Published[] = [];
  for (const whom of ["key", "token"] as const) {
    const read = (name: string) => integer(header(outcome, `x-rate-limit-api-${whom}-${name}`));
    const remaining = read("remaining");
    const max = read("max");
    if (remaining !== null && max !== null)
      found.push({ whom, max, remaining, interval: read("interval-ms") });
  }
  return found;
}

function integer(value: string | null): number | null {
  return value !== null && /^\d{1,9}$/.test(value.trim()) ? Number(value) : null;
}

/** What was left when a request had just taken its starts. */
export interface Sight {
  readonly left: readonly number[];
  readonly started: number;
}

/** Keeps the ledger as strict as what Trello publishes. */
export interface Strictness {
  /** The budgets as they are now: never larger than published. */
  budgets(): TrelloBudgets;
  /** Called when a request has taken `cost` starts. */
  began(cost: number): Promise<Sight>;
  /** Called with its outcome. */
  ended(sight: Sight, outcome: Outcome): Promise<void>;
}

/** The cost of a full batch, which must fit whatever is published. */
const LEAST_LIMIT = 11;

/**
 * A smaller published limit replaces ours. And others may use the same key or token without sharing our ledger: where
 * Trello has fewer starts left than ours can explain, the difference is theirs and is entered as if started now. What
 * this process started meanwhile, and what left our window meanwhile, is no difference.
 */
export function createStrictness(ledger: Ledger, documented: TrelloBudgets): Strictness {
  let current = documented;
  let started = 0;
  const watched = (): readonly Budget[] => [current.key, current.token];
  return {
    budgets: () => current,
    async began(cost) {
      started += cost;
      const sight = { started };
      return { ...sight, left: await ledger.remaining(watched()) };
    },
    async ended(sight, outcome) {
      const published = publishedLimits(outcome);
      if (published.length === 0) return;
      for (const limit of published) current = tightened(current, limit);
      const left = await ledger.remaining(watched());
      for (const { whom, remaining } of published) {
        const at = whom === "key" ? 0 : 1;
        const now = left[at] ?? 0;
        const explained = Math.min(now, (sight.left[at] ?? 0) - (started - sight.started));
        if (explained > remaining)
          await ledger.take([{ budget: current[whom], cost: explained - remaining }]);
      }
    },
  };
}

function tightened(budgets: TrelloBudgets, { whom, max, interval }: Published): TrelloBudgets {
  const budget = budgets[whom];
  const limit = Math.min(budget.limit, Math.max(LEAST_LIMIT, max));
  const windowMs = Math.max(budget.windowMs, interval ?? 0);
  if (limit === budget.limit && windowMs === budget.windowMs) return budgets;
  return { ...budgets, [whom]: { ...budget, limit, windowMs } };
}
