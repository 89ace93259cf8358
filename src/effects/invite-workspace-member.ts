import type { Reads } from "../domain/reads.ts";
import type { WorkspaceRole } from "../domain/writes.ts";
import { HIDDEN_EMAIL, invitedAmong } from "../people/invited.ts";
import { defineEffect } from "./kind.ts";

type Target = { readonly idOrganization: string; readonly email: string };
type After = { readonly memberType: string; readonly fullName: string };
/**
 * `sameName`: members who had the same name already and so prove nothing. `hiddenAdmins`: admins of whom one may have
 * the email and would lose that role, which a person decides on; left out where there is none.
 */
type Before = { readonly sameName: readonly string[]; readonly hiddenAdmins?: readonly string[] };

/** Invites an email to a workspace (PUT /organizations/{id}/members); an unknown one becomes a ghost. */
export const inviteWorkspaceMember = defineEffect<Target, Before, After>({
  op: "invite_workspace_member",
  resource: "workspace_membership",
  id: (target) => `${target.idOrganization}/${target.email}`,
  classOf: ({ before, after }) => (after.memberType === "admin" || before.hiddenAdmins ? "grant" : "create"),
  send: (target, after, writes) =>
    writes.trello.inviteWorkspaceMember(
      target.idOrganization,
      target.email,
      after.fullName,
      after.memberType as WorkspaceRole,
    ),
  holds: async (target, states, reads) => (await invited(target, states, reads)) !== null,
  hidden: HIDDEN_EMAIL,
  async identifies(target, states, reads) {
    const found = await invited(target, states, reads);
    return found && { email: target.email, idMember: found.idMember };
  },
  // The invited member's id is not known before the invitation.
  invert: () => [],
  takenBackBy: "revoke_invitations",
  describe: (label, { after }, where) => `Invite ${label} to ${where} as ${after.memberType}`,
});

async function invited(
  target: Target,
  { before, after }: { readonly before: Before; readonly after: After },
  reads: Reads,
) {
  const { memberships } = await reads.trello.workspace(target.idOrganization);
  return invitedAmong(memberships, { ...target, ...after, ...before }, reads);
}
