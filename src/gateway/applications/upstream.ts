import type { Budget } from "../../domain/budget.ts";
import type { ApplicationConnection } from "../../domain/application.ts";
import { bearerAuthorization } from "../http/authorization.ts";
import { fingerprint } from "../http/budgets.ts";
import { explainFailure, type Phrase } from "../http/failures.ts";
import type { Upstream } from "../http/upstream.ts";

/**
 * SCIM defines no rate limits. So this program allows itself ten requests a second to each application. The limit for
 * Atlassian is the same.
 */
const REQUESTS = { limit: 10, windowMs: 1_000 };

/**
 * The rate budget of a SCIM application. Requests with the same URL and the same token share one budget, as on the
 * servers of such applications.
 */
export function applicationBudget({ baseUrl, token }: ApplicationConnection): Budget {
  return { id: `application:${fingerprint(`${baseUrl} ${token.reveal()}`)}`, ...REQUESTS };
}

/** Describes a SCIM application to the code that sends requests: its rate budget, its bearer token and its errors. */
export function createApplicationUpstream(
  { name, baseUrl, token, form }: ApplicationConnection,
  budget: Budget,
): Upstream {
  const called = {
    name: `The application ${name}`,
    settings: `the directory ${name} in IDENTITY_CONNECTIONS_FILE`,
  };
  return {
    name: "application",
    called,
    baseUrl,
    mediaType: "application/scim+json",
    authorize: bearerAuthorization(token.reveal()),
    charges: () => [{ budget, cost: 1 }],
    limited: () => [budget.id],
    beforeAttempt: () => Promise.resolve(null),
    afterAttempt: () => Promise.resolve(),
    explain: (failure) => explainFailure(failure, phrasesOf(called.name, form.filter)),
  };
}

function phrasesOf(name: string, filter: string | null): readonly Phrase[] {
  return [
    {
      reason: "no_users",
      statuses: [404],
      pattern: /^/,
      operation: /^GET \/Users$/,
      code: "CONFIG_INVALID",
      message: `${name}: there is no SCIM server at that address.`,
      next: "Check `base` in the connections file: it must be the address of the SCIM server, without /Users.",
    },
    ...(filter === null
      ? []
      : [
          {
            reason: "no_filter",
            statuses: [400, 403, 501],
            pattern: /invalidFilter|filter/i,
            operation: /^GET \/Users$/,
            code: "CONFIG_INVALID",
            message: `${name} does not search users by ${filter}.`,
            next: "Set `filter` in the connections file to an attribute that the application can search, or to the word `none`.",
          } as const,
        ]),
  ];
}
