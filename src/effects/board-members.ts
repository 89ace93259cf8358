import type { MemberType } from "../domain/trello.ts";
import { backOnCards } from "./cards.ts";
import { defineEffect } from "./kind.ts";
import { boardMembership, roleChange } from "./memberships.ts";

/** `idOrganization` is empty for a board outside any workspace. */
type RoleTarget = { readonly idBoard: string; readonly idMember: string; readonly idOrganization: string };
/** `billable`: the person becomes a guest who costs a seat, and that was decided. */
type Role = { readonly memberType: string; readonly billable?: true };

/** Adds an existing member to a board, or changes the role there (PUT /boards/{id}/members/{idMember}). */
export const setBoardMember = defineEffect<RoleTarget, Role | null, Role>({
  op: "set_board_member",
  resource: "board_membership",
  id: (target) => `${target.idBoard}/${target.idMember}`,
  classOf: ({ before, after }) =>
    after.memberType === "admin" || after.billable ? "grant" : before ? "update" : "create",
  send: (target, after, writes) =>
    writes.trello.setBoardMember(
      target.idBoard,
      target.idMember,
      after.memberType as MemberType,
      after.billable === true,
    ),
  async holds(target, { after }, reads) {
    const found = await boardMembership(reads, target);
    return found !== null && found.memberType === after.memberType;
  },
  rebase: async (target, states, reads) =>
    roleChange(await boardMembership(reads, target), states.before) ?? states,
  invert: (target, { before, after }, label) =>
    before
      ? [{ op: "set_board_member", target, before: after, after: before, label }]
      : [{ op: "remove_board_member", target, before: after, after: null, label }],
  describe: (label, { before, after }, where) =>
    before
      ? `Change ${label} in ${where} from ${before.memberType} to ${after.memberType}`
      : `Add ${label} to ${where} as ${after.memberType}`,
});

/** `idOrganization` is empty for a board outside any workspace. */
type RemoveTarget = { readonly idBoard: string; readonly idMember: string; readonly idOrganization: string };
/** `billable`: a guest who costs a seat; `cards`: what leaving the board takes the person off, where it was captured. */
type Before = { readonly memberType: string; readonly billable?: true; readonly cards?: readonly string[] };

/** Removes a member or a guest from one board (DELETE /boards/{id}/members/{idMember}). */
export const removeBoardMember = defineEffect<RemoveTarget, Before, null>({
  op: "remove_board_member",
  resource: "board_membership",
  id: (target) => `${target.idBoard}/${target.idMember}`,
  classOf: () => "delete",
  send: (target, _after, writes) => writes.trello.removeBoardMember(target.idBoard, target.idMember),
  async holds(target, _states, reads) {
    return (await boardMembership(reads, target)) === null;
  },
  rebase: async (target, states, reads) =>
    roleChange(await boardMembership(reads, target), states.before) ?? states,
  invert: (target, { before }, label) => [
    {
      op: "set_board_member",
      target,
      before: null,
      after: { memberType: before.memberType, ...(before.billable && { billable: true }) },
      label,
    },
    ...backOnCards(before.cards ?? [], target, label),
  ],
  describe: (label, _states, where) => `Remove ${label} from ${where}`,
});
