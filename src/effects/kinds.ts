import type { Effect, EffectClass, EffectOp } from "../domain/effect.ts";
import { setAccountEnabled, setDirectoryAccess } from "./accounts.ts";
import { setApplicationActive } from "./applications.ts";
import { removeBoardMember, setBoardMember } from "./board-members.ts";
import { addCardMember, removeCardMember, setCardMembers } from "./cards.ts";
import { setEnterpriseDeactivated, setEnterpriseLicensed } from "./enterprise-members.ts";
import { inviteBoardMember, inviteWorkspaceMember, revokeInvitation } from "./invitations.ts";
import type { EffectKind } from "./define-effect.ts";
import { updateProfile } from "./profile.ts";
import {
  addScimGroupMember,
  createScimGroup,
  deleteScimGroup,
  removeScimGroupMember,
  replaceScimGroup,
} from "./scim-groups.ts";
import {
  createScimUser,
  deleteScimUser,
  replaceScimUser,
  setScimActive,
  updateScimUser,
} from "./scim-users.ts";
import { createWebhook, deleteWebhook } from "./webhooks.ts";
import {
  removeWorkspaceMember,
  removeWorkspaceMemberEverywhere,
  setWorkspaceDeactivated,
  setWorkspaceMember,
} from "./workspace-members.ts";

/**
 * The table of all kinds of effects. To add a kind: add its name (`op`) to domain/effect.ts, define the kind in the
 * file of its resource in this folder, and add a line to this table.
 */
const kinds: Record<EffectOp, EffectKind> = {
  add_card_member: addCardMember.kind,
  add_scim_group_member: addScimGroupMember.kind,
  add_webhook: createWebhook.kind,
  create_scim_group: createScimGroup.kind,
  create_scim_user: createScimUser.kind,
  delete_scim_group: deleteScimGroup.kind,
  delete_scim_user: deleteScimUser.kind,
  invite_board_member: inviteBoardMember.kind,
  invite_workspace_member: inviteWorkspaceMember.kind,
  remove_board_member: removeBoardMember.kind,
  remove_card_member: removeCardMember.kind,
  remove_scim_group_member: removeScimGroupMember.kind,
  remove_webhook: deleteWebhook.kind,
  remove_workspace_member: removeWorkspaceMember.kind,
  remove_workspace_member_everywhere: removeWorkspaceMemberEverywhere.kind,
  replace_scim_group: replaceScimGroup.kind,
  replace_scim_user: replaceScimUser.kind,
  revoke_invitation: revokeInvitation.kind,
  set_account_enabled: setAccountEnabled.kind,
  set_application_active: setApplicationActive.kind,
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

/** All ops. */
export const ops = Object.keys(kinds) as readonly EffectOp[];

/** The kind of an effect. */
export function kindOf(effect: Effect): EffectKind {
  return kinds[effect.op];
}

/** What effects of an op change. */
export function resourceOf(op: EffectOp): Effect["resource"] {
  return kinds[op].resource;
}

export function classOf(effect: Effect): EffectClass {
  return kindOf(effect).classOf(effect);
}

/**
 * Whether an effect takes something away. The states before and after decide, because an effect of one kind can give or
 * take. The guards and daily limits use this.
 */
export function takesAway(effect: Effect): boolean {
  return classOf(effect) === "delete";
}

/** Whether the effect makes a person an admin of a workspace or of a board. */
export function grantsAdmin({ after }: Effect): boolean {
  return (
    after !== null && typeof after === "object" && "memberType" in after && after["memberType"] === "admin"
  );
}

/** The effects that would undo an effect; empty if it cannot be undone. */
export function inverseOf(effect: Effect): readonly Effect[] {
  return kindOf(effect)
    .invert(effect)
    .map((inverse) => kinds[inverse.op].complete({ place: effect.place, ...inverse }));
}
