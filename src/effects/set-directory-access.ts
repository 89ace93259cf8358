import { requireOrganizationWrites } from "../domain/writes.ts";
import { accountWithId } from "./account-state.ts";
import { defineEffect } from "./kind.ts";

type Target = { readonly accountId: string };
type Access = { readonly suspended: boolean };

/**
 * Suspends or restores an account's access in the organization's directory: no app can be opened, nothing is billed, and
 * roles and groups come back with the access.
 */
export const setDirectoryAccess = defineEffect<Target, Access, Access>({
  op: "set_directory_access",
  resource: "atlassian_account",
  id: (target) => `${target.accountId}/access`,
  // Restored access is billed again.
  classOf: ({ after }) => (after.suspended ? "delete" : "grant"),
  send(target, after, writes) {
    const organization = requireOrganizationWrites(writes);
    return after.suspended
      ? organization.suspendAccess(target.accountId)
      : organization.restoreAccess(target.accountId);
  },
  async holds(target, { after }, reads) {
    const { membershipStatus } = await accountWithId(target.accountId, reads);
    return membershipStatus === (after.suspended ? "suspended" : "active");
  },
  invert: (target, { before, after }, label) => [
    { op: "set_directory_access", target, before: after, after: before, label },
  ],
  describe: (label, { after }) =>
    `${after.suspended ? "Suspend" : "Restore"} directory access of ${label} to the organization's apps`,
});
