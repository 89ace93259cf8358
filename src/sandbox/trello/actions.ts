import { isObject, json, refuse, trelloRoute } from "../route.ts";
import type { Route, RouteContext, Viewer } from "../route.ts";
import type { TrelloAction, TrelloMember, World } from "../world.ts";
import {
  arg,
  callerOf,
  canSeeBoard,
  listArg,
  memberBy,
  membershipOf,
  readableBoard,
  readableWorkspace,
} from "./access.ts";
import { inFeeds, isTold } from "./action-models.ts";
import { MEMBER_BRIEF, showMember } from "./show.ts";

/**
 * The routes that read actions. Feeds show the newest action first and leave out some types of actions. The route
 * `/actions/{id}` shows every type.
 */
export const actionRoutes: readonly Route[] = [
  trelloRoute("GET /actions/{id}", (context) => {
    const action = context.world.trello.actions.find(({ id }) => id === context.params["id"]);
    if (!action || !isVisible(context, action)) return refuse(404, "The requested resource was not found.");
    return json(showAction(context, action));
  }),
  trelloRoute("GET /boards/{boardId}/actions", (context) => {
    const { id } = readableBoard(context, context.params["boardId"]);
    return json(page(context, (action) => idBoardOf(action) === id));
  }),
  trelloRoute("GET /organizations/{id}/actions", (context) => {
    const { id } = readableWorkspace(context);
    return json(page(context, (action) => action.idOrganization === id));
  }),
  trelloRoute("GET /members/{id}/actions", (context) => {
    const { id } = memberBy(context, context.params["id"]);
    const { id: idCaller } = callerOf(context).member;
    return json(
      page(context, (action) => {
        const workspace = context.world.trello.workspaces.get(action.idOrganization ?? "");
        const isShown = id === idCaller || context.world.wire.tellsProfiles === true;
        const visible = workspace ? membershipOf(workspace, idCaller) !== undefined : isShown;
        return visible && action.idMemberCreator === id;
      }),
    );
  }),
];

/** The board of an action; null if there is none. */
export function idBoardOf({ data }: TrelloAction): string | null {
  const { board } = data;
  return isObject(board) && typeof board["id"] === "string" ? board["id"] : null;
}

function isVisible(context: RouteContext, action: TrelloAction): boolean {
  const { workspaces, boards } = context.world.trello;
  const { id } = callerOf(context).member;
  const board = boards.get(idBoardOf(action) ?? "");
  if (board) return canSeeBoard(context.world, board, id);
  const workspace = workspaces.get(action.idOrganization ?? "");
  return workspace ? membershipOf(workspace, id) !== undefined : action.idMemberCreator === id;
}

function page(context: RouteContext, belongs: (action: TrelloAction) => boolean) {
  const limit = Number(arg(context, "limit") ?? 50);
  const number = Number(arg(context, "page") ?? 0);
  if (!Number.isInteger(limit) || limit < 0 || limit > 1_000) return refuse(400, "invalid value for limit");
  if (!Number.isInteger(number) || number < 0) return refuse(400, "invalid value for page");
  const filter = listArg(context, "filter");
  const before = arg(context, "before");
  const since = arg(context, "since");
  return context.world.trello.actions
    .filter((action) => belongs(action) && inFeeds(action.type))
    .filter((action) => filter === null || filter.includes("all") || filter.includes(action.type))
    .filter((action) => before === undefined || isBefore(action, before))
    .filter((action) => since === undefined || isAfter(action, since))
    .toReversed()
    .slice(number * limit, (number + 1) * limit)
    .map((action) => showAction(context, action));
}

/**
 * Whether an action is older than a mark, which is a date or the id of another action. An action is not older than
 * itself.
 */
function isBefore(action: TrelloAction, mark: string): boolean {
  return isId(mark) ? action.id < mark : Date.parse(action.date) < Date.parse(mark);
}

function isAfter(action: TrelloAction, mark: string): boolean {
  return isId(mark) ? action.id > mark : Date.parse(action.date) > Date.parse(mark);
}

function isId(mark: string): boolean {
  return /^[0-9a-f]{24}$/.test(mark);
}

/** An action as Trello shows it in feeds and sends it to webhooks. */
export function showAction(context: Viewer, { id, idMemberCreator, data, type, date }: TrelloAction) {
  const creator = context.world.trello.members.get(idMemberCreator);
  const about = context.world.trello.members.get(String(data["idMember"]));
  return {
    id,
    idMemberCreator,
    data,
    type,
    date,
    limits: {},
    ...(creator ? { memberCreator: showMember(context, creator, MEMBER_BRIEF) } : {}),
    ...(about ? { member: showMember(context, about, MEMBER_BRIEF) } : {}),
  };
}

/** A new id of 24 digits. As in Trello's ids, the first 8 digits are the time (in seconds) at which it was made. */
export function newId(
  world: Pick<World, "now"> & { readonly trello: { sequence: number } },
  at?: number,
): string {
  const seconds = Math.floor((at ?? world.now()) / 1_000);
  world.trello.sequence += 1;
  return seconds.toString(16).padStart(8, "0") + world.trello.sequence.toString(16).padStart(16, "0");
}

/** An action as a write or a test reports it. Its id and date are added later. */
type Happening = Omit<TrelloAction, "id" | "date">;

/** Adds an action to the feed, and queues it for each webhook that gets it. */
export function tell(world: World, happening: Happening): TrelloAction {
  const { webhooks, deliveries, actions } = world.trello;
  const action = { id: newId(world), date: new Date(world.now()).toISOString(), ...happening };
  actions.push(action);
  for (const { id, idModel, active } of webhooks.values()) {
    if (active && isTold(world, action, idModel))
      deliveries.push({ idWebhook: id, action, tries: 0, dueAt: world.now() });
  }
  return action;
}

/** Adds an action to the feed after a write. */
export function record(
  context: RouteContext,
  type: string,
  idOrganization: string | null,
  about: { readonly member?: TrelloMember; readonly data?: Record<string, unknown> },
): void {
  const { world } = context;
  const organization = world.trello.workspaces.get(idOrganization ?? "");
  tell(world, {
    type,
    idMemberCreator: callerOf(context).member.id,
    idOrganization,
    data: {
      ...(organization ? { organization: { id: organization.id, name: organization.displayName } } : {}),
      ...(about.member
        ? { idMember: about.member.id, member: { id: about.member.id, name: about.member.fullName } }
        : {}),
      ...about.data,
    },
  });
}
