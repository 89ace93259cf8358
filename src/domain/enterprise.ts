// Trello Enterprise's wire shapes, as far as they are used.
import { z } from "zod";
import { member } from "./trello.ts";
import { wireFlag } from "./wire.ts";

/** A flag of a member of an enterprise; null if the row does not say. */
const flag = wireFlag;

/**
 * One row of `/enterprises/{id}/members/query`: the one documented place that shows other people's email and when they
 * were last seen.
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
      // The published description spells it so in this one place; either is understood.
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
     * Whether people and licences are managed in Atlassian Administration, so that Trello refuses to change them. Read
     * from members that the description lacks and Trello's own web client asks for; null if they do not come.
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

/** `search` is the beginning of the member's email or full name: nothing asks for a member by id with these flags. */
export type EnterpriseMember = {
  readonly idEnterprise: string;
  readonly idMember: string;
  readonly search: string;
};
