import { AppError } from "./error.ts";
import type { AccountControl, AtlassianAccount } from "./atlassian.ts";
import type { Enterprise, EnterpriseAdmin, EnterpriseMemberRow, EnterpriseWorkspace } from "./enterprise.ts";
import type { ScimGroup, ScimGroupList, ScimUser, ScimUserList } from "./scim.ts";
import type {
  BoardSnapshot,
  Card,
  Member,
  PlanTier,
  Profile,
  TokenInfo,
  Workspace,
  WorkspaceSnapshot,
} from "./trello.ts";
import type { Rows } from "./wire.ts";

/**
 * The read half of the gateway, all that a plan is handed. One `Reads` is one pass: the same question is sent once
 * and answered from memory afterwards, so that composing reads costs nothing. A new pass asks anew.
 */
export interface Reads {
  readonly trello: TrelloReads;
  /** null if its settings are missing. */
  readonly scim: ScimReads | null;
  readonly organization: OrganizationReads | null;
  readonly enterprise: EnterpriseReads | null;
  /** What an allow-list of workspaces keeps out of sight; undefined if there is no such list. */
  readonly border?: {
    /** How many workspaces the token's owner belongs to that may not be looked at. */
    outside(): Promise<number>;
  };
}

export interface TrelloReads {
  /** The token's owner; asked once in the life of the process. */
  me(): Promise<Member>;
  token(): Promise<TokenInfo>;
  /** The owner's own profile, asked anew in every pass. */
  profile(): Promise<Profile>;
  /** Workspaces that the token's owner belongs to. */
  workspaces(): Promise<Rows<Workspace & { readonly tier: PlanTier }>>;
  /** One batch: the workspace, its memberships with members, its boards with memberships. `ref` is an id or a slug. */
  workspace(ref: string): Promise<WorkspaceSnapshot>;
  /** Several of those, three to a batch, in the order asked. */
  workspaceSnapshots(refs: readonly string[]): Promise<readonly WorkspaceSnapshot[]>;
  /** A board by id or short link, with its people. */
  board(ref: string): Promise<BoardSnapshot>;
  /** Several boards with their people, five to a batch: names for guests. */
  boards(refs: readonly string[]): Promise<readonly BoardSnapshot[]>;
  /** Every card that a person is on, as far as the token sees, closed ones too (GET /members/{id}/cards): one request. */
  cardsOf(idMember: string): Promise<Rows<Card>>;
  /** Every card of a board, closed ones too (GET /boards/{id}/cards/all): one request. */
  cardsOn(idBoard: string): Promise<Rows<Card>>;
  /** How many guests of a board would become billable in the workspace (GET /organizations/{id}/newBillableGuests/{idBoard}). */
  newBillableGuests(idOrganization: string, idBoard: string): Promise<number>;
  /** Trello's own search for people, at most 20 rows; counts to the 100 in 900 s budget. */
  searchMembers(query: string, idOrganization?: string): Promise<Rows<Member>>;
}

export interface ScimPage {
  /** Atlassian answers one `eq` on userName or externalId and nothing else. */
  readonly filter?: { readonly attribute: "userName" | "externalId"; readonly value: string };
  /** From 1. */
  readonly startIndex?: number;
  /** At most 100. */
  readonly count?: number;
}

export interface ScimGroupPage {
  /** Atlassian answers one `eq` on displayName and nothing else. */
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
   * Every User, 100 a request, for directories of any size: nothing is remembered, so that one page at a time is held
   * as long as the caller keeps no more. `from` is the startIndex of the first page, 1 if left out.
   */
  userPages(filter?: ScimPage["filter"], from?: number): AsyncIterable<Rows<ScimUser>>;
  groups(page: ScimGroupPage): Promise<ScimGroupList>;
  /** NOT_FOUND if there is none. */
  group(id: string): Promise<ScimGroup>;
  /** Every Group, as `userPages`. */
  groupPages(): AsyncIterable<Rows<ScimGroup>>;
}

/** That a SCIM User of one of the organization's directories provisions an account. */
export interface ScimLink {
  readonly scimId: string;
  readonly directoryId: string | null;
  /** null if the reply does not say. */
  readonly accountId: string | null;
}

export interface OrganizationReads {
  /** The account with exactly that email, or null: one request. */
  accountByEmail(email: string): Promise<AtlassianAccount | null>;
  /** The accounts with these emails, as far as there are any: ten a request. */
  accountsByEmail(emails: readonly string[]): Promise<readonly AtlassianAccount[]>;
  /** The account with that id, or null: one request. */
  account(accountId: string): Promise<AtlassianAccount | null>;
  /** The SCIM Users that an account or an email is linked to, in any directory of the organization: one request. */
  scimLinks(by: { readonly accountId: string } | { readonly email: string }): Promise<readonly ScimLink[]>;
  /** What the key may do to an account; NOT_FOUND if there is none. */
  manage(accountId: string): Promise<AccountControl>;
  /**
   * The directory in which access is suspended and restored, asked once in the life of the process. AMBIGUOUS where the
   * organization has several.
   */
  directoryId(): Promise<string>;
}

/** Which people of an enterprise; what is left out does not matter. */
export interface EnterpriseQuery {
  /** Beginning of the email or of the full name. */
  readonly search?: string;
  readonly cursor?: string;
  readonly licensed?: boolean;
  readonly deactivated?: boolean;
  /** Guests of boards, without a licence. */
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
   * 100 a page. Trello refuses a question in which every association is false (TRELLO-1112), so those are sorted out
   * here instead, and such a page can have fewer rows.
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
    next: "Ask the administrator to set ATLASSIAN_SCIM_DIRECTORY_ID and ATLASSIAN_SCIM_TOKEN and to restart the server.",
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
