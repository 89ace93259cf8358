import type { AtlassianAccount } from "../domain/atlassian.ts";
import { AppError } from "../domain/error.ts";
import { type Reads, requireOrganization } from "../domain/reads.ts";

/** The account, or NOT_FOUND. */
export async function accountWithId(accountId: string, reads: Reads): Promise<AtlassianAccount> {
  const account = await requireOrganization(reads).account(accountId);
  if (account) return account;
  throw new AppError("NOT_FOUND", "The organization has no account with that id.", {
    next: "Look the person up again and plan anew.",
    retry: "replan",
  });
}
