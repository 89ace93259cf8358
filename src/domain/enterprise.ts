// The shapes of Trello Enterprise's replies, as far as the product uses them.
import { z } from "zod";
import { member } from "./trello.ts";
import { wireFlag } from "./wire.ts";

/** A flag of a member of an enterprise; null if the row does not say. */
const flag = wireFlag;

/**
 * One row of `/enterprises/{id}/members/query`. This is the one documented answer that shows other people's emails
 * and when they were last seen.
 */
export const enterpriseMemberRow = z.object({
  licensed: flag,
  deactivated: flag,
  collaborator: flag,
  managed: flag,
  admin: flag,
  member: member
    .extend({
      dateLastImpression: z.string().nullish().catch(null),
      // Only here, the published description spells the name in this way. The product understands both spellings.
      fullname: z.string().nullish(),
    })
    .transform(({ fullname, ...row }) => ({ ...row, fullName: row.fullName || (fullname ?? "") })),
});
export type EnterpriseMemberRow = z.infer<typeof enterpriseMemberRow>;

export const enterprise = z
  .object({
    id: z.string(),
    name: z.string(),
    displayName: z.string().nullish(),
    isAtlassianOrg: z.boolean().nullish(),
    atlOrgId: z.string().nullish(),
  })
  .transform(({ id, name, displayName, isAtlassianOrg, atlOrgId }) => ({
    id,
    name,
    ...(displayName ? { displayName } : {}),
    /**
     * Whether Atlassian Administration manages people and licences, so that Trello refuses to change them. The fields
     * are not in Trello's published description; Trello's own web client uses them. null if the reply does not have
     * them.
     */
    adminHub: isAtlassianOrg ?? (atlOrgId ? true : null),
  }));
export type Enterprise = z.infer<typeof enterprise>;

export const enterpriseAdmin = z.object({
  id: z.string(),
  fullName: z
    .string()
    .nullish()
    .transform((name) => name ?? ""),
  username: z
    .string()
    .nullish()
    .transform((name) => name ?? ""),
});
export type EnterpriseAdmin = z.infer<typeof enterpriseAdmin>;

export const enterpriseWorkspace = z.object({
  id: z.string(),
  /** The slug. */
  name: z.string(),
  displayName: z
    .string()
    .nullish()
    .transform((name) => name ?? ""),
});
export type EnterpriseWorkspace = z.infer<typeof enterpriseWorkspace>;

/** `search` is the beginning of the member's email or full name. No request for a member by id gives these flags. */
export type EnterpriseMember = {
  readonly idEnterprise: string;
  readonly idMember: string;
  readonly search: string;
};
