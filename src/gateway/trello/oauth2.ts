import { z } from "zod";
import type { GrantTokens } from "../../domain/grant.ts";
import { AppError } from "../../domain/error.ts";
import type { Http } from "../http/client.ts";
import { explainFailure } from "../http/failures.ts";
import type { Outcome } from "../http/request.ts";

/** An app that is registered for Trello's OAuth 2.0. */
export interface OAuth2Client {
  readonly clientId: string;
  /** The client's secret; null if the app has none (a public client). Then only PKCE protects the sign-in. */
  readonly clientSecret: string | null;
  /** The base URL of the authorization server, such as `https://auth.atlassian.com`. */
  readonly authUrl: string;
}

const credential = z.string().regex(/^[\x21-\x7e]{1,8192}$/);
const tokenReply = z.object({
  access_token: credential,
  refresh_token: credential.nullish(),
  // For how many seconds the token is valid. If the reply does not say it (RFC 6749 section 5.1 allows that), one hour
  // is used, as is usual for these tokens.
  expires_in: z.coerce
    .number()
    .positive()
    .max(366 * 86_400)
    .catch(3_600),
  scope: z.string().nullish().catch(null),
});

/** The result of one request to the token endpoint. */
export type TokenAnswer =
  | { readonly kind: "tokens"; readonly tokens: GrantTokens }
  /** The server refused the code or refresh token, because it is not valid. */
  | { readonly kind: "refused" }
  /** The request was not processed, so the code or refresh token in it can still be used. */
  | { readonly kind: "unused"; readonly error: AppError }
  /** The request may have been processed, but its answer was lost. */
  | { readonly kind: "lost" };

/**
 * Sends one request to the token endpoint (RFC 6749 section 3.2). `mayLeave` is called before the first byte is sent.
 */
export async function askForTokens(
  http: Http,
  { clientId, clientSecret, authUrl }: OAuth2Client,
  body: Readonly<Record<string, string>>,
  mayLeave: () => boolean = () => true,
): Promise<TokenAnswer> {
  const url = new URL(`${authUrl}/oauth/token`);
  const outcome = await http.exchange({
    origin: url.origin,
    path: url.pathname,
    method: "POST",
    headers: {
      accept: "application/json",
      "content-type": "application/json",
      "user-agent": "trello-identity-mcp",
    },
    body: JSON.stringify({
      client_id: clientId,
      ...(clientSecret && { client_secret: clientSecret }),
      ...body,
    }),
    mayLeave,
  });
  return answerOf(outcome, url.origin);
}

function answerOf(outcome: Outcome, origin: string): TokenAnswer {
  if (outcome.kind === "lost" || outcome.kind === "oversized") return { kind: "lost" };
  if (outcome.kind === "unsent") return { kind: "unused", error: unreachable(outcome, origin) };
  const { status, text } = outcome;
  // A proxy that answers 503 has not passed on the request (RFC 9110 section 15.6.4). So the code or refresh token in
  // the request can still be used.
  if (status === 429 || status === 503) return { kind: "unused", error: unreachable(outcome, origin) };
  if (status >= 500 || text === null) return { kind: "lost" };
  const values = jsonOf(text);
  if (status < 300) {
    const parsed = tokenReply.safeParse(values);
    if (!parsed.success) return { kind: "lost" };
    const {
      access_token: accessToken,
      refresh_token: refreshToken,
      expires_in: seconds,
      scope,
    } = parsed.data;
    const scopes = scope ? scope.split(/[\s,]+/).filter((each) => each !== "") : null;
    const tokens = { accessToken, refreshToken: refreshToken ?? null, expiresInMs: seconds * 1000, scopes };
    return { kind: "tokens", tokens };
  }
  const error = z.object({ error: z.string() }).safeParse(values).data?.error ?? "";
  if (error === "invalid_grant") return { kind: "refused" };
  const isClient = /^(invalid_client|unauthorized_client|access_denied)$/.test(error) || status === 401;
  return { kind: "unused", error: isClient ? clientRefused() : unexpected(status) };
}

function unreachable(outcome: Outcome, origin: string): AppError {
  const failure = {
    upstream: "trello",
    origin,
    operation: "POST /oauth/token",
    access: "read",
    outcome,
    at: 0,
  } as const;
  return explainFailure(failure);
}

/**
 * The error if Atlassian refuses the app. Atlassian gives the same answer (`access_denied`) for a wrong secret and for
 * an unknown client id, as a client library found out. So the error names both settings.
 */
function clientRefused(): AppError {
  return new AppError("UNAUTHENTICATED", "Atlassian did not accept the app of the OAuth 2.0 sign-in.", {
    next: "Ask the administrator to check TRELLO_OAUTH2_CLIENT_ID and TRELLO_OAUTH2_CLIENT_SECRET (the app's OAuth 2.0 page at https://trello.com/apps/admin).",
    details: { upstream: "trello", reason: "client_refused" },
  });
}

function unexpected(status: number): AppError {
  return new AppError(
    "UPSTREAM_CONTRACT",
    `The authorization server answered ${status}, which is not expected.`,
    {
      next: "Check ATLASSIAN_AUTH_BASE_URL. If it is already right, try again later.",
      details: { upstream: "trello", status },
    },
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
