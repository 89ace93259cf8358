import type { AtlassianAccount } from "../domain/atlassian.ts";
import { AppError } from "../domain/error.ts";
import { type Reads, requireOrganization } from "../domain/reads.ts";
import { requireOrganizationWrites } from "../domain/writes.ts";
import { defineEffect, RANK, swapBack } from "./define-effect.ts";

type EnabledTarget = { readonly accountId: string };
type Enabled = { readonly enabled: boolean };

/**
 * Deactivates or reactivates an Atlassian account that the organization manages (user management API, lifecycle). The
 * person loses or regains all Atlassian products.
 */
export const setAccountEnabled = defineEffect<EnabledTarget, Enabled, Enabled>({
  op: "set_account_enabled",
  resource: "atlassian_account",
  rank: RANK.account,
  account: "disable",
  id: (target) => `${target.accountId}/enabled`,
  // Enabling counts as `grant`, because the person gets the products back and Atlassian bills them again.
  classOf: ({ after }) => (after.enabled ? "grant" : "delete"),
  send({ target, after }, writes) {
    const organization = requireOrganizationWrites(writes);
    return after.enabled
      ? organization.enableAccount(target.accountId)
      : organization.disableAccount(target.accountId);
  },
  async holds({ target, after }, reads) {
    const { accountStatus } = await accountWithId(target.accountId, reads);
    return accountStatus === (after.enabled ? "active" : "inactive");
  },
  invert: swapBack,
  describe: ({ after }) => [
    `${after.enabled ? "Enable" : "Disable"} the Atlassian account of `,
    " itself, for every sign-in",
  ],
});

type AccessTarget = { readonly accountId: string };
type Access = { readonly suspended: boolean };

/**
 * Suspends or restores a person's access in the organization's directory. A suspended person can open no app of the
 * organization, and Atlassian bills nothing. Restoring also brings back the roles and groups.
 */
export const setDirectoryAccess = defineEffect<AccessTarget, Access, Access>({
  op: "set_directory_access",
  resource: "atlassian_account",
  rank: RANK.account,
  account: "suspend",
  id: (target) => `${target.accountId}/access`,
  // Atlassian bills restored access again.
  classOf: ({ after }) => (after.suspended ? "delete" : "grant"),
  send({ target, after }, writes) {
    const organization = requireOrganizationWrites(writes);
    return after.suspended
      ? organization.suspendAccess(target.accountId)
      : organization.restoreAccess(target.accountId);
  },
  async holds({ target, after }, reads) {
    const { membershipStatus } = await accountWithId(target.accountId, reads);
    return membershipStatus === (after.suspended ? "suspended" : "active");
  },
  invert: swapBack,
  describe: ({ after }) => [
    `${after.suspended ? "Suspend" : "Restore"} directory access of `,
    " to the organization's apps",
  ],
});

/** Reads the account with this id. NOT_FOUND if the organization has no such account. */
async function accountWithId(accountId: string, reads: Reads): Promise<AtlassianAccount> {
  const account = await requireOrganization(reads).account(accountId);
  if (account) return account;
  throw new AppError("NOT_FOUND", "The organization has no account with that id.", {
    next: "Search for the person again and make a new plan.",
    retry: "replan",
  });
}
