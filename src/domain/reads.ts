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
import type { TrelloWebhook } from "./webhook.ts";
import type { MembershipEvent } from "./membership-event.ts";
import type { Rows } from "./wire.ts";

/**
 * The functions that read from Trello and Atlassian. Planners get only these functions, so planners cannot change
 * anything. One `Reads` object belongs to one call: it sends each request once and then answers from memory. A new
 * object reads again.
 */
export interface Reads {
  readonly trello: TrelloReads;
  /** null if SCIM is not configured. */
  readonly scim: ScimReads | null;
  readonly organization: OrganizationReads | null;
  readonly enterprise: EnterpriseReads | null;
  /** The rosters in the connections file; undefined if there is no such file. */
  readonly rosters?: readonly RosterFeed[];
  /** The other SCIM applications in the connections file; undefined if there is no such file. */
  readonly applications?: readonly ApplicationReads[];
  /**
   * The workspaces that this server may not read, because IDENTITY_WORKSPACES does not list them. Missing if all
   * workspaces are allowed.
   */
  readonly border?: {
    /** How many such workspaces the owner of the Trello token has, at most. */
    outside(): Promise<number>;
  };
}

export interface TrelloReads {
  /** The owner of the Trello token. It is read once in the life of the process. */
  me(): Promise<Member>;
  token(): Promise<TokenInfo>;
  /** The token owner's own profile. It is read again in each call. */
  profile(): Promise<Profile>;
  /**
   * What Trello shows of one person (GET /members/{id}). Trello allows only 100 requests of this kind in 900 seconds,
   * so it is sent only if a caller asks for it.
   */
  memberProfile(idMember: string): Promise<MemberProfile>;
  /** The workspaces of the token's owner. */
  workspaces(): Promise<Rows<Workspace & { readonly tier: PlanTier }>>;
  /**
   * Reads one workspace in one request: its data, its members, and its boards with their people. `ref`: an id or a
   * slug.
   */
  workspace(ref: string): Promise<WorkspaceSnapshot>;
  /** Reads several workspaces, three in each request, in the order of `refs`. */
  workspaceSnapshots(refs: readonly string[]): Promise<readonly WorkspaceSnapshot[]>;
  /** One board with its people, by id or short link. */
  board(ref: string): Promise<BoardSnapshot>;
  /** Several boards with their people, five in each request. These answers have the names of guests. */
  boards(refs: readonly string[]): Promise<readonly BoardSnapshot[]>;
  /** All cards of a person that the token can see, closed cards included (GET /members/{id}/cards). One request. */
  cardsOf(idMember: string): Promise<Rows<Card>>;
  /** All cards of a board, closed cards included (GET /boards/{id}/cards/all). One request. */
  cardsOn(idBoard: string): Promise<Rows<Card>>;
  /**
   * How many guests of a board would become billable in the workspace (GET
   * /organizations/{id}/newBillableGuests/{idBoard}).
   */
  newBillableGuests(idOrganization: string, idBoard: string): Promise<number>;
  /**
   * The newest 1,000 invitations in the action feed of each workspace, newest first. One request reads ten workspaces
   * (GET /organizations/{id}/actions). The list is null for a workspace whose feed Trello does not show.
   */
  invitationActions(idOrganizations: readonly string[]): Promise<readonly (Rows<InvitationAction> | null)[]>;
  /**
   * The membership events after `since` (ISO 8601) in the feeds of workspaces and boards, and the changed names in the
   * feeds of members. One request reads ten feeds. A feed contains no removals, no promotions to workspace admin and no
   * new invitations.
   */
  membershipEvents(places: readonly FeedPlace[], since: string): Promise<readonly MembershipEvent[]>;
  /**
   * All webhooks of this server's API token, including webhooks that other programs made (GET
   * /tokens/{token}/webhooks). One request.
   */
  webhooks(): Promise<Rows<TrelloWebhook>>;
  /** Trello's own search for people, at most 20 rows. Trello allows only 100 requests of this kind in 900 seconds. */
  searchMembers(query: string, idOrganization?: string): Promise<Rows<Member>>;
}

/** Whose action feed is read: that of a workspace, of one of its boards, or of one of its people. */
export interface FeedPlace {
  readonly idOrganization: string;
  readonly idBoard?: string;
  readonly idMember?: string;
}

export interface ScimPage {
  /** A condition on one attribute. Atlassian supports only `eq` (equal), on userName or externalId. */
  readonly filter?: { readonly attribute: "userName" | "externalId"; readonly value: string };
  /** From 1. */
  readonly startIndex?: number;
  /** At most 100. */
  readonly count?: number;
}

export interface ScimGroupPage {
  /** A condition on one attribute. Atlassian supports only `eq` (equal), on displayName. */
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
   * Reads all Users, 100 in each request. Pages are not kept in memory, so each call sends the requests again. `from`:
   * the number (startIndex) of the first User to read; 1 by default.
   */
  userPages(filter?: ScimPage["filter"], from?: number): AsyncIterable<Rows<ScimUser>>;
  groups(page: ScimGroupPage): Promise<ScimGroupList>;
  /** NOT_FOUND if there is none. */
  group(id: string): Promise<ScimGroup>;
  /** Reads all Groups, page by page, like `userPages`. */
  groupPages(): AsyncIterable<Rows<ScimGroup>>;
}

/** A link between a SCIM User in a directory of the organization and an account. */
export interface ScimLink {
  readonly scimId: string;
  readonly directoryId: string | null;
  /** The id of the linked account; null if the reply does not show it. */
  readonly accountId: string | null;
}

export interface OrganizationReads {
  /** The account with exactly this email; null if there is no such account. One request. */
  accountByEmail(email: string): Promise<AtlassianAccount | null>;
  /** The accounts that exist for the given emails. One request reads ten of them. */
  accountsByEmail(emails: readonly string[]): Promise<readonly AtlassianAccount[]>;
  /** The account with this id; null if there is no such account. One request. */
  account(accountId: string): Promise<AtlassianAccount | null>;
  /** The SCIM Users that belong to an account or an email, in all directories of the organization. One request. */
  scimLinks(by: { readonly accountId: string } | { readonly email: string }): Promise<readonly ScimLink[]>;
  /** What the organization's API key may do with an account. NOT_FOUND if there is no such account. */
  manage(accountId: string): Promise<AccountControl>;
  /**
   * The id of the directory in which access is suspended and restored. It is read once in the life of the process.
   * AMBIGUOUS if the organization has several directories.
   */
  directoryId(): Promise<string>;
}

/**
 * Conditions for a list of people of an enterprise. If a condition is missing, people are listed without this
 * condition.
 */
export interface EnterpriseQuery {
  /** The beginning of the person's email or full name. */
  readonly search?: string;
  readonly cursor?: string;
  readonly licensed?: boolean;
  readonly deactivated?: boolean;
  /** Whether the person is a guest of boards. Guests have no licence. */
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
   * Lists people, 100 on each page. Trello refuses a query in which every condition has the value false (TRELLO-1112).
   * So such conditions are not sent: this program drops the people who do not match, and a page can have fewer rows.
   */
  members(query: EnterpriseQuery): Promise<{
    readonly rows: Rows<EnterpriseMemberRow>;
    readonly cursor: string | null;
  }>;
  enterprise(): Promise<Enterprise>;
  admins(): Promise<Rows<EnterpriseAdmin>>;
  workspaces(): Promise<Rows<EnterpriseWorkspace>>;
}

/**
 * Returns the reads of the SCIM directory. If the directory is not configured, throws an error that names the missing
 * settings.
 */
export function requireScim(reads: Reads): ScimReads {
  if (reads.scim) return reads.scim;
  throw new AppError("CONFIG_INVALID", "SCIM is not configured.", {
    next: "Ask the administrator to set ATLASSIAN_SCIM_DIRECTORY_ID and ATLASSIAN_SCIM_TOKEN and to restart the server. SCIM needs Atlassian Guard (included in Trello Enterprise) and a verified domain with SSO.",
  });
}

/**
 * Returns the reads of the organization. If the organization is not configured, throws an error that names the missing
 * settings.
 */
export function requireOrganization(reads: Reads): OrganizationReads {
  if (reads.organization) return reads.organization;
  throw new AppError("CONFIG_INVALID", "The Atlassian organization API is not configured.", {
    next: "Ask the administrator to set ATLASSIAN_ORG_ID and ATLASSIAN_ORG_API_KEY and to restart the server.",
  });
}

/**
 * Returns the reads of the enterprise. If the enterprise is not configured, throws an error that names the missing
 * setting.
 */
export function requireEnterprise(reads: Reads): EnterpriseReads {
  if (reads.enterprise) return reads.enterprise;
  throw new AppError("CONFIG_INVALID", "Trello Enterprise is not configured.", {
    next: "Ask the administrator to set TRELLO_ENTERPRISE_ID and to restart the server.",
  });
}
