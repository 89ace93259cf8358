import { createHash } from "node:crypto";
import { type Budget, type Charge, type Ledger, LONGEST_PAUSE_MS } from "../../domain/budget.ts";
import { header, type Outcome, type BudgetReading } from "./request.ts";

/** What Trello counts requests by: the app's key, the token, and the token on the routes with a small budget. */
export interface TrelloBudgets {
  readonly key: Budget;
  readonly token: Budget;
  readonly scarce: Budget;
}

const WINDOW_MS = 10_000;

/**
 * Trello's published limits (developer.atlassian.com/cloud/trello/guides/rest-api/rate-limits): 300 in 10 s for a
 * key, 100 in 10 s for a token, 100 in 900 s on `/members/{id}` and `/search`. `windowMs` is the length of the first
 * two; a sandbox may have shorter windows.
 */
export function trelloBudgets(apiKey: string, apiToken: string, windowMs = WINDOW_MS): TrelloBudgets {
  const token = fingerprint(apiToken);
  return {
    key: { id: `trello-key:${fingerprint(apiKey)}`, limit: 300, windowMs },
    token: { id: `trello-token:${token}`, limit: 100, windowMs },
    scarce: { id: `trello-scarce:${token}`, limit: 100, windowMs: 900_000 },
  };
}

/**
 * Atlassian publishes no limits for SCIM and the organization API. This product chose ten requests a second; Atlassian
 * was seen to refuse only at much higher rates.
 */
export function atlassianBudget(upstream: "scim" | "organization", token: string): Budget {
  return { id: `${upstream}:${fingerprint(token)}`, limit: 10, windowMs: 1_000 };
}

// Nested routes such as `/members/{id}/boards` are exempt.
const SCARCE = [/^\/members\/[^/]+\/?$/, /^\/search(\/|$)/, /^\/membersSearch(\/|$)/];

function isScarce(path: string): boolean {
  return SCARCE.some((pattern) => pattern.test(path));
}

/**
 * What a request costs: one start. A batch of `paths` costs one for itself and one for each path. Trello does not
 * document how it counts the requests inside a batch, so all of them count.
 */
export function trelloCharges(budgets: TrelloBudgets, paths: readonly string[], batch: boolean): Charge[] {
  const cost = paths.length + (batch ? 1 : 0);
  const scarce = paths.filter(isScarce).length;
  const charges: Charge[] = [
    { budget: budgets.key, cost },
    { budget: budgets.token, cost },
  ];
  if (scarce > 0) charges.push({ budget: budgets.scarce, cost: scarce });
  return charges;
}

/** The Trello budgets that a refusal names; all if it names none. The body texts are those that Trello publishes. */
export function limitedBudgets(
  budgets: TrelloBudgets,
  body: string | null,
  charges: readonly Charge[],
): string[] {
  if (body?.includes("API_TOKEN_")) return [budgets.token.id];
  if (body?.includes("API_KEY_")) return [budgets.key.id];
  if (body && /\/1\/(member|search)/.test(body)) return [budgets.scarce.id];
  return charges.map(({ budget }) => budget.id);
}

/** Part of a hash, enough to tell credentials apart. It shows nothing of the credential. */
export function fingerprint(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, 12);
}

/** What Trello says about one budget in `x-rate-limit-api-{key,token}-{interval-ms,max,remaining}`. */
export interface Published {
  readonly whom: "key" | "token";
  readonly max: number;
  readonly remaining: number;
  /** Milliseconds; null if the reply does not say. */
  readonly interval: number | null;
}

/** The limits that a reply publishes. A limit that is missing or not an integer is left out. */
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

/** Keeps this server's limits at least as strict as those that Trello publishes. */
export interface LimitTracker {
  /** The budgets as they are now, never larger than published. */
  budgets(): TrelloBudgets;
  /** Called when a request has taken `cost` starts. */
  beforeAttempt(cost: number): Promise<BudgetReading>;
  /** Called with the outcome of the request. */
  afterAttempt(reading: BudgetReading, outcome: Outcome): Promise<void>;
}

/**
 * A full batch costs 10 requests and 1 for itself. This server's limit must have room for it, even if Trello publishes
 * less.
 */
const LEAST_LIMIT = 11;

/**
 * A smaller published limit replaces this server's own. Programs with another ledger may use the same key or token.
 * If Trello has fewer starts left than this ledger explains, those programs used them, and they count as started now.
 * Two kinds of starts are not counted in this way: those that this process made meanwhile, and those that left the
 * window meanwhile. A stricter limit ends 15 minutes after it was last published, so that one odd reply cannot slow
 * the process down for ever.
 */
export function createLimitTracker(
  ledger: Ledger,
  documented: TrelloBudgets,
  monotonic: () => number,
): LimitTracker {
  let stricter = documented;
  let until = 0;
  const current = () => (monotonic() < until ? stricter : documented);
  let started = 0;
  const watched = (): readonly Budget[] => [current().key, current().token];
  return {
    budgets: current,
    async beforeAttempt(cost) {
      started += cost;
      const reading = { started };
      return { ...reading, left: await ledger.remaining(watched()) };
    },
    async afterAttempt(reading, outcome) {
      const published = publishedLimits(outcome);
      if (published.length === 0) return;
      const before = current();
      const after = published.reduce(withPublished, before);
      const isStricter = published.some((limit) => withPublished(documented, limit) !== documented);
      if (isStricter) until = monotonic() + LONGEST_PAUSE_MS;
      stricter = after;
      const left = await ledger.remaining(watched());
      for (const { whom, remaining } of published) {
        const at = whom === "key" ? 0 : 1;
        const now = left[at] ?? 0;
        const explained = Math.min(now, (reading.left[at] ?? 0) - (started - reading.started));
        if (explained <= remaining) continue;
        const others = [{ budget: after[whom], cost: explained - remaining }];
        if ((await ledger.take(others)) === 0) await ledger.answered(others, monotonic());
      }
    },
  };
}

function withPublished(budgets: TrelloBudgets, { whom, max, interval }: Published): TrelloBudgets {
  const budget = budgets[whom];
  const limit = Math.min(budget.limit, Math.max(LEAST_LIMIT, max));
  const windowMs = Math.max(budget.windowMs, Math.min(LONGEST_PAUSE_MS, interval ?? 0));
  if (limit === budget.limit && windowMs === budget.windowMs) return budgets;
  return { ...budgets, [whom]: { ...budget, limit, windowMs } };
}
