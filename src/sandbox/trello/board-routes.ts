import { json, refuse, trelloRoute } from "../route.ts";
import type { Route, RouteContext } from "../route.ts";
import type { Board, Membership, TrelloMember } from "../world.ts";
import {
  administeredBoard,
  arg,
  callerOf,
  listArg,
  memberBy,
  readableBoard,
  refuseInOwnWords,
  workspaceOf,
} from "./access.ts";
import { boardRole, invitee, putMembership, removeMembership, tierOf } from "./membership.ts";
import { guestBoards, showBoard } from "./show-places.ts";
import { MEMBER_BRIEF, NESTED_MEMBER, showMembers, showMembership, showPeople } from "./show.ts";

/** Boards and their members. */
export const boardRoutes: readonly Route[] = [
  trelloRoute("GET /boards/{id}", (context) => {
    const board = readableBoard(context);
    const shown = showBoard(context, board, listArg(context, "fields"));
    const memberships = arg(context, "memberships");
    if (memberships !== undefined && memberships !== "none") {
      shown["memberships"] = filtered(board, memberships).map((row) => showMembership(context, row));
    }
    const members = arg(context, "members");
    if (members !== undefined && members !== "none") {
      shown["members"] = people(context, filtered(board, members), listArg(context, "member_fields"));
    }
    return json(shown);
  }),
  trelloRoute("GET /boards/{id}/members", (context) => {
    const rows = filtered(readableBoard(context), arg(context, "filter") ?? "all");
    return json(people(context, rows, listArg(context, "fields")));
  }),
  trelloRoute("GET /boards/{id}/memberships", (context) => {
    const board = readableBoard(context);
    const withMember =
      arg(context, "member") === "true"
        ? { fields: listArg(context, "member_fields") ?? MEMBER_BRIEF }
        : null;
    const withOrgType = arg(context, "orgMemberType") === "true";
    const workspace = workspaceOf(context.world, board);
    return json(
      filtered(board, arg(context, "filter") ?? "all").map((row) => ({
        ...showMembership(context, row, withMember),
        ...(withOrgType
          ? {
              orgMemberType:
                workspace?.memberships.find(({ idMember }) => idMember === row.idMember)?.memberType ?? null,
            }
          : {}),
      })),
    );
  }),
  trelloRoute("PUT /boards/{id}/members", (context) => {
    const board = administeredBoard(context);
    const type = boardRole(context, board);
    // Refuses to invite an email with the role admin to a board on Trello's Free plan, as the real API does
    // (community.atlassian.com 3033944).
    if (type === "admin" && tierOf(context, board) === "free") return refuse(400, "Bad member type");
    const member = invitee(context);
    refuseUnpaidGuest(context, board, member);
    putMembership(context, board, member, type);
    return json(showMembers(context, board));
  }),
  trelloRoute("PUT /boards/{id}/members/{idMember}", (context) => {
    const board = administeredBoard(context);
    if (arg(context, "type") === undefined) return refuse(400, "invalid value for type");
    const type = boardRole(context, board);
    const member = memberBy(context, context.params["idMember"]);
    refuseUnpaidGuest(context, board, member);
    putMembership(context, board, member, type);
    return json(showMembers(context, board));
  }),
  trelloRoute("PUT /boards/{id}/memberships/{idMembership}", (context) => {
    const board = administeredBoard(context);
    if (arg(context, "type") === undefined) return refuse(400, "invalid value for type");
    const type = boardRole(context, board);
    const row = board.memberships.find(({ id }) => id === context.params["idMembership"]);
    if (!row) return refuse(404, "The requested resource was not found.");
    putMembership(context, board, memberBy(context, row.idMember), type);
    return json(showMembership(context, row, { fields: listArg(context, "member_fields") ?? MEMBER_BRIEF }));
  }),
  trelloRoute("DELETE /boards/{id}/members/{idMember}", (context) => {
    const board = readableBoard(context);
    const member = memberBy(context, context.params["idMember"]);
    if (member.id !== callerOf(context).member.id) administeredBoard(context);
    removeMembership(context, board, member);
    // The reply is the whole board with the members who stay, but without memberships (as in a recording).
    const members = showPeople(context, board.memberships, NESTED_MEMBER);
    return json({ ...showBoard(context, board), members });
  }),
];

/**
 * Refuses to add a guest of a paid workspace to a second board, because the guest would then cost a seat. The request
 * is accepted if it has `allowBillableGuest=true`.
 */
function refuseUnpaidGuest(context: RouteContext, board: Board, member: TrelloMember): void {
  const workspace = workspaceOf(context.world, board);
  if (!workspace || workspace.tier === "free" || arg(context, "allowBillableGuest") === "true") return;
  if (workspace.memberships.some((row) => row.idMember === member.id)) return;
  if (board.memberships.some((row) => row.idMember === member.id)) return;
  if (guestBoards(context.world, workspace, board).get(member.id) === 1) {
    refuseInOwnWords(context, "Adding this member would create a new billable guest", "Seat required");
  }
}

function filtered(board: Board, filter: string): Membership[] {
  if (filter === "none") return [];
  if (filter === "admins" || filter === "owners") {
    return board.memberships.filter((row) => row.memberType === "admin");
  }
  return board.memberships.filter((row) => filter !== "normal" || row.memberType === "normal");
}

function people(context: RouteContext, rows: readonly Membership[], fields: readonly string[] | null) {
  return showPeople(context, rows, fields ?? MEMBER_BRIEF);
}
