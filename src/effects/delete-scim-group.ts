import { clean } from "../domain/text.ts";
import { requireScimWrites } from "../domain/writes.ts";
import { findGroup, groupIdOf, groupKey, type GroupRef } from "../people/scim.ts";
import { defineEffect } from "./kind.ts";

/** Ids of Users. */
type Members = { readonly members: readonly string[] };

/**
 * Deletes a SCIM Group (DELETE /Groups/{id}). Nothing undoes it: the product roles that its members had by it go too,
 * and a new group of that name has another id and none of them.
 */
export const deleteScimGroup = defineEffect<GroupRef, Members, null>({
  op: "delete_scim_group",
  resource: "scim_group",
  id: groupKey,
  classOf: () => "delete",
  async send(target, _after, writes, reads) {
    await requireScimWrites(writes).deleteGroup(await groupIdOf(target, reads));
  },
  holds: async (target, _states, reads) => (await findGroup(target, reads)) === null,
  async rebase(target, states, reads) {
    const group = await findGroup(target, reads);
    return group ? { ...states, before: { members: group.members.map(({ value }) => value) } } : states;
  },
  typed: (target, _before, label) => ("groupName" in target ? clean(target.groupName) : label),
  invert: () => [],
  describe: (label, { before }) =>
    `Delete SCIM group ${label} with ${before.members.length === 1 ? "1 member" : `${before.members.length} members`} for good`,
});
