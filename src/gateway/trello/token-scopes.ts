import type { AppError } from "../../domain/error.ts";
import { type Scope, scopeMissing, scopesOf } from "../../domain/token.ts";
import type { TokenInfo } from "../../domain/trello.ts";
import type { Access } from "../http/request.ts";

/** Changes of the person's own record need more than `write` (Trello: authorization, scope `account`). */
const ACCOUNT_OPERATIONS: readonly unknown[] = ["PUT /members/{id}"];

/** The first token scope that a request needs and the token lacks, or null. */
function missingScope(token: TokenInfo, access: Access, operation: unknown): Scope | null {
  const held = scopesOf(token);
  const needed: readonly Scope[] = ACCOUNT_OPERATIONS.includes(operation) ? [access, "account"] : [access];
  return needed.find((scope) => !held.includes(scope)) ?? null;
}

/**
 * Trello gives the same answer to a token without the scope and to a person without the right. So this reads the
 * token's scopes. `error` stays if the person lacks the right, or if the token cannot be read.
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
