import { requireScim } from "../domain/reads.ts";
import { hasAttributes, patchOf, type ScimAttributes } from "../domain/scim-attributes.ts";
import { requireScimWrites } from "../domain/writes.ts";
import { defineEffect } from "./kind.ts";

type Target = { readonly scimId: string };
/** Without `active`, which takes access away and is `set_scim_active`. */
export type ScimChange = Omit<ScimAttributes, "active">;

/**
 * Changes named attributes of a SCIM User and leaves the others (PATCH /Users/{id}). `before` has the old value of each
 * of them; null stands for none, before as after.
 */
export const updateScimUser = defineEffect<Target, ScimChange, ScimChange>({
  op: "update_scim_user",
  resource: "scim_user",
  id: (target) => target.scimId,
  // Whoever has the mailbox of the userName can sign in as the person.
  classOf: ({ after }) => (after.userName === undefined ? "update" : "grant"),
  send: (target, after, writes) => requireScimWrites(writes).patchUser(target.scimId, patchOf(after)),
  async holds(target, { after }, reads) {
    return hasAttributes(await requireScim(reads).user(target.scimId), after);
  },
  async rebase(target, states, reads) {
    const user = await requireScim(reads).user(target.scimId);
    return hasAttributes(user, states.before) ? states : { changed: "other values are there now" };
  },
  invert: (target, { before, after }, label) => [
    { op: "update_scim_user", target, before: after, after: before, label },
  ],
  describe: (label, { after }) => `Change ${Object.keys(after).join(", ")} of ${label}`,
});
