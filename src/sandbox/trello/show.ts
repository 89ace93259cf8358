import type { RouteContext } from "../route.ts";
import type { Board, Membership, PlanTier, TrelloMember, Workspace, World } from "../world.ts";
import { boardsOf, callerOf, canSeeBoard } from "./access.ts";

type Shown = Record<string, unknown>;
type Fields = readonly string[] | null;

/** Keeps `id` and the asked fields; null and `all` keep everything, unknown names are ignored. */
export function pick(whole: Shown, fields: Fields): Shown {
  if (fields === null || fields.includes("all")) return whole;
  return Object.fromEntries(Object.entries(whole).filter(([name]) => name === "id" || fields.includes(name)));
}

/** What nested member objects carry unless fields are named. */
export const MEMBER_BRIEF: readonly string[] = ["fullName", "username"];

/** A member as this caller may see them: other people's email and aaId are hidden. */
export function showMember(context: RouteContext, member: TrelloMember, fields: Fields = null): Shown {
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
    activityBlocked: false,
    nonPublic: {},
    nonPublicAvailable: true,
    url: `https://trello.com/u/${member.username}`,
    idEnterprise: idEnterpriseOf(context.world, member.id),
    ...(own || context.world.trello.showsAaId ? { aaId: member.aaId } : {}),
    ...(own && token.scopes.has("account") ? { email: member.email, aaEmail: member.email } : {}),
  };
  if (own) {
    shown["idOrganizations"] = idsWith(context.world.trello.workspaces, member.id);
    shown["idBoards"] = idsWith(context.world.trello.boards, member.id);
    shown["idEnterprisesAdmin"] = [...context.world.trello.enterprises.values()]
      .filter((enterprise) => enterprise.idAdmins.includes(member.id))
      .map((enterprise) => enterprise.id);
  }
  return pick(shown, fields);
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

/** A membership row, with its member where asked. */
export function showMembership(
  context: RouteContext,
  row: Membership,
  member: { readonly fields: Fields } | null = null,
): Shown {
  const { id, idMember, memberType, unconfirmed, deactivated } = row;
  const shown: Shown = { id, idMember, memberType, unconfirmed, deactivated };
  const person = member && context.world.trello.members.get(idMember);
  if (person) shown["member"] = showMember(context, person, member.fields);
  return shown;
}

/** What writes to a workspace's or board's members answer: its id and who is in it now. */
export function showMembers(
  context: RouteContext,
  of: { readonly id: string; readonly memberships: readonly Membership[] },
): Shown {
  const people = of.memberships.flatMap(({ idMember }) => context.world.trello.members.get(idMember) ?? []);
  return {
    id: of.id,
    members: people.map((member) => showMember(context, member, NESTED_MEMBER)),
    memberships: of.memberships.map((row) => showMembership(context, row)),
  };
}

/** What member objects inside memberships carry unless fields are named. */
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

const STANDARD = [
  "additionalBoardBackgrounds",
  "advancedChecklists",
  "customBoardBackgrounds",
  "deactivated",
  "isStandard",
  "multiBoardGuests",
  "plugins",
];
const PREMIUM = [
  ...STANDARD.filter((name) => name !== "isStandard"),
  "activity",
  "csvExport",
  "inviteBoard",
  "inviteOrg",
  "isBc",
  "isPremium",
  "observers",
  "removal",
  "restrictVis",
  "superAdmins",
  "views",
];

/** How a plan tier looks on the wire. Which names a tier really carries is unpublished. */
const PLANS: Readonly<Record<PlanTier, { offering: string; products: number[]; premiumFeatures: string[] }>> =
  {
    free: { offering: "trello.free", products: [], premiumFeatures: [] },
    standard: { offering: "trello.standard", products: [131], premiumFeatures: STANDARD },
    premium: { offering: "trello.premium", products: [110], premiumFeatures: PREMIUM },
    enterprise: {
      offering: "trello.enterprise",
      products: [120],
      premiumFeatures: [...PREMIUM, "enterpriseUI"],
    },
  };

/** A workspace; counts follow from its memberships. */
export function showWorkspace(context: RouteContext, workspace: Workspace, fields: Fields = null): Shown {
  const { world } = context;
  const active = workspace.memberships.filter((row) => !row.deactivated && !row.unconfirmed);
  const paid = workspace.tier !== "free";
  const shown: Shown = {
    id: workspace.id,
    name: workspace.name,
    displayName: workspace.displayName,
    desc: "",
    url: `https://trello.com/w/${workspace.name}`,
    idEnterprise: workspace.idEnterprise,
    ...PLANS[workspace.tier],
    membersCount: workspace.memberships.length,
    activeMembershipCount: active.length,
    idActiveAdmins: active.filter((row) => row.memberType === "admin").map((row) => row.idMember),
    billableMemberCount: paid ? active.length : 0,
    billableCollaboratorCount: paid
      ? [...guestBoards(world, workspace).values()].filter((n) => n > 1).length
      : 0,
    availableLicenseCount: paid ? Math.max(0, 1_000 - active.length) : null,
    maximumLicenseCount: paid ? 1_000 : null,
    prefs: {
      permissionLevel: "private",
      orgInviteRestrict: [],
      associatedDomain: null,
      externalMembersDisabled: false,
      boardVisibilityRestrict: { private: "org", org: "org", enterprise: "org", public: "org" },
    },
    dateLastActivity: workspace.dateCreated,
  };
  // Costly, so only where they will be kept.
  if (fields === null || fields.includes("all") || fields.includes("idBoards")) {
    shown["idBoards"] = boardsOf(world, workspace)
      .filter((board) => canSeeBoard(world, board, callerOf(context).member.id))
      .map((board) => board.id);
  }
  if (fields?.includes("memberships") || fields?.includes("all")) {
    shown["memberships"] = workspace.memberships.map((row) => showMembership(context, row));
  }
  return pick(shown, fields);
}

/** On how many open boards of a workspace each guest is: people on a board but not in the workspace. */
export function guestBoards(world: World, workspace: Workspace, except?: Board): Map<string, number> {
  const inside = new Set(workspace.memberships.map((row) => row.idMember));
  const counts = new Map<string, number>();
  for (const board of boardsOf(world, workspace)) {
    if (board === except || board.closed) continue;
    for (const { idMember } of board.memberships) {
      if (!inside.has(idMember)) counts.set(idMember, (counts.get(idMember) ?? 0) + 1);
    }
  }
  return counts;
}

/** A board, with all of its membership rows. */
export function showBoard(context: RouteContext, board: Board, fields: Fields = null): Shown {
  const shown: Shown = {
    id: board.id,
    name: board.name,
    desc: "",
    closed: board.closed,
    idOrganization: board.idOrganization,
    shortLink: board.shortLink,
    shortUrl: `https://trello.com/b/${board.shortLink}`,
    url: `https://trello.com/b/${board.shortLink}/${slugOf(board.name)}`,
    prefs: { permissionLevel: board.permissionLevel, invitations: "members", selfJoin: false },
  };
  if (fields === null || fields.includes("all") || fields.includes("memberships")) {
    shown["memberships"] = board.memberships.map((row) => showMembership(context, row));
  }
  return pick(shown, fields);
}

function slugOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
