import type { Charge } from "../../domain/budget.ts";
import type { AppError } from "../../domain/error.ts";
import type { Authorize } from "./authorization.ts";
import type { Access, Outcome, BudgetReading, UpstreamName, UpstreamRequest } from "./request.ts";

/**
 * The words for error messages: the name of an upstream, and the names of the settings that contain its credentials.
 */
export interface Called {
  readonly name: string;
  readonly settings: string;
}

/** A request that failed, with the facts for its error message. */
export interface Failure {
  readonly upstream: UpstreamName;
  readonly called?: Called | undefined;
  /** The server to which the request was sent, such as `https://api.trello.com`. */
  readonly origin: string;
  readonly operation: string;
  readonly access: Access;
  readonly outcome: Outcome;
  /** The time at which the last try ended, in milliseconds since 1970. */
  readonly at: number;
}

/** An upstream (such as Trello or an Atlassian API), described for the code that sends requests. */
export interface Upstream {
  readonly name: UpstreamName;
  /** If several upstreams share the name. */
  readonly called?: Called;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** The media type of the bodies that are sent and accepted. */
  readonly mediaType: "application/json" | "application/scim+json";
  readonly authorize: Authorize;
  /** If an upstream says "too many requests" in its own way, turns the reply into status 429 with Retry-After. */
  understand?(outcome: Outcome): Outcome;
  /**
   * Called after each try with the Authorization header that was sent. Returns true if these credentials were refused
   * and new credentials exist, so that the request can be sent once more.
   */
  readonly hasNewCredentials?: (
    authorization: string,
    request: Pick<UpstreamRequest, "operation">,
    outcome: Outcome,
  ) => Promise<boolean>;
  /**
   * The upstream with the credentials that are valid now. If they are replaced while a request waits, the request is
   * counted and sent with the new credentials. Missing if the credentials are never replaced.
   */
  readonly current?: () => Upstream;
  /** Called after a 401, so that the server looks for new credentials at once. */
  readonly refused?: (outcome: Outcome) => Promise<void>;
  charges(request: Pick<UpstreamRequest, "path" | "counted">): readonly Charge[];
  /** The ids of the rate budgets that a reply with status 429 names. */
  limited(body: string | null, charges: readonly Charge[]): readonly string[];
  /**
   * Called before each try. Reads how many more requests each rate budget allows. `afterAttempt` compares these numbers
   * with the limits in the upstream's headers.
   */
  beforeAttempt(charges: readonly Charge[]): Promise<BudgetReading | null>;
  afterAttempt(reading: BudgetReading | null, outcome: Outcome): Promise<void>;
  explain(failure: Failure): AppError | Promise<AppError>;
}
