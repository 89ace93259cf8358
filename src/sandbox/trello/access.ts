import { refuse } from "../route.ts";
import type { Caller, RouteContext } from "../route.ts";
import type { Board, Membership, TrelloMember, Workspace, World } from "../world.ts";

const ID = /^[0-9a-f]{24}$/;
const SHORT_LINK = /^[A-Za-z0-9]{8}$/;

/** The owner of the request's token. Every request that reaches a Trello handler has one. */
export function callerOf(context: Pick<RouteContext, "caller">): Caller {
  return context.caller ?? refuse(401, "invalid token");
}

/** A parameter from the query or from the body, because Trello accepts both. */
export function arg(context: RouteContext, name: string): string | undefined {
  const inQuery = context.query.get(name);
  if (inQuery !== null) return inQuery;
  if (typeof context.body !== "object" || context.body === null || !Object.hasOwn(context.body, name)) {
    return undefined;
  }
  const value = (context.body as Record<string, unknown>)[name];
  if (Array.isArray(value)) return value.join(",");
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;
}

/** A parameter that must have one of the given values. */
export function oneOf<T extends string>(context: RouteContext, name: string, allowed: readonly T[]): T {
  const value = arg(context, name);
  return allowed.find((word) => word === value) ?? refuse(400, `invalid value for ${name}`);
}

/** A parameter with a list separated by commas; null if it was not sent. */
export function listArg(context: RouteContext, name: string): readonly string[] | null {
  const value = arg(context, name);
  return value === undefined ? null : value.split(",").filter((word) => word !== "");
}

/** Finds a person by `me`, id or username. */
export function memberBy(context: RouteContext, idOrUsername: string | undefined): TrelloMember {
  const { members } = context.world.trello;
  if (idOrUsername === "me") return callerOf(context).member;
  const found =
    members.get(idOrUsername ?? "") ??
    [...members.values()].find((member) => member.username === idOrUsername?.toLowerCase());
  return found ?? refuse(404, "model not found");
}

/** A workspace by id or slug, if the caller may see it. */
export function readableWorkspace(context: RouteContext, id = context.params["id"]): Workspace {
  const { workspaces } = context.world.trello;
  const found =
    workspaces.get(id ?? "") ?? [...workspaces.values()].find((workspace) => workspace.name === id);
  if (!found) return refuse(404, "model not found");
  const { member } = callerOf(context);
  if (found.unreadable) return refuse(401, "unauthorized organization.");
  if (membershipOf(found, member.id) || isEnterpriseAdmin(context.world, found, member.id)) return found;
  return refuse(401, "unauthorized organization.");
}

/** The workspace in the path, if the caller may change its memberships; otherwise the request is refused. */
export function administeredWorkspace(context: RouteContext): Workspace {
  const workspace = readableWorkspace(context);
  return isWorkspaceAdmin(context.world, workspace, callerOf(context).member.id)
    ? workspace
    : refuse(401, "unauthorized org access");
}

/** A board by id or short link, if the caller may see it. */
export function readableBoard(context: RouteContext, id = context.params["id"]): Board {
  const { boards } = context.world.trello;
  if (id === undefined || !(ID.test(id) || SHORT_LINK.test(id))) return refuse(400, "invalid id");
  const found = boards.get(id) ?? [...boards.values()].find((board) => board.shortLink === id);
  if (!found) return refuse(404, "The requested resource was not found.");
  return canSeeBoard(context.world, found, callerOf(context).member.id)
    ? found
    : refuse(401, "unauthorized permission requested");
}

/** The board in the path, if the caller may change its memberships; otherwise the request is refused. */
export function administeredBoard(context: RouteContext): Board {
  const board = readableBoard(context);
  return isBoardAdmin(context.world, board, callerOf(context).member.id)
    ? board
    : refuse(401, "unauthorized permission requested");
}

/**
 * Refuses a request in words of the sandbox, because Trello's real words are unknown. The sandbox can use two different
 * texts, so that no client depends on one of them.
 */
export function refuseInOwnWords(context: RouteContext, words: string, others: string): never {
  return refuse(403, context.world.wire.otherWords ? others : words);
}

/** The person's active membership. null if the person is deactivated, or was only invited. */
export function membershipOf(
  of: { readonly memberships: readonly Membership[] },
  idMember: string,
): Membership | undefined {
  return of.memberships.find((row) => row.idMember === idMember && isLive(row));
}

function isLive(row: Membership): boolean {
  return !row.deactivated && !row.unconfirmed;
}

/** Whether the person is an admin of the workspace, by role or as an admin of its enterprise. */
function isWorkspaceAdmin(world: World, workspace: Workspace, idMember: string): boolean {
  return (
    membershipOf(workspace, idMember)?.memberType === "admin" || isEnterpriseAdmin(world, workspace, idMember)
  );
}

function isEnterpriseAdmin(world: World, { idEnterprise }: Workspace, idMember: string): boolean {
  return world.trello.enterprises.get(idEnterprise ?? "")?.idAdmins.includes(idMember) ?? false;
}

/** Whether the person can see a board. On the Free plan, workspace admins cannot see private boards of others. */
export function canSeeBoard(world: World, board: Board, idMember: string): boolean {
  if (board.permissionLevel === "public" || membershipOf(board, idMember)) return true;
  const workspace = workspaceOf(world, board);
  if (!workspace) return false;
  if (board.permissionLevel === "org" && membershipOf(workspace, idMember)) return true;
  if (board.permissionLevel === "enterprise" && isInEnterprise(world, workspace, idMember)) return true;
  return workspace.tier !== "free" && isWorkspaceAdmin(world, workspace, idMember);
}

function isInEnterprise(world: World, { idEnterprise }: Workspace, idMember: string): boolean {
  return world.trello.enterprises.get(idEnterprise ?? "")?.members.has(idMember) ?? false;
}

/** Whether the person may change a board: its admins may, and on paid plans also the workspace's admins. */
export function isBoardAdmin(world: World, board: Board, idMember: string): boolean {
  if (membershipOf(board, idMember)?.memberType === "admin") return true;
  const workspace = workspaceOf(world, board);
  return workspace !== null && workspace.tier !== "free" && isWorkspaceAdmin(world, workspace, idMember);
}

/** The workspace of a board; null if the board belongs to no workspace. */
export function workspaceOf(world: World, board: Board): Workspace | null {
  return world.trello.workspaces.get(board.idOrganization ?? "") ?? null;
}

/** Every board of a workspace, in the order in which they were made. */
export function boardsOf(world: World, workspace: Workspace): Board[] {
  return [...world.trello.boards.values()].filter((board) => board.idOrganization === workspace.id);
}

/**
 * Sorts by name in the order of character codes, as Trello sorts boards: "IT 100" before "IT 2", capital letters before
 * small letters.
 */
export function byName<T>(things: readonly T[], nameOf: (thing: T) => string): T[] {
  return things.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0));
}

/** Whether this membership belongs to the only active admin of the workspace or board. */
export function isLastAdmin(of: { readonly memberships: readonly Membership[] }, row: Membership): boolean {
  if (row.memberType !== "admin" || !isLive(row)) return false;
  return !of.memberships.some((other) => other !== row && other.memberType === "admin" && isLive(other));
}
