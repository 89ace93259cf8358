import { AppError, toAppError } from "../../domain/error.ts";
import type { Grants } from "../../domain/grant.ts";
import {
  hasOAuth2Scope,
  needsKeyAndToken,
  type OAuth2Scope,
  oauth2ScopeMissing,
} from "../../domain/oauth2-scopes.ts";
import { type HeldScopes, heldScopes } from "../../domain/token.ts";
import type { TokenInfo } from "../../domain/trello.ts";
import type { Pass } from "../gateway.ts";
import { type TrelloCredentials, trelloAuthorization } from "../http/authorization.ts";
import { createMemo } from "../http/memo.ts";
import { isMissingRight } from "./phrases.ts";
import type { AccessTokens } from "./access-tokens.ts";
import { SIGN_IN_NEXT } from "./access-tokens.ts";
import type { OAuth2Client } from "./oauth2.ts";
import type { Failure, Upstream } from "../http/upstream.ts";
import { withMissingScope } from "./token-scopes.ts";

/** A sign-in by OAuth 2.0. Its tokens are in the store. */
export interface OAuth2Credentials extends OAuth2Client {
  readonly grants: Grants;
  /** The name under which the store records that this process renews the tokens. Each gateway gets a new name. */
  readonly holder: string;
}

/** The credentials for Trello, in one of three ways: key and token, OAuth 1.0, or OAuth 2.0. */
export interface Credentials extends Pick<Upstream, "authorize" | "hasNewCredentials"> {
  /**
   * Trello has one limit of requests for each app, and one for each sign-in. These are the names of the app and the
   * sign-in. Both names stay the same after a token was renewed.
   */
  readonly counted: { readonly app: string; readonly signIn: string };
  token(pass: Pass): Promise<TokenInfo>;
  scopes(): Promise<HeldScopes | null>;
  /** Adds facts to the error of a refused request, such as a missing scope. Only these credentials know such facts. */
  explain(error: AppError, failure: Failure): Promise<AppError>;
}

/**
 * Credentials with key and token. If the secrets of OAuth 1.0 are set too, requests are signed with them. `fetchToken`
 * reads what Trello says about the token.
 */
export function keyAndToken(
  credentials: TrelloCredentials,
  now: () => number,
  fetchToken: (pass: Pass) => Promise<TokenInfo>,
): Credentials {
  const memo = createMemo();
  // The scopes of a token never change, so they are read once.
  const tokenOnce = () => memo("token", () => fetchToken({ priority: "interactive" }));
  // If Trello refuses to show the scopes, Trello is not asked for them again.
  const scopesOnce = () =>
    memo("scopes", () =>
      tokenOnce()
        .then(heldScopes)
        .catch((thrown: unknown) => {
          if (toAppError(thrown).retry === "later") throw thrown;
          return null;
        }),
    );
  return {
    authorize: trelloAuthorization(credentials, now),
    counted: { app: credentials.apiKey, signIn: credentials.apiToken },
    token: fetchToken,
    scopes: () => scopesOnce().catch(() => null),
    explain: (error, { access }) => withMissingScope(error, access, tokenOnce),
  };
}

/** The credentials "sign-in by OAuth 2.0". */
export function signIn({ clientId }: OAuth2Client, tokens: AccessTokens): Credentials {
  return {
    authorize: async () => `Bearer ${(await tokens.current()).accessToken}`,
    async hasNewCredentials(authorization, { operation }, outcome) {
      if (outcome.kind !== "reply") return false;
      const accessToken = authorization.slice("Bearer ".length);
      if (outcome.status < 300) tokens.accepted(accessToken);
      if (outcome.status !== 401) return false;
      const { scopes } = await tokens.current();
      if (missingFor(operation, scopes) !== null) return false;
      return await tokens.isReplaced(accessToken, isMissingRight(outcome));
    },
    counted: { app: clientId, signIn: `sign-in of ${clientId}` },
    async token() {
      const { idMember, scopes, signedInAt } = await tokens.current();
      return { idMember, dateCreated: signedInAt, dateExpires: null, permissions: [], oauth2: scopes };
    },
    async scopes() {
      const grant = await tokens.current().catch(() => null);
      return grant && { way: "oauth2", scopes: grant.scopes };
    },
    async explain(refusal, failure) {
      const { status, reason } = refusal.details;
      if (status !== 401 && status !== 403) return refusal;
      const grant = await tokens.current().catch(() => null);
      const missing = grant && missingFor(failure.operation, grant.scopes);
      if (missing === "none") return needsKeyAndToken(failure.operation, refusal.details);
      if (missing) return oauth2ScopeMissing(missing, refusal.details);
      const { code, message, details } = refusal;
      if (code === "UNAUTHENTICATED")
        return new AppError(code, "Trello did not accept the sign-in by OAuth 2.0.", {
          next: SIGN_IN_NEXT,
          details,
        });
      if (status !== 403 || reason !== undefined) return refusal;
      return new AppError(code, message, { next: FORBIDDEN_NEXT, details });
    },
  };
}

const FORBIDDEN_NEXT =
  "Ask the administrator to check the rights of the account that signed in, and the Trello plan of the workspace. If the app is a Power-Up, its sign-in covers only the workspaces that were chosen: run `login` again and choose this workspace, or register an app that is no Power-Up.";

/**
 * The scope that a request needs and that the sign-in does not have. `none` if Trello publishes no scope for the
 * request; null if nothing is missing.
 */
function missingFor(operation: string, granted: readonly string[]): OAuth2Scope | "none" | null {
  const needed = OPERATION_SCOPES[operation];
  if (needed === null) return "none";
  return needed?.find((scope) => !hasOAuth2Scope(granted, scope)) ?? null;
}

const WORKSPACE = ["read:organization"] as const;
const WORKSPACE_MEMBER = ["read:organization", "write:organization:membership"] as const;
const BOARD = ["read:board"] as const;
const BOARD_MEMBER = ["write:board:membership"] as const;
const CARD = ["write:board"] as const;
const ENTERPRISE = ["read:enterprise"] as const;
const ENTERPRISE_MEMBER = ["write:enterprise"] as const;

/**
 * The scope of each request to Trello, from Trello's API description of October 2026. null: Trello has no scope for the
 * request. A request is not in the list if every token may send it.
 */
export const OPERATION_SCOPES: Readonly<Record<string, readonly OAuth2Scope[] | null>> = {
  "GET /tokens/{token}/webhooks": null,
  "GET /organizations/{id}": WORKSPACE,
  "GET /organizations/{id}/memberships": WORKSPACE,
  "GET /organizations/{id}/actions": WORKSPACE,
  "GET /boards/{boardId}/actions": BOARD,
  "GET /organizations/{id}/boards": BOARD,
  "GET /organizations/{id}/newBillableGuests/{idBoard}": null,
  "PUT /organizations/{id}/members": ["write:organization:membership"],
  "PUT /organizations/{id}/members/{idMember}": WORKSPACE_MEMBER,
  "PUT /organizations/{id}/members/{idMember}/deactivated": WORKSPACE_MEMBER,
  "DELETE /organizations/{id}/members/{idMember}": ["write:organization:membership"],
  "DELETE /organizations/{id}/members/{idMember}/all": WORKSPACE_MEMBER,
  "GET /boards/{id}": BOARD,
  "GET /boards/{id}/memberships": BOARD,
  "GET /boards/{id}/cards/{filter}": BOARD,
  "PUT /boards/{id}/members": BOARD_MEMBER,
  "PUT /boards/{id}/members/{idMember}": BOARD_MEMBER,
  "DELETE /boards/{id}/members/{idMember}": BOARD_MEMBER,
  "GET /members/{id}/organizations": WORKSPACE,
  "GET /members/{id}/cards": BOARD,
  "PUT /members/{id}": ["write:member"],
  "PUT /cards/{id}": CARD,
  "POST /cards/{id}/idMembers": CARD,
  "DELETE /cards/{id}/idMembers/{idMember}": CARD,
  "GET /tokens/{token}": null,
  "DELETE /tokens/{token}/": null,
  "GET /enterprises/{id}": ENTERPRISE,
  "GET /enterprises/{id}/admins": ENTERPRISE,
  "GET /enterprises/{id}/organizations": ENTERPRISE,
  "PUT /enterprises/{id}/members/{idMember}/deactivated": ENTERPRISE_MEMBER,
  "PUT /enterprises/{id}/members/{idMember}/licensed": ENTERPRISE_MEMBER,
};
