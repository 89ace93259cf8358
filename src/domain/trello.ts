// The forms of Trello's replies, with the fields that this program uses. Unknown fields are ignored. A missing field
// makes the read fail.
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
  /** The Atlassian account id. Trello shows it for the token's owner; for others, it may be missing. */
  aaId: wireText,
  email: wireText,
  dateLastActive: wireText,
});
export type Member = z.infer<typeof member>;

/**
 * The fields of the owner's own profile that can be changed, under Trello's names. Each value is the text that a change
 * sends. A preference that Trello does not show is empty.
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

/** What Trello may show of a person besides the name. Trello decides what a token sees of other people. */
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

/** A member of whom the row shows only the id. The username is empty, which no real member has. */
function namelessMember(id: string): Member {
  return { id, username: "", fullName: "" };
}

// A wrong value in another column does not remove the row: the member's id is enough to remove a person.
const membershipRow = {
  id: z.string().catch(""),
  idMember: z.string(),
  memberType: memberType.or(z.string()).catch("unknown"),
  unconfirmed: wireFlag.transform(Boolean),
  deactivated: wireFlag.transform(Boolean),
};
export const membership = z.object(membershipRow);
export type Membership = z.infer<typeof membership>;
export const membershipWithMember = z
  .object({ ...membershipRow, member: member.nullish().catch(null) })
  .transform((row) => ({ ...row, member: row.member ?? namelessMember(row.idMember) }));
export type MembershipWithMember = z.infer<typeof membershipWithMember>;

const workspaceRow = z.object({
  id: z.string(),
  /** The slug. It can change, so writes use the id. */
  name: z.string().catch(""),
  displayName: z.string().catch(""),
  idEnterprise: z.string().nullish().catch(null),
  premiumFeatures: z.array(z.string()).nullish().catch(null),
  /** Used only if `offering` is missing. A list of a wrong form counts as empty. */
  products: z.array(z.number()).nullish().catch(null),
  offering: z.string().nullish().catch(null),
  membersCount: z.number().nullish().catch(null),
  /** The boards that the token can see. Only in the list of workspaces. */
  idBoards: z.array(z.string()).nullish().catch(null),
  /** The seats of a paid workspace. Only in the list of workspaces. */
  billableMemberCount: z.number().nullish().catch(null),
  billableCollaboratorCount: z.number().nullish().catch(null),
  availableLicenseCount: z.number().nullish().catch(null),
  /** The active admins. Only in the list of workspaces. */
  idActiveAdmins: z.array(z.string()).nullish().catch(null),
  /** Settings about who may join. Not in the list of workspaces. */
  prefs: z
    .object({
      /** The Google domain that is linked to the workspace. */
      associatedDomain: wireText,
      /**
       * Emails or domains that may be invited, with `*` for any text. Trello sends a text or a list. Empty: every
       * email.
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
      /** Whether a member of the workspace who sees the board may join and edit it. */
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
 * A row of a workspace's action feed, which may be an invitation. The person is in different fields, by type and age of
 * the row, so all of them are read.
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
    /** The id of the invited person; null if the row does not say. */
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
  /** The expiry date, ISO 8601; null if the token never expires. */
  dateExpires: z.string().nullish(),
  permissions: z.array(
    z.object({ idModel: z.string().nullish(), modelType: z.string(), read: z.boolean(), write: z.boolean() }),
  ),
});
export interface TokenInfo extends z.infer<typeof tokenInfo> {
  /** Only for a sign-in by OAuth 2.0: the granted scopes. The server renews its access tokens. */
  readonly oauth2?: readonly string[];
}

export type PlanTier = "free" | "standard" | "premium" | "enterprise" | "unknown";

/** A workspace with all its people and all boards that the token can see. Costs one request. */
export interface WorkspaceSnapshot {
  readonly workspace: Workspace;
  readonly tier: PlanTier;
  readonly memberships: readonly MembershipWithMember[];
  readonly boards: readonly BoardWithMemberships[];
  /**
   * Rows of Trello's answer that could not be read and were left out, such as `2 members`. Missing if there are none.
   */
  readonly unread?: readonly string[];
}

export interface BoardSnapshot {
  readonly board: Board;
  readonly memberships: readonly MembershipWithMember[];
  /** As in `WorkspaceSnapshot`. */
  readonly unread?: readonly string[];
}
