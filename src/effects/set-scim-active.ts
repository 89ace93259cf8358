import { AppError } from "../domain/error.ts";
import { requireScim } from "../domain/reads.ts";
import { defineEffect } from "./kind.ts";

type Target = { readonly scimId: string };
type Active = { readonly active: boolean };

/** Deactivates or reactivates a SCIM User by PATCH, the form that can be undone (RFC 7644 section 3.5.2). */
export const setScimActive = defineEffect<Target, Active, Active>({
  op: "set_scim_active",
  resource: "scim_user",
  id: (target) => target.scimId,
  classOf: ({ after }) => (after.active ? "update" : "delete"),
  send: (target, after, writes) => {
    if (!writes.scim)
      throw new AppError("CONFIG_INVALID", "SCIM is not configured.", {
        next: "Set ATLASSIAN_SCIM_DIRECTORY_ID and ATLASSIAN_SCIM_TOKEN.",
      });
    return writes.scim.patchUser(target.scimId, [{ op: "replace", path: "active", value: after.active }]);
  },
  async holds(target, { after }, reads) {
    return (await requireScim(reads).user(target.scimId)).active === after.active;
  },
  invert: (target, { before, after }, label) => [
    { op: "set_scim_active", target, before: after, after: before, label },
  ],
  describe: (label, { after }) =>
    `${after.active ? "Reactivate" : "Deactivate"} the Atlassian account of ${label} by its SCIM User`,
});
