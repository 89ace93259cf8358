import type { Effect, EffectClass, EffectOp } from "../domain/effect.ts";
import { addCardMember } from "./add-card-member.ts";
import { addScimGroupMember } from "./add-scim-group-member.ts";
import { createScimGroup } from "./create-scim-group.ts";
import { createScimUser } from "./create-scim-user.ts";
import { deleteScimGroup } from "./delete-scim-group.ts";
import { deleteScimUser } from "./delete-scim-user.ts";
import { inviteBoardMember } from "./invite-board-member.ts";
import { inviteWorkspaceMember } from "./invite-workspace-member.ts";
import type { EffectKind } from "./kind.ts";
import { removeBoardMember } from "./remove-board-member.ts";
import { removeCardMember } from "./remove-card-member.ts";
import { removeScimGroupMember } from "./remove-scim-group-member.ts";
import { removeWorkspaceMember } from "./remove-workspace-member.ts";
import { removeWorkspaceMemberEverywhere } from "./remove-workspace-member-everywhere.ts";
import { replaceScimGroup } from "./replace-scim-group.ts";
import { replaceScimUser } from "./replace-scim-user.ts";
import { revokeInvitation } from "./revoke-invitation.ts";
import { setAccountEnabled } from "./set-account-enabled.ts";
import { setBoardMember } from "./set-board-member.ts";
import { setCardMembers } from "./set-card-members.ts";
import { setDirectoryAccess } from "./set-directory-access.ts";
import { setEnterpriseDeactivated } from "./set-enterprise-deactivated.ts";
import { setEnterpriseLicensed } from "./set-enterprise-licensed.ts";
import { setScimActive } from "./set-scim-active.ts";
import { setWorkspaceDeactivated } from "./set-workspace-deactivated.ts";
import { setWorkspaceMember } from "./set-workspace-member.ts";
import { updateProfile } from "./update-profile.ts";
import { updateScimUser } from "./update-scim-user.ts";

const kinds: Record<EffectOp, EffectKind> = {
  add_card_member: addCardMember.kind,
  add_scim_group_member: addScimGroupMember.kind,
  create_scim_group: createScimGroup.kind,
  create_scim_user: createScimUser.kind,
  delete_scim_group: deleteScimGroup.kind,
  delete_scim_user: deleteScimUser.kind,
  invite_board_member: inviteBoardMember.kind,
  invite_workspace_member: inviteWorkspaceMember.kind,
  remove_board_member: removeBoardMember.kind,
  remove_card_member: removeCardMember.kind,
  remove_scim_group_member: removeScimGroupMember.kind,
  remove_workspace_member: removeWorkspaceMember.kind,
  remove_workspace_member_everywhere: removeWorkspaceMemberEverywhere.kind,
  replace_scim_group: replaceScimGroup.kind,
  replace_scim_user: replaceScimUser.kind,
  revoke_invitation: revokeInvitation.kind,
  set_account_enabled: setAccountEnabled.kind,
  set_board_member: setBoardMember.kind,
  set_card_members: setCardMembers.kind,
  set_directory_access: setDirectoryAccess.kind,
  set_enterprise_deactivated: setEnterpriseDeactivated.kind,
  set_enterprise_licensed: setEnterpriseLicensed.kind,
  set_scim_active: setScimActive.kind,
  set_workspace_deactivated: setWorkspaceDeactivated.kind,
  set_workspace_member: setWorkspaceMember.kind,
  update_profile: updateProfile.kind,
  update_scim_user: updateScimUser.kind,
};

/** The kind behind an effect. */
export function kindOf(effect: Effect): EffectKind {
  return kinds[effect.op];
}

export function classOf(effect: Effect): EffectClass {
  return kindOf(effect).classOf(effect);
}

/** Whether it takes something away, by its states and not by its op alone: what guards look at and the daily limit counts. */
export function takesAway(effect: Effect): boolean {
  return classOf(effect) === "delete";
}

/** Whether a person must decide on it: it takes something away, or grants power or spends money. */
export function needsDecision(effect: Effect): boolean {
  return takesAway(effect) || classOf(effect) === "grant";
}

/** The effects that would undo an effect; empty where nothing can. */
export function inverseOf(effect: Effect): readonly Effect[] {
  return kindOf(effect)
    .invert(effect)
    .map((inverse) => kinds[inverse.op].complete({ where: effect.where, ...inverse }));
}

const BY_WORKSPACE: ReadonlySet<EffectOp> = new Set<EffectOp>([
  "invite_workspace_member",
  "remove_board_member",
  "remove_workspace_member",
  "remove_workspace_member_everywhere",
  "revoke_invitation",
  "set_board_member",
  "set_workspace_deactivated",
  "set_workspace_member",
]);

/** The id of the workspace whose snapshot tells whether an effect holds, so that several can be read at once; or null. */
export function readsWorkspace({ op, target }: Effect): string | null {
  return (BY_WORKSPACE.has(op) && target["idOrganization"]) || null;
}
