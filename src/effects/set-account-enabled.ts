import { requireOrganizationWrites } from "../domain/writes.ts";
import { accountWithId } from "./account-state.ts";
import { defineEffect } from "./kind.ts";

type Target = { readonly accountId: string };
type Enabled = { readonly enabled: boolean };

/** Deactivates or reactivates a managed Atlassian account (user management API, lifecycle): every product goes with it. */
export const setAccountEnabled = defineEffect<Target, Enabled, Enabled>({
  op: "set_account_enabled",
  resource: "atlassian_account",
  id: (target) => `${target.accountId}/enabled`,
  // The products come back with the account, and are billed.
  classOf: ({ after }) => (after.enabled ? "grant" : "delete"),
  send(target, after, writes) {
    const organization = requireOrganizationWrites(writes);
    return after.enabled
      ? organization.enableAccount(target.accountId)
      : organization.disableAccount(target.accountId);
  },
  async holds(target, { after }, reads) {
    const { accountStatus } = await accountWithId(target.accountId, reads);
    return accountStatus === (after.enabled ? "active" : "inactive");
  },
  invert: (target, { before, after }, label) => [
    { op: "set_account_enabled", target, before: after, after: before, label },
  ],
  describe: (label, { after }) =>
    `${after.enabled ? "Enable" : "Disable"} the Atlassian account of ${label} itself, for every sign-in`,
});
