import type { ApplicationWrites } from "./application.ts";
import { AppError } from "./error.ts";
import type { ScimGroupResource, ScimPatchOperation, ScimUserResource } from "./scim.ts";
import type { MemberType } from "./trello.ts";

/** The organization writes, or the error that says which settings are missing. */
export function requireOrganizationWrites(writes: Writes): OrganizationWrites {
  if (writes.organization) return writes.organization;
  throw new AppError("CONFIG_INVALID", "The Atlassian organization API is not configured.", {
    next: "Set ATLASSIAN_ORG_ID and ATLASSIAN_ORG_API_KEY.",
  });
}

/** The SCIM writes, or the error that says which settings are missing. */
export function requireScimWrites(writes: Writes): ScimWrites {
  if (writes.scim) return writes.scim;
  throw new AppError("CONFIG_INVALID", "SCIM is not configured.", {
    next: "Set ATLASSIAN_SCIM_DIRECTORY_ID and ATLASSIAN_SCIM_TOKEN.",
  });
}

/** Every upstream write that exists. Each is one request. Only effect kinds call them. */
export interface Writes {
  readonly trello: TrelloWrites;
  readonly scim: ScimWrites | null;
  readonly organization: OrganizationWrites | null;
  readonly enterprise: EnterpriseWrites | null;
  /** The further applications that this server may change. */
  readonly applications?: readonly ApplicationWrites[];
}

/** Observers exist only on boards. */
export type WorkspaceRole = Exclude<MemberType, "observer">;

export interface TrelloWrites {
  /** PUT /organizations/{id}/members. An unknown email becomes a ghost. */
  inviteWorkspaceMember(
    idOrganization: string,
    email: string,
    fullName: string,
    type: WorkspaceRole,
  ): Promise<void>;
  /** PUT /organizations/{id}/members/{idMember}. Adds the person or changes the role. */
  setWorkspaceMember(idOrganization: string, idMember: string, type: WorkspaceRole): Promise<void>;
  /** DELETE /organizations/{id}/members/{idMember}. Board memberships stay. */
  removeWorkspaceMember(idOrganization: string, idMember: string): Promise<void>;
  /**
   * DELETE /organizations/{id}/members/{idMember}/all. Also removes the person from the workspace's boards. Not on
   * every plan tier.
   */
  removeWorkspaceMemberEverywhere(idOrganization: string, idMember: string): Promise<void>;
  /** PUT /organizations/{id}/members/{idMember}/deactivated. Only in paid workspaces. */
  setWorkspaceDeactivated(idOrganization: string, idMember: string, deactivated: boolean): Promise<void>;
  /** PUT /members/{id}. Only for the token owner's own record. */
  updateMember(idMember: string, fields: Readonly<Record<string, string>>): Promise<void>;
  /** PUT /boards/{id}/members. */
  inviteBoardMember(idBoard: string, email: string, fullName: string, type: MemberType): Promise<void>;
  /** PUT /boards/{id}/members/{idMember}. Adds the person or changes the role. */
  setBoardMember(
    idBoard: string,
    idMember: string,
    type: MemberType,
    allowBillableGuest: boolean,
  ): Promise<void>;
  /** PUT /cards/{id} with idMembers. Afterwards exactly these people are on the card. */
  setCardMembers(idCard: string, idMembers: readonly string[]): Promise<void>;
  /** POST /cards/{id}/idMembers. */
  addCardMember(idCard: string, idMember: string): Promise<void>;
  /** DELETE /cards/{id}/idMembers/{idMember}. */
  removeCardMember(idCard: string, idMember: string): Promise<void>;
  /** DELETE /boards/{id}/members/{idMember}. */
  removeBoardMember(idBoard: string, idMember: string): Promise<void>;
}

/**
 * If the reply of a write cannot be read, the call rejects with `applied` set, because the status shows that the
 * write was applied.
 */
export interface ScimWrites {
  /**
   * POST /Users. Creates an account on a verified domain, or links the existing account. CONFLICT if the User exists.
   */
  createUser(resource: ScimUserResource): Promise<{ readonly id: string }>;
  /** PUT /Users/{id}. Clears what `resource` leaves out. */
  replaceUser(id: string, resource: ScimUserResource): Promise<void>;
  /** PATCH /Users/{id} (RFC 7644 section 3.5.2). */
  patchUser(id: string, operations: readonly ScimPatchOperation[]): Promise<void>;
  /** DELETE /Users/{id}. It cannot be undone, and a managed account is deactivated. */
  deleteUser(id: string): Promise<void>;
  /** POST /Groups. CONFLICT if the name is taken. */
  createGroup(resource: ScimGroupResource): Promise<{ readonly id: string }>;
  /** PUT /Groups/{id}. People who are not in `members` are removed. Atlassian does not rename a Group. */
  replaceGroup(id: string, resource: ScimGroupResource): Promise<void>;
  /** PATCH /Groups/{id}. */
  patchGroup(id: string, operations: readonly ScimPatchOperation[]): Promise<void>;
  /** DELETE /Groups/{id}. The members also lose the product roles that the Group gave them. */
  deleteGroup(id: string): Promise<void>;
}

export interface OrganizationWrites {
  /** POST .../users/{accountId}/suspend. No access and no bill; roles and groups are kept. */
  suspendAccess(accountId: string): Promise<void>;
  /** POST .../users/{accountId}/restore. Access returns with the earlier roles and groups, and is billed again. */
  restoreAccess(accountId: string): Promise<void>;
  /** POST /users/{accountId}/manage/lifecycle/disable. A managed account can no longer log in anywhere. */
  disableAccount(accountId: string): Promise<void>;
  /** POST /users/{accountId}/manage/lifecycle/enable. */
  enableAccount(accountId: string): Promise<void>;
}

/** Neither works if Atlassian Administration manages the enterprise. */
export interface EnterpriseWrites {
  /** PUT /enterprises/{id}/members/{idMember}/deactivated. */
  setDeactivated(idMember: string, value: boolean): Promise<void>;
  /** PUT /enterprises/{id}/members/{idMember}/licensed. A member without a licence is deactivated as well. */
  setLicensed(idMember: string, value: boolean): Promise<void>;
}
