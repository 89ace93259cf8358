import type { RouteContext } from "../route.ts";
import type { Board, PlanTier, Workspace, World } from "../world.ts";
import { boardsOf, callerOf, canSeeBoard } from "./access.ts";
import { pick, showMembership } from "./show.ts";
import type { Fields, Shown } from "./show.ts";

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

/**
 * For each plan tier, such as Free or Premium: the fields by which replies show the tier of a workspace. Trello does
 * not publish the real values.
 */
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

/**
 * The fields of a workspace in a reply if the request names no fields. As in 7 recordings of Trello's replies,
 * preferences, counts and the offering are not among these fields.
 */
const WORKSPACE_DEFAULT = [
  "name",
  "displayName",
  "desc",
  "descData",
  "url",
  "website",
  "teamType",
  "logoHash",
  "logoUrl",
  "products",
  "powerUps",
];

/** A workspace in a reply. Its counts are computed from its memberships. */
export function showWorkspace(context: RouteContext, workspace: Workspace, fields: Fields = null): Shown {
  const { world } = context;
  const active = workspace.memberships.filter((row) => !row.deactivated && !row.unconfirmed);
  const paid = workspace.tier !== "free";
  const shown: Shown = {
    id: workspace.id,
    name: workspace.name,
    displayName: workspace.displayName,
    desc: "",
    descData: null,
    url: `https://trello.com/w/${workspace.name}`,
    website: null,
    teamType: null,
    logoHash: null,
    logoUrl: null,
    powerUps: [],
    idEnterprise: workspace.idEnterprise,
    ...planOf(workspace),
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
      ...workspace.prefs,
    },
    dateLastActivity: workspace.dateCreated,
  };
  // The field `idBoards` is slow to compute, so it is computed only if the request asks for it.
  if (fields?.includes("all") || fields?.includes("idBoards")) {
    shown["idBoards"] = boardsOf(world, workspace)
      .filter((board) => canSeeBoard(world, board, callerOf(context).member.id))
      .map((board) => board.id);
  }
  if (fields?.includes("memberships") || fields?.includes("all")) {
    shown["memberships"] = workspace.memberships.map((row) => showMembership(context, row));
  }
  return pick(shown, fields ?? WORKSPACE_DEFAULT);
}

/**
 * The fields of a reply that show the plan tier of a workspace, such as Free or Premium. Some workspaces show no tier,
 * and some show the name of a tier that Trello no longer sells.
 */
function planOf({ tier, planShown }: Workspace): Shown {
  if (planShown === null) return {};
  return { ...PLANS[tier], ...planShown };
}

/** For each guest of a workspace: the number of open boards. A guest is on boards but not in the workspace. */
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

/**
 * The fields of a board in a reply if the request names no fields. As in 27 recordings of Trello's replies, the short
 * link and the memberships are not among these fields.
 */
const BOARD_DEFAULT = [
  "name",
  "desc",
  "closed",
  "idOrganization",
  "url",
  "shortUrl",
  "prefs",
  "idMemberCreator",
];

/** A board in a reply, with its memberships if the request asks for them. */
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
    ...(board.idMemberCreator !== undefined && { idMemberCreator: board.idMemberCreator }),
  };
  if (fields?.includes("all") || fields?.includes("memberships")) {
    shown["memberships"] = board.memberships.map((row) => showMembership(context, row));
  }
  return pick(shown, fields ?? BOARD_DEFAULT);
}

function slugOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}
