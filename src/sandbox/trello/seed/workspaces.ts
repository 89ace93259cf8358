import type { Membership, MemberType, PlanTier, Workspace } from "../../world.ts";
import { CAST, GHOSTS, INVITED_DAYS_AGO, seedId, STAFF, VOLUNTEERS } from "./people.ts";
import type { SeededPerson } from "./people.ts";

interface Plan {
  readonly id: string;
  readonly name: string;
  readonly displayName: string;
  readonly tier: PlanTier;
}

/**
 * The workspaces: one for each plan tier, and one more in an enterprise that AdminHub manages. The owner of the Trello
 * token is an admin of all of them.
 */
export const WORKSPACES = {
  /** The workspace whose only admin is the owner of the Trello token. */
  free: plan(1, "harborvolunteers", "Harbor Volunteers", "free"),
  /** This workspace has exactly 100 boards. */
  standard: plan(2, "northwindoperations", "Northwind Operations", "standard"),
  premium: plan(3, "brightpathdesign", "Brightpath Design", "premium"),
  enterprise: plan(4, "meridiancorporation", "Meridian Corporation", "enterprise"),
  adminHub: plan(5, "polarislabs", "Polaris Labs", "enterprise"),
} as const;

export const ENTERPRISES = {
  enterprise: { id: seedId("enterprise", 1), name: "Meridian Group" },
  adminHub: { id: seedId("enterprise", 2), name: "Polaris Holding" },
} as const;

function plan(n: number, name: string, displayName: string, tier: PlanTier): Plan {
  return { id: seedId("workspace", n), name, displayName, tier };
}

/** The people of each workspace, in addition to the token's owner. */
export const CREWS: Readonly<Record<keyof typeof WORKSPACES, readonly SeededPerson[]>> = {
  free: [CAST.privateOwner, ...VOLUNTEERS],
  standard: [
    CAST.leaver,
    CAST.successor,
    CAST.alexOfOperations,
    CAST.hostile,
    CAST.trelloOnly,
    CAST.soleBoardAdmin,
    ...STAFF.slice(0, 30),
  ],
  premium: [CAST.alexOfDesign, CAST.observer, CAST.successor, ...STAFF.slice(24, 36)],
  enterprise: [CAST.leaver, CAST.successor, CAST.trelloOnly, ...STAFF.slice(30, 42)],
  adminHub: STAFF.slice(36, 42),
};

/**
 * Makes memberships with ids that are the same at every start. `since`: when the membership was made (milliseconds
 * since 1970), because the id contains this time. By default, it is a fixed time.
 */
export function createMembershipMaker(): (
  person: { readonly id: string },
  memberType?: MemberType,
  marks?: { readonly unconfirmed?: boolean; readonly deactivated?: boolean; readonly since?: number },
) => Membership {
  let made = 0;
  return ({ id }, memberType = "normal", marks = {}) => {
    made += 1;
    return {
      id: seedId("membership", made, marks.since),
      idMember: id,
      memberType,
      unconfirmed: marks.unconfirmed ?? false,
      deactivated: marks.deactivated ?? false,
    };
  };
}

type Row = ReturnType<typeof createMembershipMaker>;

const DAY_MS = 86_400_000;

/** The workspaces with their memberships at a given time (milliseconds since 1970). */
export function seedWorkspaces(row: Row, at: number): Workspace[] {
  const invited = (ghost: keyof typeof INVITED_DAYS_AGO): Membership =>
    row(GHOSTS[ghost], "normal", { unconfirmed: true, since: at - INVITED_DAYS_AGO[ghost] * DAY_MS });
  const extra: Record<keyof typeof WORKSPACES, Membership[]> = {
    free: [invited("free")],
    standard: [
      row(CAST.deputy, "admin"),
      row(CAST.deactivated, "normal", { deactivated: true }),
      invited("workspace"),
      invited("expired"),
    ],
    premium: [row(CAST.deputy, "admin")],
    enterprise: [row(CAST.deputy, "admin")],
    adminHub: [row(CAST.deputy, "admin")],
  };
  const idEnterprises = { enterprise: ENTERPRISES.enterprise.id, adminHub: ENTERPRISES.adminHub.id };
  return (Object.keys(WORKSPACES) as (keyof typeof WORKSPACES)[]).map((key) => ({
    ...WORKSPACES[key],
    idEnterprise: key === "enterprise" || key === "adminHub" ? idEnterprises[key] : null,
    memberships: [row(CAST.admin, "admin"), ...CREWS[key].map((person) => row(person)), ...extra[key]],
    dateCreated: "2024-01-15T09:00:00.000Z",
  }));
}
