import type { RouteContext, Viewer } from "../route.ts";
import type { Enterprise, Membership, TrelloMember, World } from "../world.ts";
import { byName, callerOf } from "./access.ts";
import { ownOnly, pictureOf } from "./profile.ts";

export type Shown = Record<string, unknown>;
export type Fields = readonly string[] | null;

/**
 * Keeps `id` and the requested fields. If `fields` is null or contains `all`, every field is kept. Unknown names are
 * ignored.
 */
export function pick(whole: Shown, fields: Fields): Shown {
  return Object.fromEntries(Object.entries(whole).filter(([name]) => name === "id" || isAsked(name, fields)));
}

function isAsked(name: string, fields: Fields): boolean {
  return fields === null || fields.includes("all") || fields.includes(name);
}

/** The fields of a member inside another object, if the request names none. */
export const MEMBER_BRIEF: readonly string[] = ["fullName", "username"];

/**
 * A member as the caller may see the member. The email of other people is hidden, and their `aaId` may be hidden too.
 */
export function showMember(context: Viewer, member: TrelloMember, fields: Fields = null): Shown {
  const { token, member: self } = callerOf(context);
  const own = member.id === self.id;
  const shown: Shown = {
    id: member.id,
    username: member.username,
    fullName: member.fullName,
    initials: member.initials,
    bio: member.bio,
    memberType: member.memberType,
    confirmed: member.confirmed,
    ...pictureOf(member),
    products: [],
    status: "disconnected",
    activityBlocked: false,
    nonPublic: member.nonPublic ?? {},
    nonPublicAvailable: member.nonPublicAvailable ?? true,
    url: `https://trello.com/u/${member.username}`,
    idEnterprise: idEnterpriseOf(context.world, member.id),
    idEnterprisesDeactivated: idsOfEnterprises(context.world, ({ members }) =>
      Boolean(members.get(member.id)?.deactivated),
    ),
    // The field `idPremOrgsAdmin` needs every membership of every workspace, so it is computed only if it is requested.
    ...(isAsked("idPremOrgsAdmin", fields) && { idPremOrgsAdmin: idPremOrgsAdmin(context.world, member.id) }),
    ...shownAaId(context, member, own),
    ...(own && token.scopes.has("account")
      ? // null in every recorded reply, although `email` was set in the same reply.
        { email: member.email, aaEmail: null }
      : hiddenEmail(context)),
  };
  if (own) {
    Object.assign(shown, ownOnly(member));
    shown["idOrganizations"] = idsWith(context.world.trello.workspaces, member.id);
    shown["idBoards"] = idsWith(context.world.trello.boards, member.id);
    shown["idEnterprisesAdmin"] = idsOfEnterprises(context.world, ({ idAdmins }) =>
      idAdmins.includes(member.id),
    );
  }
  return pick(shown, fields);
}

/** How replies hide an email: the field is missing, or it is null as in recorded searches. */
function hiddenEmail({ world }: Viewer): Shown {
  return world.wire.nullEmails ? { email: null, aaEmail: null } : {};
}

/**
 * The field `aaId`. It is unknown whether Trello shows the `aaId` of other people. So the sandbox can show the id, null
 * or no field.
 */
function shownAaId({ world }: Viewer, { aaId, aaIdShown }: TrelloMember, own: boolean): Shown {
  if (own || aaIdShown === "id") return { aaId };
  if (aaIdShown === "null") return { aaId: null };
  return aaIdShown === undefined && world.trello.showsAaId ? { aaId } : {};
}

function idsOfEnterprises({ trello }: World, has: (enterprise: Enterprise) => boolean): string[] {
  return [...trello.enterprises.values()].filter(has).map(({ id }) => id);
}

/** The paid workspaces that the member administers. */
function idPremOrgsAdmin({ trello }: World, idMember: string): string[] {
  return [...trello.workspaces.values()]
    .filter(({ tier }) => tier !== "free")
    .filter(({ memberships }) =>
      memberships.some((row) => row.idMember === idMember && row.memberType === "admin" && !row.deactivated),
    )
    .map(({ id }) => id);
}

function idEnterpriseOf(world: World, idMember: string): string | null {
  const found = [...world.trello.enterprises.values()].find(({ members }) => members.get(idMember)?.managed);
  return found?.id ?? null;
}

function idsWith(
  things: ReadonlyMap<string, { readonly id: string; readonly memberships: readonly Membership[] }>,
  idMember: string,
): string[] {
  return [...things.values()]
    .filter(({ memberships }) => memberships.some((row) => row.idMember === idMember))
    .map(({ id }) => id);
}

/** A membership in a reply, with its member if the request asks for that. */
export function showMembership(
  context: RouteContext,
  row: Membership,
  member: { readonly fields: Fields } | null = null,
): Shown {
  const { id, idMember, unconfirmed, deactivated, omits = [] } = row;
  const shown: Shown = { id, idMember, memberType: row.unknownType ?? row.memberType };
  if (!omits.includes("unconfirmed")) shown["unconfirmed"] = unconfirmed;
  if (!omits.includes("deactivated")) shown["deactivated"] = deactivated;
  const person = member && context.world.trello.members.get(idMember);
  if (person) shown["member"] = row.memberIsNull ? null : showMember(context, person, member.fields);
  return shown;
}

/**
 * The reply to a write that changes the members of a workspace or board: the id of the workspace or board, and its
 * members after the change.
 */
export function showMembers(
  context: RouteContext,
  of: { readonly id: string; readonly memberships: readonly Membership[] },
): Shown {
  return {
    id: of.id,
    members: showPeople(context, of.memberships, NESTED_MEMBER),
    memberships: of.memberships.map((row) => showMembership(context, row)),
  };
}

/**
 * The members of the given memberships, sorted by full name. The memberships themselves are sorted by the time at which
 * they were made.
 */
export function showPeople(context: RouteContext, rows: readonly Membership[], fields: Fields): Shown[] {
  const people = rows.flatMap(({ idMember }) => context.world.trello.members.get(idMember) ?? []);
  return byName(people, (member) => member.fullName).map((member) => showMember(context, member, fields));
}

/** The fields of a member inside a membership, if the request names none. */
export const NESTED_MEMBER: readonly string[] = [
  "activityBlocked",
  "confirmed",
  "fullName",
  "initials",
  "memberType",
  "nonPublic",
  "nonPublicAvailable",
  "username",
];
