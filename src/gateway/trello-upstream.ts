import type { Ledger } from "../domain/budget.ts";
import type { TokenInfo } from "../domain/trello.ts";
import type { Authorize } from "./authorization.ts";
import { explainFailure } from "./failures.ts";
import { createStrictness } from "./published-limits.ts";
import { limitedBudgets, trelloCharges } from "./rate-budgets.ts";
import type { TrelloBudgets } from "./rate-budgets.ts";
import { withMissingScope } from "./scopes.ts";
import type { Skew } from "./skew.ts";
import { TOKEN_OPERATION } from "./trello-routes.ts";
import type { Upstream } from "./upstream.ts";

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
      const error = explainFailure(failure);
      // The question about the token must not wait for its own answer.
      if (failure.operation === TOKEN_OPERATION) return error;
      return withMissingScope(error, failure.effect, options.token);
    },
  };
}
