// Trello's wire shapes, as far as they are used: unknown members are ignored, a missing one fails the parse.
import { z } from "zod";

export const memberType = z.enum(["admin", "normal", "observer"]);
export type MemberType = z.infer<typeof memberType>;

export const member = z.object({
  id: z.string(),
  username: z.string(),
  fullName: z
    .string()
    .nullish()
    .transform((name) => name ?? ""),
  /** `ghost`: invited by email, no account yet. */
  memberType: z.string().nullish(),
  confirmed: z.boolean().nullish(),
  /** Shown for the token's own member; whether for others is not documented, so either answer works. */
  aaId: z.string().nullish(),
  email: z.string().nullish(),
  dateLastActive: z.string().nullish(),
});
export type Member = z.infer<typeof member>;

/** What the owner of a token can change about themself. */
export const profile = z.object({
  id: z.string(),
  username: z.string(),
  fullName: z.string(),
  initials: z
    .string()
    .nullish()
    .transform((text) => text ?? ""),
  bio: z
    .string()
    .nullish()
    .transform((text) => text ?? ""),
});
export type Profile = z.infer<typeof profile>;

const membershipRow = {
  id: z.string(),
  idMember: z.string(),
  memberType: memberType.or(z.string()),
  unconfirmed: z.boolean().nullish().transform(Boolean),
  deactivated: z.boolean().nullish().transform(Boolean),
};
export const membership = z.object(membershipRow);
export type Membership = z.infer<typeof membership>;
export const membershipWithMember = z.object({ ...membershipRow, member });
export type MembershipWithMember = z.infer<typeof membershipWithMember>;

export const workspace = z.object({
  id: z.string(),
  /** The slug; it can be renamed, so writes use the id. */
  name: z.string(),
  displayName: z.string(),
  idEnterprise: z.string().nullish(),
  premiumFeatures: z.array(z.string()).nullish(),
  /** Of use only if `offering` tells nothing, so an odd list counts as none. */
  products: z.array(z.number()).nullish().catch(null),
  offering: z.string().nullish(),
  membersCount: z.number().nullish(),
  /** Boards that the token sees; asked for in the list of workspaces only. */
  idBoards: z.array(z.string()).nullish(),
  /** Members who can act as admins; asked for in the list of workspaces only. */
  idActiveAdmins: z.array(z.string()).nullish(),
});
export type Workspace = z.infer<typeof workspace>;

export const board = z.object({
  id: z.string(),
  name: z.string(),
  closed: z.boolean().nullish().transform(Boolean),
  idOrganization: z.string().nullish(),
  shortLink: z.string().nullish(),
  prefs: z.object({ permissionLevel: z.string().nullish() }).nullish(),
});
export type Board = z.infer<typeof board>;
export const boardWithMemberships = board.extend({ memberships: z.array(membership) });
export type BoardWithMemberships = z.infer<typeof boardWithMemberships>;

export const card = z.object({
  id: z.string(),
  name: z.string(),
  idBoard: z.string(),
  idMembers: z.array(z.string()),
  closed: z.boolean().nullish().transform(Boolean),
});
export type Card = z.infer<typeof card>;

export const tokenInfo = z.object({
  identifier: z.string().nullish(),
  idMember: z.string(),
  dateCreated: z.string().nullish(),
  /** ISO 8601; null: never. Fixed when the token was granted. */
  dateExpires: z.string().nullish(),
  permissions: z.array(
    z.object({ idModel: z.string().nullish(), modelType: z.string(), read: z.boolean(), write: z.boolean() }),
  ),
});
export type TokenInfo = z.infer<typeof tokenInfo>;

export type PlanTier = "free" | "standard" | "premium" | "enterprise" | "unknown";

/** A workspace with everyone in it and every board the token sees: one upstream request. */
export interface WorkspaceSnapshot {
  readonly workspace: Workspace;
  readonly tier: PlanTier;
  readonly memberships: readonly MembershipWithMember[];
  readonly boards: readonly BoardWithMemberships[];
  /** Rows of Trello's answer that could not be read and are left out, for example `2 members`; absent if there are none. */
  readonly unread?: readonly string[];
}

export interface BoardSnapshot {
  readonly board: Board;
  readonly memberships: readonly MembershipWithMember[];
}
