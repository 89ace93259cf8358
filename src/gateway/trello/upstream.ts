import type { Ledger } from "../../domain/budget.ts";
import type { AppError } from "../../domain/error.ts";
import { type Scope, scopeMissing, scopesOf } from "../../domain/token.ts";
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
  /** Milliseconds on a clock that only runs forward. */
  readonly monotonic: () => number;
  /** Called with every reply. */
  readonly clockOffset: ClockOffset;
  /** Reads the token's facts. Called only to explain a refusal. */
  readonly token: () => Promise<TokenInfo>;
}

/** Trello for the sender: three budgets, kept as strict as Trello publishes them. */
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
      // A request that reads the token must not wait for what it reads.
      if (failure.operation === TOKEN_OPERATION) return error;
      return withMissingScope(error, failure.access, options.token);
    },
  };
}

/** Changes of the person's own record need more than `write` (Trello: authorization, scope `account`). */
const ACCOUNT_OPERATIONS: readonly unknown[] = ["PUT /members/{id}"];

/** The first token scope that a request needs and the token lacks, or null. */
function missingScope(token: TokenInfo, access: Access, operation: unknown): Scope | null {
  const held = scopesOf(token);
  const needed: readonly Scope[] = ACCOUNT_OPERATIONS.includes(operation) ? [access, "account"] : [access];
  return needed.find((scope) => !held.includes(scope)) ?? null;
}

/**
 * Trello gives the same answer to a token without the scope and to a person without the right. So this reads the
 * token's scopes. `error` stays if the person lacks the right, or if the token cannot be read.
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
    return scopeMissing(scope, error.details);
  } catch {
    return error;
  }
}

/** How far this machine's clock differs from the upstream's. */
export interface ClockOffset {
  observe(outcome: Outcome): void;
  /**
   * The milliseconds that this machine's clock is ahead, by the last reply with a date; null before the first one.
   */
  ms(): number | null;
}

/** Reads the Date header (RFC 9110 section 6.6.1), which has whole seconds. `now` is milliseconds since 1970. */
export function createClockOffset(now: () => number): ClockOffset {
  let ahead: number | null = null;
  return {
    observe(outcome) {
      const at = Date.parse(header(outcome, "date") ?? "");
      // Cutting a time to whole seconds takes half a second off on average.
      if (!Number.isNaN(at)) ahead = now() - at - 500;
    },
    ms: () => ahead,
  };
}
