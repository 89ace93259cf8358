import type { Reads } from "../domain/reads.ts";
import type { MemberType } from "../domain/trello.ts";
import { HIDDEN_EMAIL, invitedAmong } from "../people/invited.ts";
import { defineEffect } from "./kind.ts";

type Target = { readonly idBoard: string; readonly idOrganization: string; readonly email: string };
type After = { readonly memberType: string; readonly fullName: string };
/** As of an invitation to a workspace, for the admins of the board. */
type Before = { readonly sameName: readonly string[]; readonly hiddenAdmins?: readonly string[] };

/** Invites an email to one board (PUT /boards/{id}/members). */
export const inviteBoardMember = defineEffect<Target, Before, After>({
  op: "invite_board_member",
  resource: "board_membership",
  id: (target) => `${target.idBoard}/${target.email}`,
  classOf: ({ before, after }) => (after.memberType === "admin" || before.hiddenAdmins ? "grant" : "create"),
  send: (target, after, writes) =>
    writes.trello.inviteBoardMember(
      target.idBoard,
      target.email,
      after.fullName,
      after.memberType as MemberType,
    ),
  holds: async (target, states, reads) => (await invited(target, states, reads)) !== null,
  hidden: HIDDEN_EMAIL,
  async identifies(target, states, reads) {
    const found = await invited(target, states, reads);
    return found && { email: target.email, idMember: found.idMember };
  },
  invert: () => [],
  takenBackBy: "revoke_invitations",
  describe: (label, { after }, where) => `Invite ${label} to ${where} as ${after.memberType}`,
});

async function invited(
  target: Target,
  { before, after }: { readonly before: Before; readonly after: After },
  reads: Reads,
) {
  const { memberships } = await reads.trello.board(target.idBoard);
  return invitedAmong(memberships, { ...target, ...after, ...before }, reads);
}
