import type { ApplicationWrites } from "./application.ts";
import { AppError } from "./error.ts";
import type { ScimGroupResource, ScimPatchOperation, ScimUserResource } from "./scim.ts";
import type { MemberType } from "./trello.ts";
import type { StoredWebhook } from "./webhook.ts";

/**
 * Returns the functions that change the Atlassian organization. If the organization is not configured, throws an error
 * that names the missing settings.
 */
export function requireOrganizationWrites(writes: Writes): OrganizationWrites {
  if (writes.organization) return writes.organization;
  throw new AppError("CONFIG_INVALID", "The Atlassian organization API is not configured.", {
    next: "Set ATLASSIAN_ORG_ID and ATLASSIAN_ORG_API_KEY.",
  });
}

/**
 * Returns the functions that change the SCIM directory. If the directory is not configured, throws an error that names
 * the missing settings.
 */
export function requireScimWrites(writes: Writes): ScimWrites {
  if (writes.scim) return writes.scim;
  throw new AppError("CONFIG_INVALID", "SCIM is not configured.", {
    next: "Set ATLASSIAN_SCIM_DIRECTORY_ID and ATLASSIAN_SCIM_TOKEN.",
  });
}

/**
 * The functions that send write requests to Trello and Atlassian, one request each. Only the kinds of effects in
 * `effects/` call these functions.
 */
export interface Writes {
  readonly trello: TrelloWrites;
  readonly scim: ScimWrites | null;
  readonly organization: OrganizationWrites | null;
  readonly enterprise: EnterpriseWrites | null;
  /** The other SCIM applications that this server may change. */
  readonly applications?: readonly ApplicationWrites[];
}

/** Observers exist only on boards. */
export type WorkspaceRole = Exclude<MemberType, "observer">;

export type NewWebhook = Pick<StoredWebhook, "callbackURL" | "idModel" | "kind">;

export interface TrelloWrites {
  /**
   * PUT /organizations/{id}/members. If no account has the email, Trello creates a ghost: a member without an account.
   */
  inviteWorkspaceMember(
    idOrganization: string,
    email: string,
    fullName: string,
    type: WorkspaceRole,
  ): Promise<void>;
  /** PUT /organizations/{id}/members/{idMember}. Adds the person to the workspace, or changes the person's role. */
  setWorkspaceMember(idOrganization: string, idMember: string, type: WorkspaceRole): Promise<void>;
  /** DELETE /organizations/{id}/members/{idMember}. Board memberships stay. */
  removeWorkspaceMember(idOrganization: string, idMember: string): Promise<void>;
  /**
   * DELETE /organizations/{id}/members/{idMember}/all. Also removes the person from all boards of the workspace. Trello
   * may refuse this request if the workspace is not a Premium or Enterprise workspace.
   */
  removeWorkspaceMemberEverywhere(idOrganization: string, idMember: string): Promise<void>;
  /** PUT /organizations/{id}/members/{idMember}/deactivated. Only in paid workspaces. */
  setWorkspaceDeactivated(idOrganization: string, idMember: string, deactivated: boolean): Promise<void>;
  /** PUT /members/{id}. Works only for the token owner's own profile. */
  updateMember(idMember: string, fields: Readonly<Record<string, string>>): Promise<void>;
  /** PUT /boards/{id}/members. */
  inviteBoardMember(idBoard: string, email: string, fullName: string, type: MemberType): Promise<void>;
  /** PUT /boards/{id}/members/{idMember}. Adds the person to the board, or changes the person's role. */
  setBoardMember(
    idBoard: string,
    idMember: string,
    type: MemberType,
    allowBillableGuest: boolean,
  ): Promise<void>;
  /** PUT /cards/{id} with idMembers. Afterwards, exactly these people are on the card. */
  setCardMembers(idCard: string, idMembers: readonly string[]): Promise<void>;
  /** POST /cards/{id}/idMembers. */
  addCardMember(idCard: string, idMember: string): Promise<void>;
  /** DELETE /cards/{id}/idMembers/{idMember}. */
  removeCardMember(idCard: string, idMember: string): Promise<void>;
  /** DELETE /boards/{id}/members/{idMember}. */
  removeBoardMember(idBoard: string, idMember: string): Promise<void>;
  /** POST /webhooks/. Trello calls the webhook's URL at once and expects status 200. */
  createWebhook(hook: NewWebhook): Promise<void>;
  /** PUT /webhooks/{id} with active=true. Switches on a webhook that is switched off. */
  activateWebhook(id: string, hook: NewWebhook): Promise<void>;
  /** DELETE /webhooks/{id}. */
  deleteWebhook(id: string, callbackURL: string): Promise<void>;
}

/**
 * The functions that change the SCIM directory. If the reply to a request cannot be read, the field `applied` of the
 * error says what the reply's status shows: whether the change was made.
 */
export interface ScimWrites {
  /**
   * POST /Users. Creates an account on a verified domain, or links an existing account. Throws CONFLICT if the User
   * exists.
   */
  createUser(resource: ScimUserResource): Promise<{ readonly id: string }>;
  /** PUT /Users/{id}. Every value of the User that `resource` does not contain is deleted. */
  replaceUser(id: string, resource: ScimUserResource): Promise<void>;
  /** PATCH /Users/{id} (RFC 7644 section 3.5.2). */
  patchUser(id: string, operations: readonly ScimPatchOperation[]): Promise<void>;
  /** DELETE /Users/{id}. This cannot be undone. If the organization manages the account, the account is deactivated. */
  deleteUser(id: string): Promise<void>;
  /** POST /Groups creates a Group. Throws CONFLICT if another Group has the name. */
  createGroup(resource: ScimGroupResource): Promise<{ readonly id: string }>;
  /**
   * PUT /Groups/{id}. Users who are not in `members` are removed from the Group. Atlassian does not let the name
   * change.
   */
  replaceGroup(id: string, resource: ScimGroupResource): Promise<void>;
  /** PATCH /Groups/{id}. */
  patchGroup(id: string, operations: readonly ScimPatchOperation[]): Promise<void>;
  /** DELETE /Groups/{id}. The members also lose the Group's product roles. */
  deleteGroup(id: string): Promise<void>;
}

export interface OrganizationWrites {
  /** POST .../users/{accountId}/suspend. The person has no access and costs nothing; roles and groups stay. */
  suspendAccess(accountId: string): Promise<void>;
  /**
   * POST .../users/{accountId}/restore. The person gets back the earlier access, roles and groups, and costs a seat
   * again.
   */
  restoreAccess(accountId: string): Promise<void>;
  /** POST /users/{accountId}/manage/lifecycle/disable. The person can no longer log in anywhere. */
  disableAccount(accountId: string): Promise<void>;
  /** POST /users/{accountId}/manage/lifecycle/enable. */
  enableAccount(accountId: string): Promise<void>;
}

/**
 * The functions that change members of an enterprise. Trello refuses these changes if Atlassian Administration manages
 * the enterprise.
 */
export interface EnterpriseWrites {
  /** PUT /enterprises/{id}/members/{idMember}/deactivated. */
  setDeactivated(idMember: string, value: boolean): Promise<void>;
  /**
   * PUT /enterprises/{id}/members/{idMember}/licensed. If the licence is taken away, Trello also deactivates the
   * member.
   */
  setLicensed(idMember: string, value: boolean): Promise<void>;
}
