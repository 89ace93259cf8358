import type { AtlassianAccount } from "../domain/atlassian.ts";
import { AppError } from "../domain/error.ts";
import { requireOrganization } from "../domain/reads.ts";
import type { Reads } from "../domain/reads.ts";
import type { OrganizationWrites, Writes } from "../gateway/gateway.ts";

/** The organization writes, or the error that says which settings are missing. */
export function requireOrganizationWrites(writes: Writes): OrganizationWrites {
  if (writes.organization) return writes.organization;
  throw new AppError("CONFIG_INVALID", "The Atlassian organization API is not configured.", {
    next: "Set ATLASSIAN_ORG_ID and ATLASSIAN_ORG_API_KEY.",
  });
}

/** The account, or NOT_FOUND. */
export async function accountWithId(accountId: string, reads: Reads): Promise<AtlassianAccount> {
  const account = await requireOrganization(reads).account(accountId);
  if (account) return account;
  throw new AppError("NOT_FOUND", "The organization has no account with that id.", {
    next: "Look the person up again and plan anew.",
    retry: "replan",
  });
}
