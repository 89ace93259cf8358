import type { ApplicationReads } from "./application.ts";
import { AppError } from "./error.ts";
import type { AccountControl, AtlassianAccount } from "./atlassian.ts";
import type { Enterprise, EnterpriseAdmin, EnterpriseMemberRow, EnterpriseWorkspace } from "./enterprise.ts";
import type { RosterFeed } from "./roster.ts";
import type { ScimGroup, ScimGroupList, ScimUser, ScimUserList } from "./scim.ts";
import type {
  BoardSnapshot,
  Card,
  InvitationAction,
  Member,
  MemberProfile,
  PlanTier,
  Profile,
  TokenInfo,
  Workspace,
  WorkspaceSnapshot,
} from "./trello.ts";
import type { Rows } from "./wire.ts";

/**
 * The part of the gateway that reads. A planner gets nothing else. One `Reads` is one pass: it sends the same request
 * only once and then answers from memory. A new pass reads everything again.
 */
export interface Reads {
  readonly trello: TrelloReads;
  /** null if the settings of SCIM are missing. */
  readonly scim: ScimReads | null;
  readonly organization: OrganizationReads | null;
  readonly enterprise: EnterpriseReads | null;
  /** The named rosters of the connections file; undefined if there is no such file. */
  readonly rosters?: readonly RosterFeed[];
  /** The further applications of the connections file; undefined if there is no such file. */
  readonly applications?: readonly ApplicationReads[];
  /** What an allow-list of workspaces hides; undefined if there is no such list. */
  readonly border?: {
    /** How many workspaces of the token's owner this server is not allowed to read. */
    outside(): Promise<number>;
  };
}

export interface TrelloReads {
  /** The token's owner, read once in the life of the process. */
  me(): Promise<Member>;
  token(): Promise<TokenInfo>;
  /** The owner's own profile, read again in every pass. */
  profile(): Promise<Profile>;
  /**
   * What Trello shows of one person (GET /members/{id}). Trello limits this request separately: 100 in 900 seconds.
   * So it is sent only if a caller asks for it.
   */
  memberProfile(idMember: string): Promise<MemberProfile>;
  /** Workspaces that the token's owner belongs to. */
  workspaces(): Promise<Rows<Workspace & { readonly tier: PlanTier }>>;
  /**
   * One batch of requests: the workspace, its memberships with members, its boards with memberships. `ref` is an id
   * or a slug.
   */
  workspace(ref: string): Promise<WorkspaceSnapshot>;
  /** Several workspaces, three in each batch, in the order asked. */
  workspaceSnapshots(refs: readonly string[]): Promise<readonly WorkspaceSnapshot[]>;
  /** One board by id or short link, with its people. */
  board(ref: string): Promise<BoardSnapshot>;
  /** Several boards with their people, five in each batch. They show the names of guests. */
  boards(refs: readonly string[]): Promise<readonly BoardSnapshot[]>;
  /** All cards of a person that the token sees, closed ones too (GET /members/{id}/cards). One request. */
  cardsOf(idMember: string): Promise<Rows<Card>>;
  /** All cards of a board, closed ones too (GET /boards/{id}/cards/all). One request. */
  cardsOn(idBoard: string): Promise<Rows<Card>>;
  /**
   * How many guests of a board would become billable in the workspace (GET
   * /organizations/{id}/newBillableGuests/{idBoard}).
   */
  newBillableGuests(idOrganization: string, idBoard: string): Promise<number>;
  /**
   * The newest 1,000 invitations in the action feeds of workspaces, newest first, ten workspaces in each batch (GET
   * /organizations/{id}/actions). null for a workspace whose feed Trello does not show to this account.
   */
  invitationActions(idOrganizations: readonly string[]): Promise<readonly (Rows<InvitationAction> | null)[]>;
  /** Trello's own search for people, at most 20 rows. It has its own budget: 100 requests in 900 seconds. */
  searchMembers(query: string, idOrganization?: string): Promise<Rows<Member>>;
}

export interface ScimPage {
  /** Atlassian accepts only one filter: `eq` on userName or externalId. */
  readonly filter?: { readonly attribute: "userName" | "externalId"; readonly value: string };
  /** From 1. */
  readonly startIndex?: number;
  /** At most 100. */
  readonly count?: number;
}

export interface ScimGroupPage {
  /** Atlassian accepts only one filter: `eq` on displayName. */
  readonly filter?: { readonly attribute: "displayName"; readonly value: string };
  /** From 1. */
  readonly startIndex?: number;
  /** At most 100. */
  readonly count?: number;
}

export interface ScimReads {
  users(page: ScimPage): Promise<ScimUserList>;
  /** NOT_FOUND if there is none. */
  user(id: string): Promise<ScimUser>;
  /**
   * Reads all Users, 100 in each request, for directories of any size. It keeps no page, so the caller holds as many
   * as it needs. `from` is the startIndex of the first page, 1 if not given.
   */
  userPages(filter?: ScimPage["filter"], from?: number): AsyncIterable<Rows<ScimUser>>;
  groups(page: ScimGroupPage): Promise<ScimGroupList>;
  /** NOT_FOUND if there is none. */
  group(id: string): Promise<ScimGroup>;
  /** Reads all Groups, page by page, like `userPages`. */
  groupPages(): AsyncIterable<Rows<ScimGroup>>;
}

/** A link: a SCIM User of one of the organization's directories provisions an account. */
export interface ScimLink {
  readonly scimId: string;
  readonly directoryId: string | null;
  /** null if the reply does not say. */
  readonly accountId: string | null;
}

export interface OrganizationReads {
  /** The account with exactly that email; null if there is none. One request. */
  accountByEmail(email: string): Promise<AtlassianAccount | null>;
  /** The accounts with these emails, if there are any. Ten in each request. */
  accountsByEmail(emails: readonly string[]): Promise<readonly AtlassianAccount[]>;
  /** The account with that id; null if there is none. One request. */
  account(accountId: string): Promise<AtlassianAccount | null>;
  /**
   * The SCIM Users that are linked to an account or an email, in all directories of the organization. One request.
   */
  scimLinks(by: { readonly accountId: string } | { readonly email: string }): Promise<readonly ScimLink[]>;
  /** What the key has the right to do to an account. NOT_FOUND if there is no such account. */
  manage(accountId: string): Promise<AccountControl>;
  /**
   * The directory in which access is suspended and restored, read once in the life of the process. AMBIGUOUS if the
   * organization has several.
   */
  directoryId(): Promise<string>;
}

/** Which people of an enterprise to list. A condition that is not set does not limit the list. */
export interface EnterpriseQuery {
  /** The beginning of the email or of the full name. */
  readonly search?: string;
  readonly cursor?: string;
  readonly licensed?: boolean;
  readonly deactivated?: boolean;
  /** Guests of boards, who have no licence. */
  readonly collaborator?: boolean;
  readonly managed?: boolean;
  readonly admin?: boolean;
  /** ISO 8601. */
  readonly activeSince?: string;
  /** ISO 8601. */
  readonly inactiveSince?: string;
}

export interface EnterpriseReads {
  readonly id: string;
  /**
   * Lists 100 people in each page. Trello refuses a query in which every association is false (TRELLO-1112). This
   * function filters such people out itself, so a page can have fewer rows.
   */
  members(query: EnterpriseQuery): Promise<{
    readonly rows: Rows<EnterpriseMemberRow>;
    readonly cursor: string | null;
  }>;
  enterprise(): Promise<Enterprise>;
  admins(): Promise<Rows<EnterpriseAdmin>>;
  workspaces(): Promise<Rows<EnterpriseWorkspace>>;
}

/** The SCIM reads, or the error that says which settings are missing. */
export function requireScim(reads: Reads): ScimReads {
  if (reads.scim) return reads.scim;
  throw new AppError("CONFIG_INVALID", "SCIM is not configured.", {
    next: "Ask the administrator to set ATLASSIAN_SCIM_DIRECTORY_ID and ATLASSIAN_SCIM_TOKEN and to restart the server. SCIM needs Atlassian Guard (included in Trello Enterprise) and a verified domain with SSO.",
  });
}

/** The organization reads, or the error that says which settings are missing. */
export function requireOrganization(reads: Reads): OrganizationReads {
  if (reads.organization) return reads.organization;
  throw new AppError("CONFIG_INVALID", "The Atlassian organization API is not configured.", {
    next: "Ask the administrator to set ATLASSIAN_ORG_ID and ATLASSIAN_ORG_API_KEY and to restart the server.",
  });
}

/** The enterprise reads, or the error that says which setting is missing. */
export function requireEnterprise(reads: Reads): EnterpriseReads {
  if (reads.enterprise) return reads.enterprise;
  throw new AppError("CONFIG_INVALID", "Trello Enterprise is not configured.", {
    next: "Ask the administrator to set TRELLO_ENTERPRISE_ID and to restart the server.",
  });
}
