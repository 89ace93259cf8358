import { requireScimWrites } from "../domain/writes.ts";
import { findGroup, findUser, groupIdOf, userIdOf } from "../people/scim.ts";
import { defineEffect } from "./kind.ts";
import { isInGroup, membershipKey, type MembershipRef } from "./scim-group-member.ts";

/** Adds a User to a SCIM Group (PATCH /Groups/{id}), and so to what the group gives access to. */
export const addScimGroupMember = defineEffect<MembershipRef, null, null>({
  op: "add_scim_group_member",
  resource: "scim_group_membership",
  id: membershipKey,
  classOf: () => "create",
  async send(target, _after, writes, reads) {
    const [group, value] = [await groupIdOf(target, reads), await userIdOf(target, reads)];
    await requireScimWrites(writes).patchGroup(group, [{ op: "add", path: "members", value: [{ value }] }]);
  },
  holds: (target, _states, reads) => isInGroup(target, reads),
  async rebase(target, states, reads) {
    if ((await findGroup(target, reads)) === null) return { changed: "the group is gone" };
    return (await findUser(target, reads)) === null ? { changed: "the user is gone" } : states;
  },
  invert: (target, _states, label) => [
    { op: "remove_scim_group_member", target, before: null, after: null, label },
  ],
  describe: (label, _states, where) => `Add ${label} to ${where}`,
});
