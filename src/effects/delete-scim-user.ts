import { scimResourceOf } from "../domain/scim-attributes.ts";
import type { ScimUserResource } from "../domain/scim.ts";
import { clean } from "../domain/text.ts";
import { requireScimWrites } from "../domain/writes.ts";
import { findUser, userIdOf, userKey, type UserRef } from "../people/scim.ts";
import { defineEffect } from "./kind.ts";

/** Deletes a SCIM User for good (DELETE /Users/{id}); a managed account is deactivated, and a new User gets another id. */
export const deleteScimUser = defineEffect<UserRef, ScimUserResource, null>({
  op: "delete_scim_user",
  resource: "scim_user",
  id: userKey,
  classOf: () => "delete",
  async send(target, _after, writes, reads) {
    await requireScimWrites(writes).deleteUser(await userIdOf(target, reads));
  },
  holds: async (target, _states, reads) => (await findUser(target, reads)) === null,
  async rebase(target, states, reads) {
    const user = await findUser(target, reads);
    return user ? { ...states, before: scimResourceOf(user) } : states;
  },
  typed: (_target, before) => clean(before.userName, 254),
  invert: () => [],
  describe: (label) => `Delete SCIM user ${label} for good`,
});
