import type { WorkspaceRole } from "../domain/writes.ts";
import { defineEffect } from "./kind.ts";
import { roleChange, workspaceMembership } from "./workspace-state.ts";

type Target = { readonly idOrganization: string; readonly idMember: string };
type Role = { readonly memberType: string };

/** Adds an existing member to a workspace, or changes the role there (PUT /organizations/{id}/members/{idMember}). */
export const setWorkspaceMember = defineEffect<Target, Role | null, Role>({
  op: "set_workspace_member",
  resource: "workspace_membership",
  id: (target) => `${target.idOrganization}/${target.idMember}`,
  classOf: ({ before, after }) => (after.memberType === "admin" ? "grant" : before ? "update" : "create"),
  send: (target, after, writes) =>
    writes.trello.setWorkspaceMember(
      target.idOrganization,
      target.idMember,
      after.memberType as WorkspaceRole,
    ),
  async holds(target, { after }, reads) {
    const found = await workspaceMembership(reads, target.idOrganization, target.idMember);
    return found !== null && found.memberType === after.memberType;
  },
  rebase: async (target, states, reads) =>
    roleChange(await workspaceMembership(reads, target.idOrganization, target.idMember), states.before) ??
    states,
  invert: (target, { before, after }, label) =>
    before
      ? [{ op: "set_workspace_member", target, before: after, after: before, label }]
      : [{ op: "remove_workspace_member", target, before: after, after: null, label }],
  describe: (label, { before, after }, where) =>
    before
      ? `Change ${label} in ${where} from ${before.memberType} to ${after.memberType}`
      : `Add ${label} to ${where} as ${after.memberType}`,
});
