import type { Effect } from "./effect.ts";
import { AppError, type AppErrorFacts } from "./error.ts";

/**
 * The ten scopes of Trello's OAuth 2.0, from its API description of October 2026. Requests write them with `:trello` at
 * the end. A sign-in asks for the scopes that the enabled tools need.
 */
export const OAUTH2_SCOPES = {
  "read:member": "your name and email",
  "read:organization": "workspaces and their people",
  "read:board": "boards, their people and cards",
  "read:enterprise": "the enterprise",
  "write:member": "change your own profile",
  "write:organization": "change workspaces",
  "write:organization:membership": "invite, change and remove people of workspaces",
  "write:board": "hand over cards",
  "write:board:membership": "add, change and remove people of boards",
  "write:enterprise": "deactivate people of the enterprise and set their licences",
} as const;

export type OAuth2Scope = keyof typeof OAUTH2_SCOPES;
export const OAUTH2_SCOPE_NAMES = Object.keys(OAUTH2_SCOPES) as readonly OAuth2Scope[];

/**
 * The scope with which Trello's sign-in gives a refresh token. Without this scope, the sign-in would end after an hour.
 */
export const OFFLINE_SCOPE = "offline_access";

/** Every tool reads these. */
export const READ_SCOPES: readonly OAuth2Scope[] = ["read:member", "read:organization", "read:board"];

const WIRE_END = ":trello";

export function wireScope(scope: OAuth2Scope): string {
  return `${scope}${WIRE_END}`;
}

/** Whether a sign-in has a scope. `granted`: the scopes as Trello sent them. */
export function hasOAuth2Scope(granted: readonly string[], scope: OAuth2Scope): boolean {
  return granted.includes(wireScope(scope)) || granted.includes(scope);
}

/** The scopes of a sign-in that this program knows, in the order of OAUTH2_SCOPES. */
export function oauth2ScopesIn(granted: readonly string[]): readonly OAuth2Scope[] {
  return OAUTH2_SCOPE_NAMES.filter((scope) => hasOAuth2Scope(granted, scope));
}

/**
 * The OAuth 2.0 scope that a change of each kind of resource needs. Changes of Atlassian's own resources need no scope
 * of Trello, because they are made with an Atlassian key.
 */
const WRITE_SCOPES: Readonly<Partial<Record<Effect["resource"], OAuth2Scope>>> = {
  workspace_membership: "write:organization:membership",
  board_membership: "write:board:membership",
  card: "write:board",
  enterprise_membership: "write:enterprise",
  profile: "write:member",
};

/** The scope that a change of this resource needs; null if it needs none. */
export function writeScope(resource: Effect["resource"]): OAuth2Scope | null {
  return WRITE_SCOPES[resource] ?? null;
}

/** The error if a sign-in does not have a scope that the call needs. */
export function oauth2ScopeMissing(scope: OAuth2Scope, details: AppErrorFacts["details"] = {}): AppError {
  return new AppError("UPSTREAM_FORBIDDEN", `The sign-in by OAuth 2.0 lacks the scope \`${scope}\`.`, {
    next: "Ask the administrator to enable the scope for the app at Trello, and to run the `login` command again with the toolsets that this server uses.",
    details: { ...details, reason: "scope_missing", scope },
  });
}

/**
 * The error for a request that works only with the Trello key and token, while the server signs in to Trello by OAuth
 * 2.0.
 */
export function needsKeyAndToken(operation: string, details: AppErrorFacts["details"] = {}): AppError {
  return new AppError(
    "UPSTREAM_FORBIDDEN",
    `Trello publishes no OAuth 2.0 scope for ${operation}, and refused it.`,
    {
      next: "Ask the administrator to use a key and a token instead: TRELLO_API_KEY and TRELLO_API_TOKEN, without TRELLO_OAUTH2_CLIENT_ID.",
      details: { ...details, reason: "needs_key_and_token" },
    },
  );
}
