import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { Ledger } from "../../domain/budget.ts";
import { AppError } from "../../domain/error.ts";
import type { Clock } from "../../domain/runtime.ts";
import type { Scope } from "../../domain/token.ts";
import { type ProtocolParameters, signedAuthorization } from "../http/authorization.ts";
import { trelloBudgets } from "../http/budgets.ts";
import { createHttp, type HttpOptions } from "../http/client.ts";
import { explainFailure } from "../http/failures.ts";
import { createGate } from "../http/gate.ts";
import { parseReply } from "../http/parse.ts";
import { createQueues } from "../http/queues.ts";
import { createRedact } from "../http/redact.ts";
import { addressOf } from "../http/request.ts";
import { isTransient } from "../http/retry.ts";
import { createLifetime, createSend } from "../http/send.ts";
import type { Failure, Upstream } from "../http/upstream.ts";
import { TRELLO_PHRASES } from "./phrases.ts";

/** A token and its secret, as in RFC 5849 section 1.1. Both must be kept secret. */
export interface TokenPair {
  readonly token: string;
  readonly secret: string;
}

/** How long a token is valid, in Trello's words. */
export const EXPIRIES = ["1hour", "1day", "30days", "never"] as const;
export type Expiry = (typeof EXPIRIES)[number];

export interface TokenRequest {
  /** The name of the application that Trello shows to the person. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiry: Expiry;
}

/** The three steps of OAuth 1.0 that give a token (RFC 5849 section 2). */
export interface OAuthFlow {
  /**
   * Asks for a request token. After the person has decided, Trello opens `callbackUrl` with `oauth_token` and
   * `oauth_verifier`.
   */
  requestToken(callbackUrl: string): Promise<TokenPair>;
  /** The URL at which the person allows or refuses the access. */
  authorizeUrl(request: TokenPair, wanted: TokenRequest): URL;
  /**
   * Exchanges the verifier for a token. A verifier can be used only once; a second time, the error is UNAUTHENTICATED.
   */
  accessToken(request: TokenPair, verifier: string): Promise<TokenPair>;
  close(): Promise<void>;
}

export interface OAuthFlowOptions {
  /**
   * The base URL of the API. Trello's pages for the login are on another host, which `pagesUrl` derives from this URL.
   */
  readonly apiBaseUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** A random number in [0, 1). */
  readonly random: () => number;
  /** Aborts every request except the exchange. */
  readonly signal: AbortSignal;
  readonly http?: HttpOptions;
}

const credential = z.string().regex(/^[\x21-\x7e]{1,4096}$/);
const pair = z.object({ oauth_token: credential, oauth_token_secret: credential });

/**
 * Makes the client for the login. Each request is signed, counted in the rate budget of the API key, and repeated like
 * other requests.
 */
export function createOAuthFlow(options: OAuthFlowOptions): OAuthFlow {
  const { apiKey, apiSecret, ledger, clock, random } = options;
  const http = createHttp(createRedact([apiKey, apiSecret]), options.http);
  const lifetime = createLifetime();
  const queues = createQueues(createGate(ledger, clock), 1);
  const send = createSend({ queues, ledger, http, lifetime, clock, random, log: () => {} });
  const baseUrl = pagesUrl(options.apiBaseUrl);
  const { key: budget } = trelloBudgets(apiKey, "");

  /**
   * What the HTTP client needs to send one step of the login to Trello: the address, and how to sign the request. Each
   * try is signed again, because a nonce can be used only once.
   */
  function upstream(token: TokenPair | null, more: ProtocolParameters): Upstream {
    const signing = {
      consumerKey: apiKey,
      consumerSecret: apiSecret,
      token: token?.token ?? null,
      tokenSecret: token?.secret ?? "",
    };
    return {
      name: "trello",
      baseUrl,
      mediaType: "application/json",
      authorize: (method, url) =>
        signedAuthorization(method, url, signing, randomBytes(16).toString("hex"), clock.now(), more),
      charges: () => [{ budget, cost: 1 }],
      limited: () => [budget.id],
      beforeAttempt: () => Promise.resolve(null),
      afterAttempt: () => Promise.resolve(),
      explain: explainLogin,
    };
  }

  async function ask(
    step: "OAuthGetRequestToken" | "OAuthGetAccessToken",
    from: Upstream,
  ): Promise<TokenPair> {
    const operation = `POST /${step}`;
    // The request for a request token may be repeated, because an unused request token does no harm. The exchange must
    // not be repeated, because it uses up the verifier.
    const access = step === "OAuthGetRequestToken" ? "read" : "write";
    const pass = { priority: "interactive", signal: options.signal } as const;
    const { text } = await send(from, { operation, method: "POST", path: `/${step}`, access }, pass);
    if (text === null) throw notDelivered();
    const values: unknown = Object.fromEntries(new URLSearchParams(text));
    const { oauth_token: token, oauth_token_secret: secret } = parseReply(pair, values, {
      upstream: "trello",
      operation,
    });
    return { token, secret };
  }

  return {
    requestToken: (callbackUrl) =>
      ask("OAuthGetRequestToken", upstream(null, { oauth_callback: callbackUrl })),
    authorizeUrl: ({ token }, { name, scopes, expiry }) =>
      addressOf(baseUrl, "/OAuthAuthorizeToken", {
        oauth_token: token,
        name,
        scope: scopes.join(","),
        expiration: expiry,
      }),
    accessToken: (request, verifier) =>
      ask("OAuthGetAccessToken", upstream(request, { oauth_verifier: verifier })),
    close() {
      lifetime.end();
      return http.close();
    },
  };
}

/**
 * The base URL of the login pages: they are at trello.com if the API is at api.trello.com
 * (developer.atlassian.com/cloud/trello/guides/rest-api/authorization, "Using Basic OAuth").
 */
function pagesUrl(apiBaseUrl: string): string {
  const url = new URL(apiBaseUrl);
  if (url.host === "api.trello.com") url.host = "trello.com";
  return url.href.replace(/\/+$/, "");
}

const AGAIN = "Run the `login` command again";

/**
 * The error of a failed login step. Trello publishes no error texts, so for an unknown refusal the step shows the
 * likely cause.
 */
function explainLogin(failure: Failure): AppError {
  const { outcome, access, operation } = failure;
  if (outcome.kind === "unsent") return explainFailure(failure, TRELLO_PHRASES);
  if (outcome.kind !== "reply" || isTransient(outcome.status)) {
    return access === "write" ? notDelivered() : explainFailure(failure, TRELLO_PHRASES);
  }
  if (![400, 401, 403].includes(outcome.status)) return explainFailure(failure, TRELLO_PHRASES);
  const words = (outcome.text ?? "").slice(0, 2_000);
  const refused = (message: string, next: string) =>
    new AppError("UNAUTHENTICATED", message, {
      next,
      details: { upstream: "trello", status: outcome.status, operation },
    });
  if (/signature|nonce|timestamp/i.test(words)) {
    return refused(
      "Trello refused the OAuth 1.0 signature.",
      "Check TRELLO_API_SECRET (the secret beside the API key, not a token) and the machine's clock.",
    );
  }
  if (/invalid (api |app )?key/i.test(words)) {
    return refused("Trello does not know the API key.", "Check TRELLO_API_KEY.");
  }
  if (access === "read") {
    return refused(
      "Trello did not accept the API key and its secret.",
      "Check TRELLO_API_KEY and TRELLO_API_SECRET; both are at https://trello.com/power-ups/admin, API key.",
    );
  }
  if (/verifier/i.test(words)) {
    return refused("Trello did not accept the verifier that the browser brought back.", `${AGAIN}.`);
  }
  return refused(
    "Trello no longer accepts this login: it waited too long, or it was finished already.",
    `${AGAIN} and decide within a few minutes.`,
  );
}

/** The error if the answer with the token was lost. The token may exist, but no program can read it any more. */
function notDelivered(): AppError {
  return new AppError("UPSTREAM_UNAVAILABLE", "Trello's last answer did not arrive, so there is no token.", {
    next: `${AGAIN}. The settings of the Trello account list the token if it was made. It can be revoked there.`,
    applied: "unknown",
    retry: "later",
  });
}
