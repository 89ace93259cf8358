import { AppError } from "../domain/error.ts";
import { scopesOf } from "../domain/token.ts";
import type { Scope } from "../domain/token.ts";
import type { TokenInfo } from "../domain/trello.ts";
import type { Effect } from "./outcome.ts";

/** What changes the person's own record, beyond `write` (Trello: authorization, scope `account`). */
const ACCOUNT_OPERATIONS: readonly unknown[] = ["PUT /members/{id}"];

/** The first token scope that a request needs and the token lacks, or null. */
function missingScope(token: TokenInfo, effect: Effect, operation: unknown): Scope | null {
  const held = scopesOf(token);
  const needed: readonly Scope[] = ACCOUNT_OPERATIONS.includes(operation) ? [effect, "account"] : [effect];
  return needed.find((scope) => !held.includes(scope)) ?? null;
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
    const scope = missingScope(await token(), effect, error.details["operation"]);
    if (!scope) return error;
    return new AppError("UPSTREAM_FORBIDDEN", `The Trello token lacks the scope \`${scope}\`.`, {
      next: "A token's scopes cannot be changed: ask the administrator to make a new one with it, by `trello-identity-mcp login`.",
      details: { ...error.details, reason: "scope_missing", scope },
    });
  } catch {
    return error;
  }
}
