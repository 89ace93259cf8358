import type { MemberType } from "../domain/trello.ts";
import { defineEffect } from "./kind.ts";
import { HIDDEN_EMAIL, invitedAmong } from "./invited.ts";

type Target = { readonly idBoard: string; readonly idOrganization: string; readonly email: string };
type After = { readonly memberType: string; readonly fullName: string };
type Before = { readonly sameName: readonly string[] };

/** Invites an email to one board (PUT /boards/{id}/members). */
export const inviteBoardMember = defineEffect<Target, Before, After>({
  op: "invite_board_member",
  resource: "board_membership",
  id: (target) => `${target.idBoard}/${target.email}`,
  classOf: ({ after }) => (after.memberType === "admin" ? "grant" : "create"),
  send: (target, after, writes) =>
    writes.trello.inviteBoardMember(
      target.idBoard,
      target.email,
      after.fullName,
      after.memberType as MemberType,
    ),
  async holds(target, { before, after }, reads) {
    const { memberships } = await reads.trello.board(target.idBoard);
    return (await invitedAmong(memberships, { ...target, ...after, ...before }, reads)) !== null;
  },
  hidden: HIDDEN_EMAIL,
  async identifies(target, { before, after }, reads) {
    const { memberships } = await reads.trello.board(target.idBoard);
    const found = await invitedAmong(memberships, { ...target, ...after, ...before }, reads);
    return found && { email: target.email, idMember: found.idMember };
  },
  invert: () => [],
  describe: (label, { after }, where) => `Invite ${label} to ${where} as ${after.memberType}`,
});
