import { AppError } from "./error.ts";
import type { AtlassianAccount } from "./atlassian.ts";
import type { ScimUser, ScimUserList } from "./scim.ts";
import type {
  BoardSnapshot,
  EnterpriseMemberRow,
  Member,
  Profile,
  TokenInfo,
  Workspace,
  WorkspaceSnapshot,
} from "./trello.ts";

/**
 * The read half of the gateway, all that a plan is handed. One `Reads` is one pass: the same question is sent once
 * and answered from memory afterwards, so that composing reads costs nothing. A new pass asks anew.
 */
export interface Reads {
  readonly trello: TrelloReads;
  /** null where the settings for it are missing. */
  readonly scim: ScimReads | null;
  readonly organization: OrganizationReads | null;
  readonly enterprise: EnterpriseReads | null;
}

export interface TrelloReads {
  /** The token's owner; asked once in the life of the process. */
  me(): Promise<Member>;
  token(): Promise<TokenInfo>;
  /** The owner's own profile, asked anew in every pass. */
  profile(): Promise<Profile>;
  /** Workspaces that the token's owner belongs to. */
  workspaces(): Promise<readonly Workspace[]>;
  /** One batch: the workspace, its memberships with members, its boards with memberships. `ref` is an id or a slug. */
  workspace(ref: string): Promise<WorkspaceSnapshot>;
  /** Several of those, three to a batch, in the order asked. */
  workspaceSnapshots(refs: readonly string[]): Promise<readonly WorkspaceSnapshot[]>;
  /** A board by id or short link, with its people. */
  board(ref: string): Promise<BoardSnapshot>;
  /** Several boards with their people, five to a batch: names for guests. */
  boards(refs: readonly string[]): Promise<readonly BoardSnapshot[]>;
  /** How many guests of a board would become billable in the workspace (GET /organizations/{id}/newBillableGuests/{idBoard}). */
  newBillableGuests(idOrganization: string, idBoard: string): Promise<number>;
  /** Trello's own search for people, at most 20 rows; counts to the 100 in 900 s budget. */
  searchMembers(query: string, idOrganization?: string): Promise<readonly Member[]>;
}

export interface ScimPage {
  /** Atlassian answers one `eq` on userName or externalId and nothing else. */
  readonly filter?: { readonly attribute: "userName" | "externalId"; readonly value: string };
  /** From 1. */
  readonly startIndex?: number;
  /** At most 100. */
  readonly count?: number;
}

export interface ScimReads {
  users(page: ScimPage): Promise<ScimUserList>;
  /** NOT_FOUND where there is none. */
  user(id: string): Promise<ScimUser>;
}

export interface OrganizationReads {
  /** The account with exactly that email, or null: one request. */
  accountByEmail(email: string): Promise<AtlassianAccount | null>;
}

export interface EnterpriseReads {
  readonly id: string;
  /** Rows whose email or full name starts with `search`; 100 a page. */
  members(query: { readonly search?: string; readonly cursor?: string }): Promise<{
    readonly rows: readonly EnterpriseMemberRow[];
    readonly cursor: string | null;
  }>;
}

/** The SCIM reads, or the error that says which settings are missing. */
export function requireScim(reads: Reads): ScimReads {
  if (reads.scim) return reads.scim;
  throw new AppError("CONFIG_INVALID", "SCIM is not configured.", {
    next: "Ask the administrator to set ATLASSIAN_SCIM_DIRECTORY_ID and ATLASSIAN_SCIM_TOKEN and to restart the server.",
  });
}
