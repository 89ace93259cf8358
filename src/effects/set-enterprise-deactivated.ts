import type { EnterpriseMember } from "../domain/enterprise.ts";
import { hasFlag, learnsAdminHub, requireEnterpriseWrites } from "./enterprise-state.ts";
import { defineEffect } from "./kind.ts";

type State = { readonly deactivated: boolean };

/** Deactivates or reactivates a member in every workspace of the enterprise (PUT .../members/{idMember}/deactivated). */
export const setEnterpriseDeactivated = defineEffect<EnterpriseMember, State, State>({
  op: "set_enterprise_deactivated",
  resource: "enterprise_membership",
  id: (target) => `${target.idEnterprise}/${target.idMember}/deactivated`,
  // Reactivating takes a licence again.
  classOf: ({ after }) => (after.deactivated ? "delete" : "grant"),
  async send(target, after, writes, reads) {
    await requireEnterpriseWrites(writes, reads, target).setDeactivated(target.idMember, after.deactivated);
  },
  holds: async (target, { after }, reads) =>
    (await hasFlag(target, "deactivated", reads)) === after.deactivated,
  invert: (target, { before, after }, label) => [
    { op: "set_enterprise_deactivated", target, before: after, after: before, label },
  ],
  describe: (label, { after }) =>
    `${after.deactivated ? "Deactivate" : "Reactivate"} ${label} in the enterprise`,
  learns: learnsAdminHub,
});
