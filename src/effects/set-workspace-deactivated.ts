import { defineEffect } from "./kind.ts";
import { workspaceMembership } from "./workspace-state.ts";

type Target = { readonly idOrganization: string; readonly idMember: string };
type State = { readonly deactivated: boolean };

/**
 * Deactivates or reactivates a member in one workspace (PUT /organizations/{id}/members/{idMember}/deactivated): card
 * assignments stay, the seat is freed. Paid workspaces only.
 */
export const setWorkspaceDeactivated = defineEffect<Target, State, State>({
  op: "set_workspace_deactivated",
  resource: "workspace_membership",
  id: (target) => `${target.idOrganization}/${target.idMember}/deactivated`,
  // Reactivating takes a paid seat again.
  classOf: ({ after }) => (after.deactivated ? "delete" : "grant"),
  send: (target, after, writes) =>
    writes.trello.setWorkspaceDeactivated(target.idOrganization, target.idMember, after.deactivated),
  async holds(target, { after }, reads) {
    const found = await workspaceMembership(reads, target.idOrganization, target.idMember);
    return found !== null && found.deactivated === after.deactivated;
  },
  async rebase(target, states, reads) {
    const found = await workspaceMembership(reads, target.idOrganization, target.idMember);
    return found ? states : { changed: "is not there any more" };
  },
  invert: (target, { before, after }, label) => [
    { op: "set_workspace_deactivated", target, before: after, after: before, label },
  ],
  describe: (label, { after }, where) =>
    `${after.deactivated ? "Deactivate" : "Reactivate"} ${label} in ${where}`,
});
