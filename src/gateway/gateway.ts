import type { Budget } from "../domain/budget.ts";
import type { Reads } from "../domain/reads.ts";
import type { ScimPatchOperation } from "../domain/scim.ts";
import type { MemberType } from "../domain/trello.ts";

/** What one pass over the upstreams carries: interactive passes go before bulk ones, `spent` counts its requests. */
export interface Pass {
  readonly priority: "interactive" | "bulk";
  readonly signal?: AbortSignal;
  readonly spent?: { requests: number };
}

/**
 * The only way out to the network. A failed read is retried here; a write is retried only where it was provably not
 * applied, else it rejects with OUTCOME_UNKNOWN (`applied: "unknown"`) and the engine settles it by reading.
 */
export interface Gateway {
  reads(pass: Pass): Reads;
  writes(pass: Pass): Writes;
  /** Starts left in each budget now. */
  budgets(): Promise<readonly (Budget & { readonly remaining: number })[]>;
  close(): Promise<void>;
}

/** Every upstream write that exists, one request each. Only effect kinds call them. */
export interface Writes {
  readonly trello: TrelloWrites;
  readonly scim: ScimWrites | null;
}

/** Observers exist on boards only. */
export type WorkspaceRole = Exclude<MemberType, "observer">;

export interface TrelloWrites {
  /** PUT /organizations/{id}/members; an unknown email becomes a ghost. */
  inviteWorkspaceMember(
    idOrganization: string,
    email: string,
    fullName: string,
    type: WorkspaceRole,
  ): Promise<void>;
  /** PUT /organizations/{id}/members/{idMember}: adds or changes the role. */
  setWorkspaceMember(idOrganization: string, idMember: string, type: WorkspaceRole): Promise<void>;
  /** DELETE /organizations/{id}/members/{idMember}: board memberships stay. */
  removeWorkspaceMember(idOrganization: string, idMember: string): Promise<void>;
  /** DELETE /organizations/{id}/members/{idMember}/all: boards of the workspace too; not on every plan tier. */
  removeWorkspaceMemberEverywhere(idOrganization: string, idMember: string): Promise<void>;
  /** PUT /organizations/{id}/members/{idMember}/deactivated: paid workspaces only. */
  setWorkspaceDeactivated(idOrganization: string, idMember: string, deactivated: boolean): Promise<void>;
  /** PUT /members/{id}: the token owner's own record only. */
  updateMember(idMember: string, fields: Readonly<Record<string, string>>): Promise<void>;
  /** PUT /boards/{id}/members. */
  inviteBoardMember(idBoard: string, email: string, fullName: string, type: MemberType): Promise<void>;
  /** PUT /boards/{id}/members/{idMember}: adds or changes the role. */
  setBoardMember(
    idBoard: string,
    idMember: string,
    type: MemberType,
    allowBillableGuest: boolean,
  ): Promise<void>;
  /** DELETE /boards/{id}/members/{idMember}. */
  removeBoardMember(idBoard: string, idMember: string): Promise<void>;
}

export interface ScimWrites {
  /** PATCH /Users/{id} (RFC 7644 section 3.5.2). */
  patchUser(id: string, operations: readonly ScimPatchOperation[]): Promise<void>;
}
