import { json, refuse, trelloRoute } from "../route.ts";
import type { Route, RouteContext } from "../route.ts";
import type { TrelloAction, TrelloMember, World } from "../world.ts";
import { arg, listArg, memberBy, membershipOf, callerOf, readableWorkspace } from "./access.ts";
import { MEMBER_BRIEF, showMember } from "./show.ts";

/** The action feed, newest first. */
export const actionRoutes: readonly Route[] = [
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
        const visible = workspace ? membershipOf(workspace, idCaller) !== undefined : id === idCaller;
        return visible && action.idMemberCreator === id;
      }),
    );
  }),
];

function page(context: RouteContext, belongs: (action: TrelloAction) => boolean) {
  const limit = Number(arg(context, "limit") ?? 50);
  const number = Number(arg(context, "page") ?? 0);
  if (!Number.isInteger(limit) || limit < 0 || limit > 1_000) return refuse(400, "invalid value for limit");
  if (!Number.isInteger(number) || number < 0) return refuse(400, "invalid value for page");
  const filter = listArg(context, "filter");
  const before = arg(context, "before");
  const since = arg(context, "since");
  return context.world.trello.actions
    .filter(belongs)
    .filter((action) => filter === null || filter.includes("all") || filter.includes(action.type))
    .filter((action) => before === undefined || isBefore(action, before))
    .filter((action) => since === undefined || isAfter(action, since))
    .toReversed()
    .slice(number * limit, (number + 1) * limit)
    .map((action) => showAction(context, action));
}

/** `before` and `since` take an action's id or a date. The named action itself is left out. */
function isBefore(action: TrelloAction, mark: string): boolean {
  return isId(mark) ? action.id < mark : Date.parse(action.date) < Date.parse(mark);
}

function isAfter(action: TrelloAction, mark: string): boolean {
  return isId(mark) ? action.id > mark : Date.parse(action.date) > Date.parse(mark);
}

function isId(mark: string): boolean {
  return /^[0-9a-f]{24}$/.test(mark);
}

function showAction(context: RouteContext, { id, idMemberCreator, data, type, date }: TrelloAction) {
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

/** A new 24-digit id. As in Trello's ids, the first 8 hex digits are the second in which it was made. */
export function newId(
  world: Pick<World, "now"> & { readonly trello: { sequence: number } },
  at?: number,
): string {
  const seconds = Math.floor((at ?? world.now()) / 1_000);
  world.trello.sequence += 1;
  return seconds.toString(16).padStart(8, "0") + world.trello.sequence.toString(16).padStart(16, "0");
}

/** Adds to the action feed what a write just did. */
export function record(
  context: RouteContext,
  type: string,
  idOrganization: string | null,
  about: { readonly member?: TrelloMember; readonly data?: Record<string, unknown> },
): void {
  const { world } = context;
  const organization = world.trello.workspaces.get(idOrganization ?? "");
  world.trello.actions.push({
    id: newId(world),
    type,
    date: new Date(world.now()).toISOString(),
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
