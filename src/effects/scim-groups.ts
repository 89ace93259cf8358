import type { Reads } from "../domain/reads.ts";
import { clean } from "../domain/text.ts";
import { requireScimWrites } from "../domain/writes.ts";
import { findScimGroup, requireScimGroupId, groupKey, type GroupRef } from "../people/scim-groups.ts";
import { findScimUser, requireScimUserId, userKey, type UserRef } from "../people/scim-users.ts";
import { isScimGroup, isScimUser } from "./keys.ts";
import { defineEffect, RANK, swapBack } from "./define-effect.ts";

type CreateTarget = { readonly groupName: string };
/** Ids of Users. */
type CreateAfter = { readonly members: readonly string[] };

/**
 * Creates a SCIM Group (POST /Groups) with the members whose ids are already known. Later effects add the other
 * members.
 */
export const createScimGroup = defineEffect<CreateTarget, null, CreateAfter>({
  op: "create_scim_group",
  resource: "scim_group",
  rank: RANK.group,
  id: groupKey,
  gives: ({ target }) => [isScimGroup(groupKey(target))],
  classOf: () => "create",
  async send({ target, after: { members } }, writes) {
    await requireScimWrites(writes).createGroup({ displayName: target.groupName, members });
  },
  async holds({ target, after }, reads) {
    const group = await findScimGroup(target, reads);
    const present = new Set(group?.members.map(({ value }) => value));
    return group !== null && after.members.every((id) => present.has(id));
  },
  invert: ({ target, after, label }) => [
    { op: "delete_scim_group", target, before: after, after: null, label },
  ],
  describe: ({ after }) => ["Create SCIM group ", ` with ${memberCount(after)}`],
});

/**
 * A PUT replaces the whole Group, and Atlassian refuses a PUT with another name. So the target contains the present
 * name, `displayName`.
 */
type ReplaceTarget = { readonly groupId: string; readonly displayName: string };
/** Ids of Users. */
type Members = { readonly members: readonly string[] };

/** Replaces the member list of a SCIM Group, in one request (PUT /Groups/{id}). */
export const replaceScimGroup = defineEffect<ReplaceTarget, Members, Members>({
  op: "replace_scim_group",
  resource: "scim_group",
  rank: RANK.group,
  id: groupKey,
  classOf: ({ before, after }) => (without(before, after).length > 0 ? "delete" : "update"),
  send: ({ target: { groupId, displayName }, after: { members } }, writes) =>
    requireScimWrites(writes).replaceGroup(groupId, { displayName, members }),
  async holds({ target: { groupId }, after }, reads) {
    const group = await findScimGroup({ groupId }, reads);
    if (group === null) return false;
    const present = { members: group.members.map(({ value }) => value) };
    return without(present, after).length === 0 && without(after, present).length === 0;
  },
  // Adds and removes only the planned people. What other programs have changed in the Group meanwhile stays.
  async rebase({ target: { groupId }, before, after }, reads) {
    const group = await findScimGroup({ groupId }, reads);
    if (group === null) return { changed: "the group is gone" };
    const present = { members: group.members.map(({ value }) => value) };
    const staying = without(present, { members: without(before, after) });
    const coming = without({ members: without(after, before) }, present);
    return { before: present, after: { members: [...staying, ...coming] } };
  },
  invert: swapBack,
  describe: ({ before, after }) => [
    "Set the members of SCIM group ",
    `: ${without(after, before).length} added, ${without(before, after).length} removed`,
  ],
});

function without({ members }: Members, others: Members): readonly string[] {
  const known = new Set(others.members);
  return members.filter((id) => !known.has(id));
}

/** Ids of Users. */
type DeleteBefore = { readonly members: readonly string[] };

/**
 * Deletes a SCIM Group (DELETE /Groups/{id}). There is no undo: its members lose the Group's product roles, and a new
 * Group with the same name has a new id and no roles.
 */
export const deleteScimGroup = defineEffect<GroupRef, DeleteBefore, null>({
  op: "delete_scim_group",
  resource: "scim_group",
  rank: RANK.group,
  id: groupKey,
  classOf: () => "delete",
  async send({ target }, writes, reads) {
    await requireScimWrites(writes).deleteGroup(await requireScimGroupId(target, reads));
  },
  holds: async ({ target }, reads) => (await findScimGroup(target, reads)) === null,
  async rebase(effect, reads) {
    const group = await findScimGroup(effect.target, reads);
    return group ? { ...effect, before: { members: group.members.map(({ value }) => value) } } : effect;
  },
  typedName: ({ target, label }) => ("groupName" in target ? clean(target.groupName) : label),
  invert: () => [],
  describe: ({ before }) => ["Delete SCIM group ", ` with ${memberCount(before)} for good`],
});

function memberCount({ members }: Members): string {
  return members.length === 1 ? "1 member" : `${members.length} members`;
}

/** Adds a User to a SCIM Group (PATCH /Groups/{id}). The User gets the access that the Group gives. */
export const addScimGroupMember = defineEffect<MembershipRef, null, null>({
  op: "add_scim_group_member",
  resource: "scim_group_membership",
  rank: RANK.groupMembership,
  id: membershipKey,
  needs: ({ target }) => [isScimGroup(groupKey(target)), isScimUser(userKey(target))],
  classOf: () => "create",
  async send({ target }, writes, reads) {
    const [group, value] = [await requireScimGroupId(target, reads), await requireScimUserId(target, reads)];
    await requireScimWrites(writes).patchGroup(group, [{ op: "add", path: "members", value: [{ value }] }]);
  },
  holds: ({ target }, reads) => isInGroup(target, reads),
  async rebase(effect, reads) {
    if ((await findScimGroup(effect.target, reads)) === null) return { changed: "the group is gone" };
    return (await findScimUser(effect.target, reads)) === null ? { changed: "the user is gone" } : effect;
  },
  invert: ({ target, label }) => [
    { op: "remove_scim_group_member", target, before: null, after: null, label },
  ],
  describe: () => ["Add ", " to "],
});

/** Removes a User from a SCIM Group (PATCH /Groups/{id}). The User loses the access that the Group gave. */
export const removeScimGroupMember = defineEffect<MembershipRef, null, null>({
  op: "remove_scim_group_member",
  resource: "scim_group_membership",
  rank: RANK.groupMembership,
  id: membershipKey,
  classOf: () => "delete",
  async send({ target }, writes, reads) {
    const [group, value] = [await requireScimGroupId(target, reads), await requireScimUserId(target, reads)];
    await requireScimWrites(writes).patchGroup(group, [
      { op: "remove", path: `members[value eq ${JSON.stringify(value)}]` },
    ]);
  },
  holds: async ({ target }, reads) => !(await isInGroup(target, reads)),
  invert: ({ target, label }) => [{ op: "add_scim_group_member", target, before: null, after: null, label }],
  describe: () => ["Remove ", " from "],
});

/** A User and a Group. Each is given by id, or by name if an earlier effect of the same run creates it. */
export type MembershipRef = GroupRef & UserRef;

function membershipKey(target: MembershipRef): string {
  return `${groupKey(target)}/${userKey(target)}`;
}

/** Whether the User is in the Group. false if the User or the Group does not exist. */
async function isInGroup(target: MembershipRef, reads: Reads): Promise<boolean> {
  const group = await findScimGroup(target, reads);
  const scimId = "scimId" in target ? target.scimId : (await findScimUser(target, reads))?.id;
  return group?.members.some(({ value }) => value === scimId) ?? false;
}
