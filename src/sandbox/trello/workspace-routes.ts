import { json, refuse, trelloRoute } from "../route.ts";
import type { Route, RouteContext } from "../route.ts";
import type { Board, Membership, Workspace } from "../world.ts";
import {
  administeredWorkspace,
  arg,
  boardsOf,
  byName,
  callerOf,
  canSeeBoard,
  listArg,
  membershipOf,
  readableBoard,
  readableWorkspace,
} from "./access.ts";
import { record } from "./actions.ts";
import { guestBoards, showBoard, showWorkspace } from "./show-places.ts";
import { MEMBER_BRIEF, NESTED_MEMBER, showMembership, showPeople as people } from "./show.ts";

/**
 * Routes that read workspaces (organizations in the API). The routes in workspace-member-routes change their members.
 */
export const workspaceRoutes: readonly Route[] = [
  trelloRoute("GET /organizations/{id}", getWorkspace),
  trelloRoute("PUT /organizations/{id}", renameWorkspace),
  trelloRoute("GET /organizations/{id}/members", (context) => {
    const workspace = readableWorkspace(context);
    const filter = arg(context, "filter") ?? "all";
    const rows = workspace.memberships.filter(
      (row) => !row.deactivated && keeps(filter, row, callerOf(context).member.id),
    );
    return json(people(context, rows, listArg(context, "fields") ?? MEMBER_BRIEF));
  }),
  trelloRoute("GET /organizations/{id}/membersInvited", (context) => {
    const invited = readableWorkspace(context).memberships.filter((row) => row.unconfirmed);
    return json(people(context, invited, listArg(context, "fields") ?? MEMBER_BRIEF));
  }),
  trelloRoute("GET /organizations/{id}/memberships", (context) => {
    const workspace = readableWorkspace(context);
    const filters = listArg(context, "filter") ?? ["all"];
    const idCaller = callerOf(context).member.id;
    const rows = workspace.memberships.filter((row) =>
      filters.some((filter) => keeps(filter, row, idCaller)),
    );
    return json(rows.map((row) => showMembership(context, row, nestedMember(context))));
  }),
  trelloRoute("GET /organizations/{id}/memberships/{idMembership}", (context) => {
    const row = readableWorkspace(context).memberships.find(
      ({ id }) => id === context.params["idMembership"],
    );
    if (!row) return refuse(404, "The requested resource was not found.");
    return json(showMembership(context, row, nestedMember(context)));
  }),
  trelloRoute("GET /organizations/{id}/boards", (context) => {
    const workspace = readableWorkspace(context);
    const fields = listArg(context, "fields");
    const boards = visibleBoards(context, workspace, arg(context, "filter") ?? "all");
    return json(boards.map((board) => showBoard(context, board, fields)));
  }),
  trelloRoute("GET /organizations/{id}/newBillableGuests/{idBoard}", (context) => {
    const workspace = readableWorkspace(context);
    const board = readableBoard(context, context.params["idBoard"]);
    if (workspace.tier === "free") return json([]);
    const inside = new Set(workspace.memberships.map((row) => row.idMember));
    const elsewhere = guestBoards(context.world, workspace, board);
    // A guest becomes billable by joining a second board of the workspace.
    const billable = board.memberships.filter(
      (row) => !inside.has(row.idMember) && elsewhere.get(row.idMember) === 1,
    );
    return json(people(context, billable, MEMBER_BRIEF));
  }),
];

function getWorkspace(context: RouteContext) {
  const workspace = readableWorkspace(context);
  const shown = showWorkspace(context, workspace, listArg(context, "fields"));
  const members = arg(context, "members");
  if (members !== undefined && members !== "none") {
    const rows = workspace.memberships.filter((row) => keeps(members, row, callerOf(context).member.id));
    shown["members"] = people(context, rows, listArg(context, "member_fields") ?? MEMBER_BRIEF);
  }
  const memberships = arg(context, "memberships");
  if (memberships !== undefined && memberships !== "none") {
    const withMember = arg(context, "memberships_member") === "true" ? { fields: NESTED_MEMBER } : null;
    shown["memberships"] = workspace.memberships
      .filter((row) => keeps(memberships, row, callerOf(context).member.id))
      .map((row) => showMembership(context, row, withMember));
  }
  const boards = arg(context, "boards");
  if (boards !== undefined && boards !== "none") {
    const fields = listArg(context, "board_fields");
    shown["boards"] = visibleBoards(context, workspace, boards).map((board) =>
      showBoard(context, board, fields),
    );
  }
  return json(shown);
}

function renameWorkspace(context: RouteContext) {
  const workspace = administeredWorkspace(context);
  const name = arg(context, "name");
  const displayName = arg(context, "displayName");
  if (name !== undefined && !/^[a-z0-9_]{3,}$/.test(name)) refuse(400, "invalid value for name");
  if (displayName?.trim() === "") refuse(400, "invalid value for displayName");
  const taken = [...context.world.trello.workspaces.values()].some(
    (other) => other !== workspace && other.name === name,
  );
  if (taken) refuse(400, "Organization name is taken");
  workspace.name = name ?? workspace.name;
  workspace.displayName = displayName ?? workspace.displayName;
  record(context, "updateOrganization", workspace.id, {});
  return json(showWorkspace(context, workspace));
}

function nestedMember(context: RouteContext) {
  if (arg(context, "member") !== "true") return null;
  return { fields: listArg(context, "member_fields") ?? NESTED_MEMBER };
}

/** Whether a membership matches a filter of Trello's API, such as `admins`. */
function keeps(filter: string, row: Membership, idCaller: string): boolean {
  if (filter === "all") return true;
  if (filter === "active") return !row.deactivated && !row.unconfirmed;
  if (filter === "admin" || filter === "admins" || filter === "owners") return row.memberType === "admin";
  if (filter === "deactivated") return row.deactivated;
  if (filter === "me") return row.idMember === idCaller;
  if (filter === "normal") return row.memberType === "normal";
  return false;
}

function visibleBoards(context: RouteContext, workspace: Workspace, filter: string): Board[] {
  const { id: idCaller } = callerOf(context).member;
  const words = filter.split(",");
  const passes = (board: Board) =>
    words.some((word) => {
      if (word === "open") return !board.closed;
      if (word === "closed") return board.closed;
      if (word === "members") return membershipOf(board, idCaller) !== undefined;
      if (word === "organization") return board.permissionLevel === "org";
      if (word === "public") return board.permissionLevel === "public";
      return word === "all";
    });
  const visible = boardsOf(context.world, workspace).filter(
    (board) => canSeeBoard(context.world, board, idCaller) && passes(board),
  );
  return byName(visible, (board) => board.name);
}
