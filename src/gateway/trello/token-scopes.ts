import type { AppError } from "../../domain/error.ts";
import { type Scope, scopeMissing, scopesOf } from "../../domain/token.ts";
import type { TokenInfo } from "../../domain/trello.ts";
import type { Access } from "../http/request.ts";

/**
 * Requests that change the token owner's own profile. They need the scope `account` in addition to `write` (Trello:
 * authorization).
 */
const ACCOUNT_OPERATIONS: readonly unknown[] = ["PUT /members/{id}"];

/** The first token scope that a request needs and the token does not have; null if none is missing. */
function missingScope(token: TokenInfo, access: Access, operation: unknown): Scope | null {
  const held = scopesOf(token);
  const needed: readonly Scope[] = ACCOUNT_OPERATIONS.includes(operation) ? [access, "account"] : [access];
  return needed.find((scope) => !held.includes(scope)) ?? null;
}

/**
 * Finds out whether a request failed because the token lacks a scope. Trello gives the same answer if the person lacks
 * a right, so the token's scopes are read. If no scope is missing, or the token cannot be read, `error` is returned
 * unchanged.
 */
export async function withMissingScope(
  error: AppError,
  access: Access,
  token: () => Promise<TokenInfo>,
): Promise<AppError> {
  if (error.details["reason"] !== "not_permitted") return error;
  try {
    const scope = missingScope(await token(), access, error.details["operation"]);
    if (!scope) return error;
    return scopeMissing(scope, error.details);
  } catch {
    return error;
  }
}
