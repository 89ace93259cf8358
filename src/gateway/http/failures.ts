import { AppError, type AppErrorFacts, type ErrorCode } from "../../domain/error.ts";
import { header, type UpstreamName } from "./request.ts";
import { isTransient, LONGEST_RETRY_AFTER_MS, retryAfterMs } from "./retry.ts";
import type { Called, Failure } from "./upstream.ts";

const NAMES: Record<UpstreamName, Called> = {
  trello: { name: "Trello", settings: "TRELLO_API_KEY and TRELLO_API_TOKEN" },
  scim: {
    name: "The Atlassian SCIM directory",
    settings: "ATLASSIAN_SCIM_DIRECTORY_ID and ATLASSIAN_SCIM_TOKEN",
  },
  organization: {
    name: "The Atlassian organization API",
    settings: "ATLASSIAN_ORG_ID and ATLASSIAN_ORG_API_KEY",
  },
  roster: { name: "The roster", settings: "IDENTITY_CONNECTIONS_FILE" },
  application: { name: "The application", settings: "IDENTITY_CONNECTIONS_FILE" },
};

/**
 * A known error text of an upstream, and its meaning. The upstream's text is only compared and never shown to the user.
 */
export interface Phrase {
  /** A stable word for `details.reason`. */
  readonly reason: string;
  readonly statuses: readonly number[];
  readonly pattern: RegExp;
  /**
   * Set if the upstream's text alone does not show the cause. The meaning then applies only to requests whose name
   * matches this pattern.
   */
  readonly operation?: RegExp;
  readonly code: ErrorCode;
  readonly message: string;
  readonly next: string;
}

/**
 * Makes the error for a request after its last try. The code is OUTCOME_UNKNOWN if the request was a write and the
 * upstream may have made the change. The upstream's text is never a part of the error.
 */
export function explainFailure(failure: Failure, phrases: readonly Phrase[] = []): AppError {
  const { upstream, origin, operation, access, outcome } = failure;
  const { name } = failure.called ?? NAMES[upstream];
  const status = outcome.kind === "reply" ? outcome.status : null;
  const details = { upstream, status, operation };
  const make = (code: ErrorCode, message: string, facts: AppErrorFacts) =>
    new AppError(code, message, { details, ...facts });

  if (outcome.kind === "unsent") {
    const { why, next } = whyUnreachable(outcome.cause);
    return make(
      "UPSTREAM_UNAVAILABLE",
      `${name} could not be reached at ${origin}: ${why}. Nothing was sent.`,
      {
        next,
        retry: "later",
        cause: outcome.cause,
        details: { ...details, origin },
      },
    );
  }
  if (outcome.kind === "oversized" && access === "read") {
    return make("UPSTREAM_CONTRACT", `${name} answered with more than ${outcome.limitBytes} bytes.`, {
      next: "Ask for less in one call, for example one workspace or board.",
    });
  }
  if (outcome.kind !== "reply" || isTransient(outcome.status) || outcome.text === null) {
    if (access === "read") return unavailable(make, `${name} (${origin})`, failure);
    // If the body of a refusal was cut off, the status alone still shows that the request was refused.
    if (outcome.kind !== "reply" || isTransient(outcome.status)) return unknown(make, name, outcome);
  }
  return refused(
    failure,
    phraseFor(phrases, failure.operation, outcome.status, outcome.text),
    outcome.status,
    make,
  );
}

const NETWORK = "Check the network, and whether this machine needs a proxy; then try again.";

/** Error codes of Node and OpenSSL if no connection could be made. Each has a meaning and a next step. */
const CAUSES: readonly (readonly [pattern: RegExp, why: string, next: string])[] = [
  [/^(ENOTFOUND|EAI_)/, "the name is not known to DNS", NETWORK],
  [/^ECONNREFUSED/, "the connection was refused", "Check the address in the settings, then try again."],
  [/^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)/, "there was no answer", NETWORK],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)/, "the network cannot be reached", NETWORK],
  [/^(ECONNRESET|UND_ERR_SOCKET|EPIPE)/, "the connection was cut", NETWORK],
  [
    /CERT|SIGNATURE|ISSUER/,
    "its certificate is not trusted",
    "If a proxy of your company decrypts TLS, set NODE_EXTRA_CA_CERTS to the file of its certificate.",
  ],
  [
    /^(ERR_SSL|EPROTO)/,
    "the server at that address does not use TLS",
    "Check the address in the settings, then try again.",
  ],
];

/** Why a connection could not be made, with the error code. */
function whyUnreachable(cause: unknown): { readonly why: string; readonly next: string } {
  const code = /^[A-Z][A-Z0-9_]+(?=:)/.exec(cause instanceof Error ? cause.message : "")?.[0];
  if (code === undefined) return { why: "there is no connection", next: NETWORK };
  const known = CAUSES.find(([pattern]) => pattern.test(code));
  return { why: `${known?.[1] ?? "there is no connection"} (${code})`, next: known?.[2] ?? NETWORK };
}

/** The known error text that a reply contains, with its meaning; undefined if there is none. */
function phraseFor(
  phrases: readonly Phrase[],
  operation: string,
  status: number,
  body: string | null,
): Phrase | null {
  if (body === null) return null;
  const words = body.slice(0, 2000);
  const found = phrases.find(
    ({ statuses, pattern, operation: only }) =>
      statuses.includes(status) && pattern.test(words) && (only === undefined || only.test(operation)),
  );
  return found ?? null;
}

type Make = (code: ErrorCode, message: string, facts: AppErrorFacts) => AppError;

function unavailable(make: Make, name: string, { outcome, at }: Failure): AppError {
  const how = outcome.kind === "reply" ? `answered ${outcome.status}` : "did not answer";
  // This server waits only a short time before another try. If the upstream asks for a longer wait, there is no other
  // try.
  const asked = retryAfterMs(header(outcome, "retry-after"), at) ?? 0;
  const isLong = asked > LONGEST_RETRY_AFTER_MS;
  return make("UPSTREAM_UNAVAILABLE", `${name} ${how}${isLong ? " and asks to wait" : ", several times"}.`, {
    next: isLong ? `Try again in ${Math.ceil(asked / 1000)} seconds.` : "Try again in a few minutes.",
    retry: "later",
    ...("cause" in outcome ? { cause: outcome.cause } : {}),
  });
}

function unknown(make: Make, name: string, outcome: Failure["outcome"]): AppError {
  const how = outcome.kind === "reply" ? `answered ${outcome.status}` : "did not answer";
  return make("OUTCOME_UNKNOWN", `${name} ${how}, so it is unknown whether the change was made.`, {
    next: "Read the state before you try again. A run does this by itself.",
    applied: "unknown",
    retry: "reconcile",
    ...("cause" in outcome ? { cause: outcome.cause } : {}),
  });
}

function refused(failure: Failure, phrase: Phrase | null, status: number, make: Make): AppError {
  const { upstream, access, outcome, at } = failure;
  if (phrase) {
    const details = { upstream, status, operation: failure.operation, reason: phrase.reason };
    return make(phrase.code, phrase.message, { next: phrase.next, details });
  }
  const { name, settings } = failure.called ?? NAMES[upstream];
  switch (status) {
    case 401:
      return make("UNAUTHENTICATED", `${name} did not accept the credentials.`, {
        next: `Ask the administrator to check ${settings}. A server that reads the secret from a file uses the new secret without a restart; any other server must be restarted.`,
      });
    case 403:
      return make("UPSTREAM_FORBIDDEN", `${name} does not allow this request and gives no known reason.`, {
        next: `Ask the administrator to check the rights of ${settings} and whether the paid plan includes this, or choose another target.`,
      });
    case 404:
    case 410:
      return make("NOT_FOUND", `${name} has nothing with that id, or hides it from these credentials.`, {
        next: "Search for the resource again. It may have been removed or renamed.",
      });
    case 409:
    case 412:
    case 423:
      return make("CONFLICT", `${name} refused the change because it conflicts with the current state.`, {
        next: "Read the current state and plan again.",
        retry: "replan",
      });
    case 429: {
      const after = retryAfterMs(header(outcome, "retry-after"), at);
      const seconds = after === null ? 60 : Math.ceil(after / 1000);
      return make("RATE_LIMITED", `${name} still refuses because of too many requests.`, {
        next: `Try again in ${seconds} seconds.`,
        retry: "later",
      });
    }
    default:
      if (status >= 400) {
        return make("INPUT_INVALID", `${name} refused the request (${status}).`, {
          next: "Check the ids and values, and whether the paid plan includes this.",
        });
      }
      return make("UPSTREAM_CONTRACT", `${name} answered ${status}, which is not expected here.`, {
        next: "Check the base URL of this API in the settings.",
        applied: access === "write" ? "unknown" : "no",
        retry: access === "write" ? "reconcile" : "never",
      });
  }
}

/** The error for a request that was not sent because the caller gave up. */
export function cancelled(operation: string): AppError {
  return new AppError("UPSTREAM_UNAVAILABLE", `${operation} was cancelled before it was sent.`, {
    next: "Ask again if you still need the answer.",
    retry: "later",
    details: { operation, cancelled: true },
  });
}

/**
 * The error for a write that was not made: the upstream refused it because the server's credentials had just been
 * replaced.
 */
export function credentialsReplaced(operation: string): AppError {
  return new AppError("UNAUTHENTICATED", `The credentials were replaced while ${operation} was sent.`, {
    next: "Try again.",
    retry: "later",
    details: { operation, isReplaced: true },
  });
}

/** The error for a request that was not sent because its rate budget is full for `waitMs` milliseconds. */
export function overBudget(operation: string, waitMs: number): AppError {
  const seconds = Math.ceil(waitMs / 1000);
  return new AppError(
    "RATE_LIMITED",
    `${operation} was not sent: the rate limit allows no such request for the next ${seconds} s.`,
    {
      next: `Try again in ${seconds} seconds.`,
      retry: "later",
      details: { operation, retryAfterSeconds: seconds },
    },
  );
}
