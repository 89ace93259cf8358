import type { EnterpriseMember } from "../domain/enterprise.ts";
import { hasFlag, learnsAdminHub, requireEnterpriseWrites } from "./enterprise-state.ts";
import { defineEffect, type Inverse } from "./kind.ts";

/** `deactivated` before: taking the licence away deactivates as well, so undoing it is two things. */
type Before = { readonly licensed: boolean; readonly deactivated: boolean };
type After = { readonly licensed: boolean };

/** Gives or takes a licence of the enterprise (PUT .../members/{idMember}/licensed). */
export const setEnterpriseLicensed = defineEffect<EnterpriseMember, Before, After>({
  op: "set_enterprise_licensed",
  resource: "enterprise_membership",
  id: (target) => `${target.idEnterprise}/${target.idMember}/licensed`,
  classOf: ({ after }) => (after.licensed ? "grant" : "delete"),
  async send(target, after, writes, reads) {
    await requireEnterpriseWrites(writes, reads, target).setLicensed(target.idMember, after.licensed);
  },
  holds: async (target, { after }, reads) => (await hasFlag(target, "licensed", reads)) === after.licensed,
  invert(target, { before, after }, label) {
    const deactivated = !after.licensed || before.deactivated;
    const licence: Inverse = {
      op: "set_enterprise_licensed",
      target,
      before: { licensed: after.licensed, deactivated },
      after: { licensed: before.licensed },
      label,
    };
    const activity: Inverse = {
      op: "set_enterprise_deactivated",
      target,
      before: { deactivated: true },
      after: { deactivated: false },
      label,
    };
    return before.licensed && !before.deactivated && !after.licensed ? [licence, activity] : [licence];
  },
  describe: (label, { after }) =>
    after.licensed
      ? `Give ${label} a licence of the enterprise`
      : `Take the enterprise licence of ${label}, which deactivates`,
  learns: learnsAdminHub,
});
