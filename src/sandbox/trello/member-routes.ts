import { json, refuse, trelloRoute } from "../route.ts";
import type { Route, RouteContext } from "../route.ts";
import type { Board, TrelloMember, Workspace } from "../world.ts";
import { arg, boardsOf, byName, callerOf, canSeeBoard, listArg, memberBy, membershipOf } from "./access.ts";
import { record } from "./actions.ts";
import { changedProfile } from "./profile.ts";
import { showBoard, showWorkspace } from "./show-places.ts";
import { showMember } from "./show.ts";

/** Routes about members. A caller can read all members, but can change only the own profile. */
export const memberRoutes: readonly Route[] = [
  trelloRoute(
    "GET /members/{id}",
    (context) => {
      const member = memberBy(context, context.params["id"]);
      const shown = showMember(context, member, listArg(context, "fields"));
      if (arg(context, "boards") !== undefined) {
        shown["boards"] = boardsFor(context, member, arg(context, "boards")).map((board) =>
          showBoard(context, board, listArg(context, "board_fields")),
        );
      }
      if (arg(context, "organizations") !== undefined) {
        shown["organizations"] = workspacesFor(context, member, arg(context, "organizations")).map(
          (workspace) => showWorkspace(context, workspace, listArg(context, "organization_fields")),
        );
      }
      return json(shown);
    },
    { scarce: true },
  ),
  trelloRoute("PUT /members/{id}", updateMember, { scopes: ["write", "account"], scarce: true }),
  trelloRoute("GET /members/{id}/boards", (context) => {
    const member = memberBy(context, context.params["id"]);
    const fields = listArg(context, "fields");
    return json(
      boardsFor(context, member, arg(context, "filter")).map((board) => showBoard(context, board, fields)),
    );
  }),
  trelloRoute("GET /members/{id}/organizations", (context) => {
    const member = memberBy(context, context.params["id"]);
    const fields = listArg(context, "fields");
    return json(
      workspacesFor(context, member, arg(context, "filter")).map((workspace) =>
        showWorkspace(context, workspace, fields),
      ),
    );
  }),
  trelloRoute("GET /members/{id}/boardsInvited", (context) => {
    const member = ownOnly(context);
    const invited = [...context.world.trello.boards.values()].filter((board) => isInvited(board, member));
    return json(invited.map((board) => showBoard(context, board, listArg(context, "fields"))));
  }),
  trelloRoute("GET /members/{id}/organizationsInvited", (context) => {
    const member = ownOnly(context);
    const invited = [...context.world.trello.workspaces.values()].filter((each) => isInvited(each, member));
    return json(invited.map((each) => showWorkspace(context, each, listArg(context, "fields"))));
  }),
];

function isInvited(of: Board | Workspace, member: TrelloMember): boolean {
  return of.memberships.some((row) => row.idMember === member.id && row.unconfirmed);
}

function ownOnly(context: RouteContext): TrelloMember {
  const member = memberBy(context, context.params["id"]);
  return member.id === callerOf(context).member.id
    ? member
    : refuse(401, "unauthorized permission requested");
}

function boardsFor(context: RouteContext, member: TrelloMember, filter = "all"): Board[] {
  const { id: idCaller } = callerOf(context).member;
  const found = [...context.world.trello.boards.values()].filter((board) => {
    if (!board.memberships.some((row) => row.idMember === member.id && !row.unconfirmed)) return false;
    if (!canSeeBoard(context.world, board, idCaller)) return false;
    if (filter === "open") return !board.closed;
    if (filter === "closed") return board.closed;
    if (filter === "public") return board.permissionLevel === "public";
    if (filter === "organization") return board.permissionLevel === "org";
    return true;
  });
  return byName(found, (board) => board.name);
}

function workspacesFor(context: RouteContext, member: TrelloMember, filter = "all"): Workspace[] {
  if (filter === "none" || filter === "public") return [];
  const { id: idCaller } = callerOf(context).member;
  return [...context.world.trello.workspaces.values()].filter(
    (workspace) =>
      (workspace.memberships.some((row) => row.idMember === member.id && !row.unconfirmed) &&
        membershipOf(workspace, idCaller) !== undefined) ||
      // A member's list of workspaces also contains workspaces that the member cannot read (Trello answers 401). An
      // importer of the program vikunja has seen this.
      (workspace.unreadable && isGuest(context, workspace, member)),
  );
}

function isGuest({ world }: RouteContext, workspace: Workspace, { id }: TrelloMember): boolean {
  return boardsOf(world, workspace).some((board) => membershipOf(board, id) !== undefined);
}

function updateMember(context: RouteContext) {
  const member = ownOnly(context);
  const username = arg(context, "username")?.toLowerCase();
  const fullName = arg(context, "fullName");
  const initials = arg(context, "initials");
  if (username !== undefined && !/^[a-z0-9_]{3,100}$/.test(username))
    refuse(400, "invalid value for username");
  if (fullName?.trim() === "") refuse(400, "invalid value for fullName");
  if (initials !== undefined && !/^.{1,4}$/u.test(initials)) refuse(400, "invalid value for initials");
  const taken = [...context.world.trello.members.values()].some(
    (other) => other !== member && other.username === username,
  );
  if (taken) refuse(400, "Username is taken");
  const changed = changedProfile(context, member);
  const old = Object.fromEntries(
    Object.entries({ fullName, username, initials }).flatMap(([field, value]) => {
      const before = member[field as "fullName" | "username" | "initials"];
      return value === undefined || value === before ? [] : [[field, before]];
    }),
  );
  member.username = username ?? member.username;
  member.fullName = fullName ?? member.fullName;
  member.initials = initials ?? member.initials;
  member.bio = arg(context, "bio") ?? member.bio;
  Object.assign(member, changed);
  record(context, "updateMember", null, { member, data: { old } });
  return json(showMember(context, member));
}
