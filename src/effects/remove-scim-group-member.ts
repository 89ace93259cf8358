import { requireScimWrites } from "../domain/writes.ts";
import { groupIdOf, userIdOf } from "../people/scim.ts";
import { defineEffect } from "./kind.ts";
import { isInGroup, membershipKey, type MembershipRef } from "./scim-group-member.ts";

/** Removes a User from a SCIM Group (PATCH /Groups/{id}), and so from what the group gave access to. */
export const removeScimGroupMember = defineEffect<MembershipRef, null, null>({
  op: "remove_scim_group_member",
  resource: "scim_group_membership",
  id: membershipKey,
  classOf: () => "delete",
  async send(target, _after, writes, reads) {
    const [group, value] = [await groupIdOf(target, reads), await userIdOf(target, reads)];
    await requireScimWrites(writes).patchGroup(group, [
      { op: "remove", path: `members[value eq ${JSON.stringify(value)}]` },
    ]);
  },
  holds: async (target, _states, reads) => !(await isInGroup(target, reads)),
  invert: (target, _states, label) => [
    { op: "add_scim_group_member", target, before: null, after: null, label },
  ],
  describe: (label, _states, where) => `Remove ${label} from ${where}`,
});
