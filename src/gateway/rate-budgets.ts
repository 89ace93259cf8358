import { createHash } from "node:crypto";
import type { Budget, Charge } from "../domain/budget.ts";

/** Whom Trello counts: the app's key, the token, and the token on the scarce routes. */
export interface TrelloBudgets {
  readonly key: Budget;
  readonly token: Budget;
  readonly scarce: Budget;
}

/**
 * Trello's published limits (developer.atlassian.com/cloud/trello/guides/rest-api/rate-limits): 300 in 10 s a key,
 * 100 in 10 s a token, 100 in 900 s on `/members/{id}` and `/search`.
 */
export function trelloBudgets(apiKey: string, apiToken: string): TrelloBudgets {
  const token = fingerprint(apiToken);
  return {
    key: { id: `trello-key:${fingerprint(apiKey)}`, limit: 300, windowMs: 10_000 },
    token: { id: `trello-token:${token}`, limit: 100, windowMs: 10_000 },
    scarce: { id: `trello-scarce:${token}`, limit: 100, windowMs: 900_000 },
  };
}

/** Atlassian publishes no figures for these two; ten a second is our own, modest and far from any refusal seen. */
export function atlassianBudget(upstream: "scim" | "organization", token: string): Budget {
  return { id: `${upstream}:${fingerprint(token)}`, limit: 10, windowMs: 1_000 };
}

// Nested routes such as `/members/{id}/boards` are exempt.
const SCARCE = [/^\/members\/[^/]+\/?$/, /^\/search(\/|$)/, /^\/membersSearch(\/|$)/];

function isScarce(path: string): boolean {
  return SCARCE.some((pattern) => pattern.test(path));
}

/**
 * What a request costs: one start, or, for a batch of `paths`, one for itself and one for each. How Trello counts the
 * requests inside a batch is not documented, so everything that might count does.
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

/** Which of Trello's budgets a refusal names; all where it names none (bodies as the vendor publishes them). */
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

/** Enough of a hash to tell credentials apart, and nothing of the credential. */
function fingerprint(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, 12);
}
