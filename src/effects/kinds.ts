import type { Effect, EffectClass, EffectOp } from "../domain/effect.ts";
import { inviteBoardMember } from "./invite-board-member.ts";
import { inviteWorkspaceMember } from "./invite-workspace-member.ts";
import type { EffectKind } from "./kind.ts";
import { removeBoardMember } from "./remove-board-member.ts";
import { removeWorkspaceMember } from "./remove-workspace-member.ts";
import { removeWorkspaceMemberEverywhere } from "./remove-workspace-member-everywhere.ts";
import { revokeInvitation } from "./revoke-invitation.ts";
import { setBoardMember } from "./set-board-member.ts";
import { setScimActive } from "./set-scim-active.ts";
import { setWorkspaceDeactivated } from "./set-workspace-deactivated.ts";
import { setWorkspaceMember } from "./set-workspace-member.ts";
import { updateProfile } from "./update-profile.ts";

const kinds: Record<EffectOp, EffectKind> = {
  invite_board_member: inviteBoardMember.kind,
  invite_workspace_member: inviteWorkspaceMember.kind,
  remove_board_member: removeBoardMember.kind,
  remove_workspace_member: removeWorkspaceMember.kind,
  remove_workspace_member_everywhere: removeWorkspaceMemberEverywhere.kind,
  revoke_invitation: revokeInvitation.kind,
  set_board_member: setBoardMember.kind,
  set_scim_active: setScimActive.kind,
  set_workspace_deactivated: setWorkspaceDeactivated.kind,
  set_workspace_member: setWorkspaceMember.kind,
  update_profile: updateProfile.kind,
};

/** The kind behind an effect. */
export function kindOf(effect: Effect): EffectKind {
  return kinds[effect.op];
}

export function classOf(effect: Effect): EffectClass {
  return kindOf(effect).classOf(effect);
}

/** Whether a person must decide on it: it takes something away, or grants power or spends money. */
export function needsDecision(effect: Effect): boolean {
  const grave = classOf(effect);
  return grave === "delete" || grave === "grant";
}

/** The effects that would undo an effect; empty where nothing can. */
export function inverseOf(effect: Effect): readonly Effect[] {
  return kindOf(effect)
    .invert(effect)
    .map((inverse) => kinds[inverse.op].complete(inverse));
}

const TAKES_AWAY_TOO: ReadonlySet<string> = new Set<EffectOp>([
  "revoke_invitation",
  "set_scim_active",
  "set_workspace_deactivated",
]);

/** Whether an op can take something away, whatever its states: what the daily limit counts. */
export function mayTakeAway(op: string): boolean {
  return op.startsWith("remove_") || TAKES_AWAY_TOO.has(op);
}
