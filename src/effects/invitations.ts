import type { Reads } from "../domain/reads.ts";
import type { MemberType } from "../domain/trello.ts";
import type { WorkspaceRole } from "../domain/writes.ts";
import { ghostAmong, HIDDEN_EMAIL, invitedAmong } from "../people/invited.ts";
import { invited, isScimUser } from "./keys.ts";
import { defineEffect, RANK } from "./define-effect.ts";
import { boardMembership, workspaceMembership } from "./memberships.ts";

type WorkspaceTarget = { readonly idOrganization: string; readonly email: string };
type WorkspaceAfter = { readonly memberType: string; readonly fullName: string };
/**
 * `sameName`: members who had the name in the invitation before the invitation was sent. If there are any, the name
 * alone does not show who was invited. `hiddenAdmins`: admins whose hidden email may be the invited email; missing if
 * there are none. The invitation would lower the role of such an admin, so a person must approve it.
 */
type WorkspaceBefore = { readonly sameName: readonly string[]; readonly hiddenAdmins?: readonly string[] };

/**
 * Invites an email to a workspace (PUT /organizations/{id}/members). If no Trello account has the email, Trello creates
 * a ghost (a member without an account).
 */
export const inviteWorkspaceMember = defineEffect<WorkspaceTarget, WorkspaceBefore, WorkspaceAfter>({
  op: "invite_workspace_member",
  resource: "workspace_membership",
  rank: RANK.workspace,
  readsWorkspace: true,
  id: (target) => `${target.idOrganization}/${target.email}`,
  needs: ({ target: { email } }) => [isScimUser(email)],
  gives: ({ target }) => [invited(target)],
  classOf: ({ before, after }) => (after.memberType === "admin" || before.hiddenAdmins ? "grant" : "create"),
  send: ({ target, after }, writes) =>
    writes.trello.inviteWorkspaceMember(
      target.idOrganization,
      target.email,
      after.fullName,
      after.memberType as WorkspaceRole,
    ),
  holds: async (effect, reads) => (await invitedToWorkspace(effect.target, effect, reads)) !== null,
  cannotBeSeen: HIDDEN_EMAIL,
  async present({ target: { idOrganization } }, reads) {
    const { memberships } = await reads.trello.workspace(idOrganization);
    return { place: idOrganization, members: memberships.map(({ idMember }) => idMember) };
  },
  async whoIs({ target, before, after }, reads) {
    const { memberships } = await reads.trello.workspace(target.idOrganization);
    const ghost = ghostAmong(memberships, { ...target, ...after, ...before });
    return ghost && { email: target.email, idMember: ghost.idMember };
  },
  // The undo of an invitation cannot be planned in advance, because the new member's id is unknown until Trello
  // answers.
  invert: () => [],
  revokedBy: "revoke_invitations",
  describe: ({ after }) => ["Invite ", " to ", ` as ${after.memberType}`],
});

async function invitedToWorkspace(
  target: WorkspaceTarget,
  { before, after }: { readonly before: WorkspaceBefore; readonly after: WorkspaceAfter },
  reads: Reads,
) {
  const { memberships } = await reads.trello.workspace(target.idOrganization);
  return invitedAmong(memberships, { ...target, ...after, ...before }, reads);
}

type BoardTarget = { readonly idBoard: string; readonly idOrganization: string; readonly email: string };
type BoardAfter = { readonly memberType: string; readonly fullName: string };
/** The same fields as in `WorkspaceBefore`, but about the members and admins of the board. */
type BoardBefore = { readonly sameName: readonly string[]; readonly hiddenAdmins?: readonly string[] };

/** Invites an email to one board (PUT /boards/{id}/members). */
export const inviteBoardMember = defineEffect<BoardTarget, BoardBefore, BoardAfter>({
  op: "invite_board_member",
  resource: "board_membership",
  rank: RANK.board,
  id: (target) => `${target.idBoard}/${target.email}`,
  needs: ({ target }) => [isScimUser(target.email), invited(target)],
  classOf: ({ before, after }) => (after.memberType === "admin" || before.hiddenAdmins ? "grant" : "create"),
  send: ({ target, after }, writes) =>
    writes.trello.inviteBoardMember(
      target.idBoard,
      target.email,
      after.fullName,
      after.memberType as MemberType,
    ),
  holds: async (effect, reads) => (await invitedToBoard(effect.target, effect, reads)) !== null,
  cannotBeSeen: HIDDEN_EMAIL,
  async present({ target: { idBoard, idOrganization } }, reads) {
    // The board is found in the data of the workspace. The plan has already read that data, so no new request is sent.
    const { boards } = await reads.trello.workspace(idOrganization);
    const board = boards.find(({ id }) => id === idBoard);
    return board ? { place: idBoard, members: board.memberships.map(({ idMember }) => idMember) } : null;
  },
  async whoIs({ target, before, after }, reads) {
    const { memberships } = await reads.trello.board(target.idBoard);
    const ghost = ghostAmong(memberships, { ...target, ...after, ...before });
    return ghost && { email: target.email, idMember: ghost.idMember };
  },
  invert: () => [],
  revokedBy: "revoke_invitations",
  describe: ({ after }) => ["Invite ", " to ", ` as ${after.memberType}`],
});

async function invitedToBoard(
  target: BoardTarget,
  { before, after }: { readonly before: BoardBefore; readonly after: BoardAfter },
  reads: Reads,
) {
  const { memberships } = await reads.trello.board(target.idBoard);
  return invitedAmong(memberships, { ...target, ...after, ...before }, reads);
}

/** `idBoard` is empty if the invitation is for the workspace. */
type RevokeTarget = {
  readonly idOrganization: string;
  readonly idBoard: string;
  readonly idMember: string;
  readonly email: string;
};
type RevokeBefore = { readonly memberType: string; readonly fullName: string };

/** Revokes an invitation that was not accepted yet, by deleting the membership of the invited person. */
export const revokeInvitation = defineEffect<RevokeTarget, RevokeBefore, null>({
  op: "revoke_invitation",
  resource: "workspace_membership",
  rank: RANK.workspace,
  readsWorkspace: true,
  id: (target) => `${target.idBoard || target.idOrganization}/${target.idMember}/invitation`,
  classOf: () => "delete",
  send: ({ target }, writes) =>
    target.idBoard
      ? writes.trello.removeBoardMember(target.idBoard, target.idMember)
      : writes.trello.removeWorkspaceMember(target.idOrganization, target.idMember),
  async holds({ target }, reads) {
    const found = target.idBoard
      ? await boardMembership(reads, target)
      : await workspaceMembership(reads, target.idOrganization, target.idMember);
    return found === null;
  },
  invert: ({ target, before, label }) => {
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
  describe: () => ["Revoke the invitation of ", " to "],
});

/** All kinds of effects (`op`) that invite a person or revoke an invitation. */
export const INVITATION_OPS = [inviteWorkspaceMember, inviteBoardMember, revokeInvitation].map(
  ({ kind }) => kind.op,
);
