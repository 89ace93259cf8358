import { AppError } from "../domain/error.ts";
import type { TokenInfo } from "../domain/trello.ts";
import type { Effect } from "./outcome.ts";

/** The token scope that a request of such an effect needs and the token lacks, or null (Trello: authorization, scope). */
function missingScope(token: TokenInfo, effect: Effect): Effect | null {
  return token.permissions.some((permission) => permission[effect]) ? null : effect;
}

/**
 * Trello says the same of a token without the scope as of a person without the right, so the token is asked which it
 * is. `error` is kept where it is the person, or where the token cannot be asked.
 */
export async function withMissingScope(
  error: AppError,
  effect: Effect,
  token: () => Promise<TokenInfo>,
): Promise<AppError> {
  if (error.details["reason"] !== "not_permitted") return error;
  try {
    const scope = missingScope(await token(), effect);
    if (!scope) return error;
    return new AppError("UPSTREAM_FORBIDDEN", `The Trello token lacks the scope \`${scope}\`.`, {
      next: "A token's scopes cannot be changed: ask the administrator to make a new one with it, by `trello-identity-mcp login`.",
      details: { ...error.details, reason: "scope_missing", scope },
    });
  } catch {
    return error;
  }
}
