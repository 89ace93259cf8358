import { defineEffect } from "./kind.ts";
import { backInWorkspace, roleChange, workspaceMembership } from "./workspace-state.ts";

type Target = { readonly idOrganization: string; readonly idMember: string };
type Before = { readonly memberType: string; readonly deactivated?: true };

/** Removes a member from a workspace and from none of its boards (DELETE /organizations/{id}/members/{idMember}). */
export const removeWorkspaceMember = defineEffect<Target, Before, null>({
  op: "remove_workspace_member",
  resource: "workspace_membership",
  id: (target) => `${target.idOrganization}/${target.idMember}`,
  classOf: () => "delete",
  send: (target, _after, writes) =>
    writes.trello.removeWorkspaceMember(target.idOrganization, target.idMember),
  async holds(target, _states, reads) {
    return (await workspaceMembership(reads, target.idOrganization, target.idMember)) === null;
  },
  rebase: async (target, states, reads) =>
    roleChange(await workspaceMembership(reads, target.idOrganization, target.idMember), states.before) ??
    states,
  invert: (target, { before }, label) => backInWorkspace(target, before, label),
  describe: (label, _states, where) => `Remove ${label} from ${where}`,
});
