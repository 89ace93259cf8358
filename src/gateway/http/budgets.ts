import { createHash } from "node:crypto";
import { type Budget, type Charge, type Ledger, LONGEST_PAUSE_MS } from "../../domain/budget.ts";
import { header, type Outcome, type BudgetReading } from "./request.ts";

/**
 * The three rate budgets of Trello: for the API key of the app, for the token, and for the token on a few routes with a
 * strict limit.
 */
export interface TrelloBudgets {
  readonly key: Budget;
  readonly token: Budget;
  readonly scarce: Budget;
}

const WINDOW_MS = 10_000;

/**
 * Trello's published rate limits (developer.atlassian.com/cloud/trello/guides/rest-api/rate-limits): 300 requests in 10
 * s for a key, 100 in 10 s for a token, 100 in 900 s on `/members/{id}` and `/search`. `windowMs`: the length of the
 * first two windows, which a sandbox may shorten.
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
 * The rate budget for SCIM and the organization API. Atlassian publishes no limit, so this program allows ten requests
 * a second. Atlassian was seen to refuse only at much higher rates.
 */
export function atlassianBudget(upstream: "scim" | "organization", token: string): Budget {
  return { id: `${upstream}:${fingerprint(token)}`, limit: 10, windowMs: 1_000 };
}

// The routes to which Trello's strict limit applies. Longer routes, such as `/members/{id}/boards`, do not have this
// limit.
const SCARCE = [/^\/members\/[^/]+\/?$/, /^\/search(\/|$)/, /^\/membersSearch(\/|$)/];

function isScarce(path: string): boolean {
  return SCARCE.some((pattern) => pattern.test(path));
}

/**
 * How many requests are counted in each rate budget. A single request counts as one. A batch (several GETs in one
 * request) counts as one, plus one for each path in it. Trello does not document how it counts a batch, so this is the
 * highest possible number. The strict budget (100 requests in 900 s) counts only the requests on its own routes.
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

/**
 * The ids of the Trello budgets that are full, as the text of a 429 reply shows. The text is compared with Trello's
 * published error texts. If the text names no budget, returns all budgets of the request.
 */
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

/** The first characters of a hash of a secret. They distinguish two credentials without showing them. */
export function fingerprint(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, 12);
}

/**
 * The facts about one rate budget in the headers of Trello's reply:
 * `x-rate-limit-api-{key,token}-{interval-ms,max,remaining}`.
 */
export interface Published {
  readonly whom: "key" | "token";
  readonly max: number;
  readonly remaining: number;
  /** The length of the rate window in milliseconds; null if the reply does not contain it. */
  readonly interval: number | null;
}

/** The rate limits in the headers of a reply. A header is left out if it is missing or is not an integer. */
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

/** Lowers this program's rate limits if Trello's replies show stricter limits. */
export interface LimitTracker {
  /** The rate budgets as they are now; never more than Trello's headers allow. */
  budgets(): TrelloBudgets;
  /** Called after a request was counted in the budgets. `cost`: as how many requests it was counted. */
  beforeAttempt(cost: number): Promise<BudgetReading>;
  /** Called when a request has ended, because its reply may show other limits. */
  afterAttempt(reading: BudgetReading, outcome: Outcome): Promise<void>;
}

/**
 * The lowest limit that is used. A full batch counts as 11 requests, so with a lower limit no batch could ever be sent.
 */
const LEAST_LIMIT = 11;

/**
 * Adjusts this program's rate limits to Trello's headers.
 * - If Trello shows a smaller limit, it replaces this program's own limit. The smaller limit ends 15 minutes after
 * Trello last showed it, so that one wrong reply does no lasting harm.
 * - Other programs may use the same key or token. The ledger counts only the requests of this program. If Trello has
 * fewer requests left than the ledger expects, the difference is counted as sent now.
 * - Requests that this process sends meanwhile, and requests that have just left the window, do not count as requests
 * of other programs.
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
