import type { Charge } from "../../domain/budget.ts";
import type { AppError } from "../../domain/error.ts";
import type { Authorize } from "./authorization.ts";
import type { Access, Outcome, BudgetReading, UpstreamName, UpstreamRequest } from "./request.ts";

/** Where a failed request failed, for the error. */
export interface Failure {
  readonly upstream: UpstreamName;
  /** Where the request went, for example `https://api.trello.com`. */
  readonly origin: string;
  readonly operation: string;
  readonly access: Access;
  readonly outcome: Outcome;
  /** When it was given up, in milliseconds since 1970. */
  readonly at: number;
}

/** One upstream, as the sender needs it. */
export interface Upstream {
  readonly name: UpstreamName;
  /** No slash at its end. */
  readonly baseUrl: string;
  /** Of bodies, and what is asked for in replies. */
  readonly mediaType: "application/json" | "application/scim+json";
  readonly authorize: Authorize;
  charges(request: Pick<UpstreamRequest, "path" | "counted">): readonly Charge[];
  /** Ids of the budgets that a refusal for the rate names. */
  limited(body: string | null, charges: readonly Charge[]): readonly string[];
  /** Around each attempt: what the upstream publishes of its limits is obeyed. */
  beforeAttempt(charges: readonly Charge[]): Promise<BudgetReading | null>;
  afterAttempt(reading: BudgetReading | null, outcome: Outcome): Promise<void>;
  explain(failure: Failure): AppError | Promise<AppError>;
}
