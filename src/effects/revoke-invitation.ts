import { defineEffect } from "./kind.ts";
import { boardMembership, workspaceMembership } from "./workspace-state.ts";

/** `idBoard` is empty for an invitation to the workspace. */
type Target = {
  readonly idOrganization: string;
  readonly idBoard: string;
  readonly idMember: string;
  readonly email: string;
};
type Before = { readonly memberType: string; readonly fullName: string };

/** Takes back an invitation that was not accepted: the ghost's or unconfirmed member's membership is deleted. */
export const revokeInvitation = defineEffect<Target, Before, null>({
  op: "revoke_invitation",
  resource: "workspace_membership",
  id: (target) => `${target.idBoard || target.idOrganization}/${target.idMember}/invitation`,
  classOf: () => "delete",
  send: (target, _after, writes) =>
    target.idBoard
      ? writes.trello.removeBoardMember(target.idBoard, target.idMember)
      : writes.trello.removeWorkspaceMember(target.idOrganization, target.idMember),
  async holds(target, _states, reads) {
    const found = target.idBoard
      ? await boardMembership(reads, target)
      : await workspaceMembership(reads, target.idOrganization, target.idMember);
    return found === null;
  },
  invert: (target, { before }, label) => {
    if (target.email === "") return [];
    const again = { before: { sameName: [] }, after: before, label };
    return target.idBoard
      ? [
          {
            op: "invite_board_member",
            target: { idBoard: target.idBoard, idOrganization: target.idOrganization, email: target.email },
            ...again,
          },
        ]
      : [
          {
            op: "invite_workspace_member",
            target: { idOrganization: target.idOrganization, email: target.email },
            ...again,
          },
        ];
  },
  describe: (label, _states, where) => `Revoke the invitation of ${label} to ${where}`,
});
