// The data in Trello's replies, with the fields that this program uses. Other fields are ignored. If a needed field is
// missing, the read fails.
import { z } from "zod";
import { wireFlag, wireText } from "./wire.ts";

export const memberType = z.enum(["admin", "normal", "observer"]);
export type MemberType = z.infer<typeof memberType>;

export const member = z.object({
  id: z.string(),
  username: z.string(),
  fullName: wireText.transform((name) => name ?? ""),
  /** `ghost`: a person who was invited by email and has no account. */
  memberType: wireText,
  confirmed: z.boolean().nullish().catch(null),
  /** The Atlassian account id. Trello shows it for the token's owner. For other members, it may be missing. */
  aaId: wireText,
  email: wireText,
  dateLastActive: wireText,
});
export type Member = z.infer<typeof member>;

/**
 * The fields of the token owner's own profile that can be changed, under Trello's names. Each value is a text in the
 * form in which it is sent to Trello. If Trello does not show a preference, its value is empty.
 */
export const profile = z
  .object({
    id: z.string(),
    username: z.string(),
    fullName: z.string(),
    initials: wireText,
    bio: wireText,
    avatarSource: wireText,
    prefs: z
      .object({
        locale: wireText,
        colorBlind: wireFlag,
        minutesBetweenSummaries: z.number().nullish().catch(null),
      })
      .nullish()
      .catch(null),
  })
  .transform(({ prefs, initials, bio, avatarSource, ...row }) => ({
    ...row,
    initials: initials ?? "",
    bio: bio ?? "",
    avatarSource: avatarSource ?? "none",
    "prefs/locale": prefs?.locale ?? "",
    "prefs/colorBlind": String(prefs?.colorBlind ?? ""),
    "prefs/minutesBetweenSummaries": String(prefs?.minutesBetweenSummaries ?? ""),
  }));
export type Profile = z.infer<typeof profile>;

/** What Trello may show about a person in addition to the name. Trello decides what a token can see of other people. */
export const memberProfile = z.object({
  initials: wireText,
  avatarUrl: wireText,
  bio: wireText,
  url: wireText,
  memberType: wireText,
  confirmed: z.boolean().nullish().catch(null),
  status: wireText,
  products: z.array(z.number()).nullish().catch(null),
  loginTypes: z.array(z.string()).nullish().catch(null),
});
export type MemberProfile = z.infer<typeof memberProfile>;

/** Makes a member if a row of Trello's answer has only the member's id. A real member's username is never empty. */
function namelessMember(id: string): Member {
  return { id, username: "", fullName: "" };
}

// Only `idMember` must be right, because it is enough to remove a person. Wrong values of other fields are ignored.
const membershipRow = {
  id: z.string().catch(""),
  idMember: z.string(),
  memberType: memberType.or(z.string()).catch("unknown"),
  unconfirmed: wireFlag.transform(Boolean),
  deactivated: wireFlag.transform(Boolean),
};
/** Adds `idMember` to a row that has the person's id only in `member`. */
function withMemberId(row: unknown): unknown {
  if (typeof row !== "object" || row === null || ("idMember" in row && row.idMember)) return row;
  const { member: shown } = row as { readonly member?: { readonly id?: unknown } | null };
  return shown?.id === undefined ? row : { ...row, idMember: shown.id };
}
export const membership = z.preprocess(withMemberId, z.object(membershipRow));
export type Membership = z.infer<typeof membership>;
export const membershipWithMember = z
  .preprocess(withMemberId, z.object({ ...membershipRow, member: member.nullish().catch(null) }))
  .transform((row) => ({ ...row, member: row.member ?? namelessMember(row.idMember) }));
export type MembershipWithMember = z.infer<typeof membershipWithMember>;

const workspaceRow = z.object({
  id: z.string(),
  /** The workspace's slug, which is a part of the workspace's address. A slug can change, so writes use the id. */
  name: z.string().catch(""),
  displayName: z.string().catch(""),
  idEnterprise: z.string().nullish().catch(null),
  premiumFeatures: z.array(z.string()).nullish().catch(null),
  /** Numbers of paid products. An empty list without `offering` can mean the Free plan. A wrong list is ignored. */
  products: z.array(z.number()).nullish().catch(null),
  offering: z.string().nullish().catch(null),
  membersCount: z.number().nullish().catch(null),
  /** The ids of the boards that the token can see. Present only in the list of all workspaces. */
  idBoards: z.array(z.string()).nullish().catch(null),
  /** The number of seats of a paid workspace. Present only in the list of all workspaces. */
  billableMemberCount: z.number().nullish().catch(null),
  billableCollaboratorCount: z.number().nullish().catch(null),
  availableLicenseCount: z.number().nullish().catch(null),
  /** The ids of the active admins. Present only in the list of all workspaces. */
  idActiveAdmins: z.array(z.string()).nullish().catch(null),
  /** The workspace's settings about who may join. Missing in the list of all workspaces. */
  prefs: z
    .object({
      /** The Google domain that is linked to the workspace. */
      associatedDomain: wireText,
      /**
       * The emails or domains that may be invited, with `*` for any text. Trello sends a text or a list. Empty means
       * that every email may be invited.
       */
      orgInviteRestrict: z
        .union([z.array(z.string()), z.string().transform((one) => (one === "" ? [] : [one]))])
        .nullish()
        .catch(null),
      /** True if only members of the workspace may be on its boards. */
      externalMembersDisabled: wireFlag,
    })
    .nullish()
    .catch(null),
});
export const workspace = workspaceRow.transform((row) => {
  // A workspace without a name is shown by its id.
  const name = row.name || row.id;
  return { ...row, name, displayName: row.displayName || name };
});
export type Workspace = z.infer<typeof workspace>;

const boardRow = {
  id: z.string(),
  name: z.string().catch(""),
  closed: wireFlag.transform(Boolean),
  idOrganization: z.string().nullish().catch(null),
  shortLink: z.string().nullish().catch(null),
  prefs: z
    .object({
      permissionLevel: z.string().nullish(),
      /** Whether a member of the workspace who can see the board may join and edit it. */
      selfJoin: wireFlag,
    })
    .nullish()
    .catch(null),
};
export const board = z.object(boardRow).transform(withName);
export type Board = z.infer<typeof board>;
/** `unreadPeople`: how many rows of people could not be read and are left out. */
export const boardWithMemberships = z
  .object({ ...boardRow, memberships: z.array(z.unknown()) })
  .transform(withName)
  .transform(({ memberships: answered, ...row }) => {
    const memberships = answered.flatMap((each) => membership.safeParse(each).data ?? []);
    const unreadPeople = answered.length - memberships.length;
    return { ...row, memberships, ...(unreadPeople > 0 && { unreadPeople }) };
  });
export type BoardWithMemberships = z.infer<typeof boardWithMemberships>;

/** A board without a name is shown by its id. */
function withName<Row extends { readonly id: string; readonly name: string }>(row: Row): Row {
  return row.name === "" ? { ...row, name: row.id } : row;
}

export const card = z.object({
  id: z.string(),
  name: z.string().catch(""),
  idBoard: z.string(),
  idMembers: z.array(z.string()),
  closed: wireFlag.transform(Boolean),
});
export type Card = z.infer<typeof card>;

/**
 * A row in a workspace's action feed. Some rows are invitations. The field that contains the invited person depends on
 * the type and age of the row, so all such fields are read.
 */
export const invitationAction = z
  .object({
    type: z.string(),
    date: wireText,
    idMemberCreator: wireText,
    memberCreator: z.object({ fullName: wireText, username: wireText }).nullish().catch(null),
    member: z.object({ id: z.string() }).nullish().catch(null),
    data: z
      .object({
        idMember: wireText,
        idMemberAdded: wireText,
        idMemberInvited: wireText,
        member: z.object({ id: z.string() }).nullish().catch(null),
      })
      .nullish()
      .catch(null),
  })
  .transform(({ type, date, idMemberCreator, memberCreator, member: shown, data }) => ({
    type,
    date: date ?? null,
    /** The id of the invited person; null if the row does not contain it. */
    idMember:
      data?.idMemberInvited ?? data?.idMemberAdded ?? data?.idMember ?? data?.member?.id ?? shown?.id ?? null,
    idInviter: idMemberCreator ?? null,
    inviter: memberCreator ?? null,
  }));
export type InvitationAction = z.infer<typeof invitationAction>;

export const tokenInfo = z.object({
  identifier: z.string().nullish(),
  idMember: z.string(),
  dateCreated: z.string().nullish(),
  /** The token's expiry date, ISO 8601; null if the token never expires. */
  dateExpires: z.string().nullish(),
  permissions: z.array(
    z.object({ idModel: z.string().nullish(), modelType: z.string(), read: z.boolean(), write: z.boolean() }),
  ),
});
export interface TokenInfo extends z.infer<typeof tokenInfo> {
  /** The scopes of the sign-in by OAuth 2.0. Missing if the server uses a Trello token instead of such a sign-in. */
  readonly oauth2?: readonly string[];
}

export type PlanTier = "free" | "standard" | "premium" | "enterprise" | "unknown";

/** A workspace with all its people, and all its boards that the token can see. One request reads it. */
export interface WorkspaceSnapshot {
  readonly workspace: Workspace;
  readonly tier: PlanTier;
  readonly memberships: readonly MembershipWithMember[];
  readonly boards: readonly BoardWithMemberships[];
  /**
   * Rows of Trello's answer that could not be read and were left out, such as `2 members`. Missing if there were no
   * such rows.
   */
  readonly unread?: readonly string[];
}

export interface BoardSnapshot {
  readonly board: Board;
  readonly memberships: readonly MembershipWithMember[];
  /** As in `WorkspaceSnapshot`. */
  readonly unread?: readonly string[];
}
