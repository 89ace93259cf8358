import type { Ledger } from "../../domain/budget.ts";
import { AppError } from "../../domain/error.ts";
import { type Scope, scopesOf } from "../../domain/token.ts";
import type { TokenInfo } from "../../domain/trello.ts";
import type { Authorize } from "../http/authorization.ts";
import { createLimitTracker, limitedBudgets, type TrelloBudgets, trelloCharges } from "../http/budgets.ts";
import { explainFailure } from "../http/failures.ts";
import { type Access, header, type Outcome } from "../http/request.ts";
import type { Upstream } from "../http/upstream.ts";
import { TRELLO_PHRASES } from "./phrases.ts";
import { TOKEN_OPERATION } from "./routes.ts";

export interface TrelloUpstreamOptions {
  readonly baseUrl: string;
  readonly authorize: Authorize;
  readonly documented: TrelloBudgets;
  readonly ledger: Ledger;
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number;
  /** Sees every reply. */
  readonly clockOffset: ClockOffset;
  /** The token's facts, asked only to explain a refusal. */
  readonly token: () => Promise<TokenInfo>;
}

/** Trello as the sender needs it: three budgets, kept as strict as it publishes them. */
export function createTrelloUpstream(
  options: TrelloUpstreamOptions,
): Upstream & { budgets(): TrelloBudgets } {
  const limits = createLimitTracker(options.ledger, options.documented, options.monotonic);
  return {
    name: "trello",
    baseUrl: options.baseUrl,
    mediaType: "application/json",
    authorize: options.authorize,
    budgets: () => limits.budgets(),
    charges: ({ path, counted }) => trelloCharges(limits.budgets(), counted ?? [path], counted !== undefined),
    limited: (body, charges) => limitedBudgets(limits.budgets(), body, charges),
    beforeAttempt: (charges) => limits.beforeAttempt(charges[0]?.cost ?? 0),
    async afterAttempt(reading, outcome) {
      options.clockOffset.observe(outcome);
      if (reading) await limits.afterAttempt(reading, outcome);
    },
    explain(failure) {
      const error = explainFailure(failure, TRELLO_PHRASES);
      // The question about the token must not wait for its own answer.
      if (failure.operation === TOKEN_OPERATION) return error;
      return withMissingScope(error, failure.access, options.token);
    },
  };
}

/** What changes the person's own record, beyond `write` (Trello: authorization, scope `account`). */
const ACCOUNT_OPERATIONS: readonly unknown[] = ["PUT /members/{id}"];

/** The first token scope that a request needs and the token lacks, or null. */
function missingScope(token: TokenInfo, access: Access, operation: unknown): Scope | null {
  const held = scopesOf(token);
  const needed: readonly Scope[] = ACCOUNT_OPERATIONS.includes(operation) ? [access, "account"] : [access];
  return needed.find((scope) => !held.includes(scope)) ?? null;
}

/**
 * Trello answers the same to a token without the scope and to a person without the right. So the token is asked for
 * its scopes. `error` stays if the person lacks the right, or if the token cannot be asked.
 */
async function withMissingScope(
  error: AppError,
  access: Access,
  token: () => Promise<TokenInfo>,
): Promise<AppError> {
  if (error.details["reason"] !== "not_permitted") return error;
  try {
    const scope = missingScope(await token(), access, error.details["operation"]);
    if (!scope) return error;
    return new AppError("UPSTREAM_FORBIDDEN", `The Trello token lacks the scope \`${scope}\`.`, {
      next: "A token's scopes cannot be changed: ask the administrator to make a new one with it, by the `login` command.",
      details: { ...error.details, reason: "scope_missing", scope },
    });
  } catch {
    return error;
  }
}

/** How far this machine's clock is from the upstream's. */
export interface ClockOffset {
  observe(outcome: Outcome): void;
  /** Milliseconds that ours is ahead, by the last reply with a date; null before any. */
  ms(): number | null;
}

/** Reads the Date header (RFC 9110 section 6.6.1), which has whole seconds; `now` in milliseconds since 1970. */
export function createClockOffset(now: () => number): ClockOffset {
  let ahead: number | null = null;
  return {
    observe(outcome) {
      const at = Date.parse(header(outcome, "date") ?? "");
      // A time cut to whole seconds lacks half a second on average.
      if (!Number.isNaN(at)) ahead = now() - at - 500;
    },
    ms: () => ahead,
  };
}
