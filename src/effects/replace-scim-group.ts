import { requireScimWrites } from "../domain/writes.ts";
import { findGroup, groupKey } from "../people/scim.ts";
import { defineEffect } from "./kind.ts";

/** The name goes along because PUT takes the whole Group; Atlassian lets nobody change it. */
type Target = { readonly groupId: string; readonly displayName: string };
/** Ids of Users. */
type Members = { readonly members: readonly string[] };

/** Makes the members of a SCIM Group exactly those named, in one request (PUT /Groups/{id}). */
export const replaceScimGroup = defineEffect<Target, Members, Members>({
  op: "replace_scim_group",
  resource: "scim_group",
  id: groupKey,
  classOf: ({ before, after }) => (without(before, after).length > 0 ? "delete" : "update"),
  send: ({ groupId, displayName }, { members }, writes) =>
    requireScimWrites(writes).replaceGroup(groupId, { displayName, members }),
  async holds({ groupId }, { after }, reads) {
    const group = await findGroup({ groupId }, reads);
    if (group === null) return false;
    const present = { members: group.members.map(({ value }) => value) };
    return without(present, after).length === 0 && without(after, present).length === 0;
  },
  // Those whom it was worked out to bring and to take, whoever else came and went meanwhile.
  async rebase({ groupId }, { before, after }, reads) {
    const group = await findGroup({ groupId }, reads);
    if (group === null) return { changed: "the group is gone" };
    const present = { members: group.members.map(({ value }) => value) };
    const staying = without(present, { members: without(before, after) });
    const coming = without({ members: without(after, before) }, present);
    return { before: present, after: { members: [...staying, ...coming] } };
  },
  invert: (target, { before, after }, label) => [
    { op: "replace_scim_group", target, before: after, after: before, label },
  ],
  describe: (label, { before, after }) =>
    `Set the members of SCIM group ${label}: ${without(after, before).length} come, ${without(before, after).length} go`,
});

function without({ members }: Members, others: Members): readonly string[] {
  const known = new Set(others.members);
  return members.filter((id) => !known.has(id));
}
