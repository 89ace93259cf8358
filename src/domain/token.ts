import type { Effect } from "./effect.ts";
import { AppError, type AppErrorFacts } from "./error.ts";
import { hasOAuth2Scope, oauth2ScopeMissing, oauth2ScopesIn, writeScope } from "./oauth2-scopes.ts";
import type { TokenInfo } from "./trello.ts";

/** The scopes that a Trello token can have (Trello's documentation of authorization, `scope`). */
export const SCOPES = ["read", "write", "account"] as const;
export type Scope = (typeof SCOPES)[number];

const DAY_MS = 86_400_000;

/**
 * The scopes of a Trello token, found from its rights. A token with the scope `account` has the right to write `Member`
 * (the record of the token's owner).
 */
export function scopesOf({ permissions }: Pick<TokenInfo, "permissions">): readonly Scope[] {
  const has = (right: "read" | "write", models: readonly string[]) =>
    permissions.some((row) => models.includes(row.modelType) && row[right]);
  const held: Readonly<Record<Scope, boolean>> = {
    read: has("read", ["Board", "Organization"]),
    write: has("write", ["Board", "Organization"]),
    account: has("write", ["Member"]),
  };
  return SCOPES.filter((scope) => held[scope]);
}

/** The scopes of the credentials: either the scopes of a Trello token, or the scopes of a sign-in by OAuth 2.0. */
export type HeldScopes =
  | { readonly way: "token"; readonly scopes: readonly Scope[] }
  | { readonly way: "oauth2"; readonly scopes: readonly string[] };

export function heldScopes(token: TokenInfo): HeldScopes {
  return token.oauth2 ? { way: "oauth2", scopes: token.oauth2 } : { way: "token", scopes: scopesOf(token) };
}

/** The names of a token's scopes, as people read them. */
export function scopeNames(token: TokenInfo): readonly string[] {
  return token.oauth2 ? oauth2ScopesIn(token.oauth2) : scopesOf(token);
}

/** The error if a plan needs a scope that the token or sign-in does not have; null if nothing is missing. */
export function missingScope(
  effects: readonly Pick<Effect, "resource">[],
  held: HeldScopes,
): AppError | null {
  if (held.way === "token") {
    const missing = scopesFor(effects).find((scope) => !held.scopes.includes(scope));
    return missing ? scopeMissing(missing) : null;
  }
  for (const { resource } of effects) {
    const scope = writeScope(resource);
    if (scope && !hasOAuth2Scope(held.scopes, scope)) return oauth2ScopeMissing(scope);
  }
  return null;
}

/**
 * The token scopes that the effects of a plan need. Effects at Atlassian need none, because this server uses other keys
 * for Atlassian.
 */
function scopesFor(effects: readonly Pick<Effect, "resource">[]): readonly Scope[] {
  if (effects.some(({ resource }) => resource === "profile")) return ["write", "account"];
  return effects.some(({ resource }) => TRELLO_RESOURCES.has(resource)) ? ["write"] : [];
}

const TRELLO_RESOURCES: ReadonlySet<Effect["resource"]> = new Set<Effect["resource"]>([
  "board_membership",
  "card",
  "enterprise_membership",
  "workspace_membership",
]);

/** The error if a token does not have a scope that the call needs. */
export function scopeMissing(scope: Scope, details: AppErrorFacts["details"] = {}): AppError {
  return new AppError("UPSTREAM_FORBIDDEN", `The Trello token lacks the scope \`${scope}\`.`, {
    next: "A token's scopes cannot be changed: ask the administrator to make a new token with this scope, by the `login` command.",
    details: { ...details, reason: "scope_missing", scope },
  });
}

/** Whole days until a token expires; null if it never expires. `now`: milliseconds since 1970. */
export function daysLeft({ dateExpires }: Pick<TokenInfo, "dateExpires">, now: number): number | null {
  return dateExpires == null ? null : Math.floor((Date.parse(dateExpires) - now) / DAY_MS);
}

/**
 * The next step for a token that expires. The expiry date is fixed when a token is made, so a token can be replaced but
 * not extended.
 */
export const HOW_TO_REPLACE =
  "an expiry cannot be changed: make a new token with the `login` command in time";
