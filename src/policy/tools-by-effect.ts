import type { EffectOp } from "../domain/effect.ts";

/** Names of tools; two lists where it matters whether the effect takes something away or gives it. */
type Doers = readonly string[] | { readonly takes: readonly string[]; readonly gives: readonly string[] };

const INVITING = ["invite_member", "invite_members", "scim_create_user"];
const LEAVING = ["remove_from_workspace", "offboard_member"];
const CARDS = ["reassign_cards"];

/** By which tools a person would ask for an effect by name; `restore_member` can come to any of them. */
const DOERS: Readonly<Record<EffectOp, Doers>> = {
  add_card_member: CARDS,
  add_scim_group_member: ["scim_update_group", "scim_create_user"],
  create_scim_group: ["scim_create_group"],
  create_scim_user: ["scim_create_user"],
  delete_scim_group: ["scim_delete_group"],
  delete_scim_user: ["scim_delete_user"],
  invite_board_member: [...INVITING, "resend_invitations"],
  invite_workspace_member: [...INVITING, "resend_invitations"],
  // With `removeOthers` it takes people off boards.
  remove_board_member: ["remove_from_boards", "add_to_boards", ...LEAVING],
  remove_card_member: CARDS,
  remove_scim_group_member: ["scim_update_group"],
  remove_workspace_member: LEAVING,
  remove_workspace_member_everywhere: LEAVING,
  replace_scim_group: ["scim_update_group"],
  replace_scim_user: ["scim_update_user"],
  revoke_invitation: ["revoke_invitations"],
  set_account_enabled: { takes: ["scim_deactivate_user"], gives: ["scim_reactivate_user"] },
  set_board_member: [...INVITING, "add_to_boards", "set_board_role"],
  set_card_members: [...CARDS, "offboard_member"],
  set_directory_access: { takes: ["scim_deactivate_user"], gives: ["scim_reactivate_user"] },
  set_enterprise_deactivated: {
    takes: ["set_enterprise_member_deactivated", "offboard_member"],
    gives: ["set_enterprise_member_deactivated"],
  },
  set_enterprise_licensed: ["set_enterprise_member_license"],
  set_scim_active: { takes: ["scim_deactivate_user", "offboard_member"], gives: ["scim_reactivate_user"] },
  set_workspace_deactivated: ["set_member_deactivated"],
  set_workspace_member: [...INVITING, "set_workspace_role"],
  update_profile: ["update_my_profile"],
  update_scim_user: ["scim_update_user"],
};

/** The tools that are made for an effect of this op in this direction: what the policy says of them holds for it. */
export function toolsFor(op: EffectOp, takesAway: boolean): readonly string[] {
  const doers = DOERS[op];
  if (!("takes" in doers)) return doers;
  return takesAway ? doers.takes : doers.gives;
}
