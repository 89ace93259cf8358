import type { Charge } from "../../domain/budget.ts";
import type { AppError } from "../../domain/error.ts";
import type { Authorize } from "./authorization.ts";
import type { Access, Outcome, BudgetReading, UpstreamName, UpstreamRequest } from "./request.ts";

/** The name of an upstream in a sentence, and the settings that hold its credentials. */
export interface Called {
  readonly name: string;
  readonly settings: string;
}

/** Where a request failed, for the error. */
export interface Failure {
  readonly upstream: UpstreamName;
  readonly called?: Called | undefined;
  /** Where the request went, for example `https://api.trello.com`. */
  readonly origin: string;
  readonly operation: string;
  readonly access: Access;
  readonly outcome: Outcome;
  /** When the last attempt ended, in milliseconds since 1970. */
  readonly at: number;
}

/** One upstream, as the sender needs it. */
export interface Upstream {
  readonly name: UpstreamName;
  /** If several upstreams share the name. */
  readonly called?: Called;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** The media type of request bodies, and of the replies that requests accept. */
  readonly mediaType: "application/json" | "application/scim+json";
  readonly authorize: Authorize;
  /** Gives a refusal in the upstream's own form the common one: a status of 429 and Retry-After. */
  understand?(outcome: Outcome): Outcome;
  /**
   * Called after each attempt with the Authorization header that it had. true: Trello refused the credentials and there are
   * other ones now, so the request can be sent once more.
   */
  readonly hasNewCredentials?: (
    authorization: string,
    request: Pick<UpstreamRequest, "operation">,
    outcome: Outcome,
  ) => Promise<boolean>;
  charges(request: Pick<UpstreamRequest, "path" | "counted">): readonly Charge[];
  /** Ids of the budgets that a refusal because of too many requests names. */
  limited(body: string | null, charges: readonly Charge[]): readonly string[];
  /** Called around each attempt, so that the limits that the upstream publishes are kept. */
  beforeAttempt(charges: readonly Charge[]): Promise<BudgetReading | null>;
  afterAttempt(reading: BudgetReading | null, outcome: Outcome): Promise<void>;
  explain(failure: Failure): AppError | Promise<AppError>;
}
