import { requireScimWrites } from "../domain/writes.ts";
import { findGroup, groupKey } from "../people/scim.ts";
import { defineEffect } from "./kind.ts";

type Target = { readonly groupName: string };
/** Ids of Users. */
type Members = { readonly members: readonly string[] };

/** Creates a SCIM Group (POST /Groups) with members whose ids are known; others are added by effects that follow. */
export const createScimGroup = defineEffect<Target, null, Members>({
  op: "create_scim_group",
  resource: "scim_group",
  id: groupKey,
  classOf: () => "create",
  async send(target, { members }, writes) {
    await requireScimWrites(writes).createGroup({ displayName: target.groupName, members });
  },
  async holds(target, { after }, reads) {
    const group = await findGroup(target, reads);
    const present = new Set(group?.members.map(({ value }) => value));
    return group !== null && after.members.every((id) => present.has(id));
  },
  invert: (target, { after }, label) => [
    { op: "delete_scim_group", target, before: after, after: null, label },
  ],
  describe: (label, { after }) =>
    `Create SCIM group ${label} with ${after.members.length === 1 ? "1 member" : `${after.members.length} members`}`,
});
