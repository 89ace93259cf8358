import type { Ledger } from "../../domain/budget.ts";
import { AppError } from "../../domain/error.ts";
import { type Scope, scopesOf } from "../../domain/token.ts";
import type { TokenInfo } from "../../domain/trello.ts";
import type { Authorize } from "../http/authorization.ts";
import { createStrictness, limitedBudgets, type TrelloBudgets, trelloCharges } from "../http/budgets.ts";
import { explainFailure } from "../http/failures.ts";
import { type Effect, header, type Outcome } from "../http/request.ts";
import type { Upstream } from "../http/upstream.ts";
import { TRELLO_PHRASES } from "./phrases.ts";
import { TOKEN_OPERATION } from "./routes.ts";

export interface TrelloUpstreamOptions {
  readonly baseUrl: string;
  readonly authorize: Authorize;
  readonly documented: TrelloBudgets;
  readonly ledger: Ledger;
  /** Sees every reply. */
  readonly skew: Skew;
  /** The token's facts, asked only to explain a refusal. */
  readonly token: () => Promise<TokenInfo>;
}

/** Trello as the sender needs it: three budgets, kept as strict as it publishes them. */
export function createTrelloUpstream(
  options: TrelloUpstreamOptions,
): Upstream & { budgets(): TrelloBudgets } {
  const strictness = createStrictness(options.ledger, options.documented);
  return {
    name: "trello",
    baseUrl: options.baseUrl,
    mediaType: "application/json",
    authorize: options.authorize,
    budgets: () => strictness.budgets(),
    charges: ({ path, counted }) =>
      trelloCharges(strictness.budgets(), counted ?? [path], counted !== undefined),
    limited: (body, charges) => limitedBudgets(strictness.budgets(), body, charges),
    began: (charges) => strictness.began(charges[0]?.cost ?? 0),
    async ended(sight, outcome) {
      options.skew.saw(outcome);
      if (sight) await strictness.ended(sight, outcome);
    },
    explain(failure) {
      const error = explainFailure(failure, TRELLO_PHRASES);
      // The question about the token must not wait for its own answer.
      if (failure.operation === TOKEN_OPERATION) return error;
      return withMissingScope(error, failure.effect, options.token);
    },
  };
}

/** What changes the person's own record, beyond `write` (Trello: authorization, scope `account`). */
const ACCOUNT_OPERATIONS: readonly unknown[] = ["PUT /members/{id}"];

/** The first token scope that a request needs and the token lacks, or null. */
function missingScope(token: TokenInfo, effect: Effect, operation: unknown): Scope | null {
  const held = scopesOf(token);
  const needed: readonly Scope[] = ACCOUNT_OPERATIONS.includes(operation) ? [effect, "account"] : [effect];
  return needed.find((scope) => !held.includes(scope)) ?? null;
}

/**
 * Trello says the same of a token without the scope as of a person without the right, so the token is asked which it
 * is. `error` is kept where it is the person, or where the token cannot be asked.
 */
async function withMissingScope(
  error: AppError,
  effect: Effect,
  token: () => Promise<TokenInfo>,
): Promise<AppError> {
  if (error.details["reason"] !== "not_permitted") return error;
  try {
    const scope = missingScope(await token(), effect, error.details["operation"]);
    if (!scope) return error;
    return new AppError("UPSTREAM_FORBIDDEN", `The Trello token lacks the scope \`${scope}\`.`, {
      next: "A token's scopes cannot be changed: ask the administrator to make a new one with it, by `trello-identity-mcp login`.",
      details: { ...error.details, reason: "scope_missing", scope },
    });
  } catch {
    return error;
  }
}

/** How far this machine's clock is from an upstream's. */
export interface Skew {
  saw(outcome: Outcome): void;
  /** Milliseconds that ours is ahead, by the last reply with a date; null before any. */
  ms(): number | null;
}

/** Reads the Date header (RFC 9110 section 6.6.1), which has whole seconds; `now` in milliseconds since 1970. */
export function createSkew(now: () => number): Skew {
  let ahead: number | null = null;
  return {
    saw(outcome) {
      const at = Date.parse(header(outcome, "date") ?? "");
      // Half a second is what a time cut to whole seconds lacks on average.
      if (!Number.isNaN(at)) ahead = now() - at - 500;
    },
    ms: () => ahead,
  };
}
