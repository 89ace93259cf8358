// The forms of Trello Enterprise's replies, with the fields that this program uses.
import { z } from "zod";
import { member } from "./trello.ts";
import { wireFlag } from "./wire.ts";

/** A yes-or-no field of an enterprise member; null if the row does not have it. */
const flag = wireFlag;

/**
 * One row of `/enterprises/{id}/members/query`. It is the only documented answer with other people's emails and the
 * time when they were last active.
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
      // Trello's API description writes `fullname` in lower case for this request, and `fullName` for all others. Both
      // spellings are accepted.
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
     * Whether Atlassian Administration manages people and licences; Trello then refuses to change them. null if the
     * reply does not say. Trello's description does not contain the fields that show this, but Trello's own web client
     * uses them.
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

/**
 * The target of an effect on an enterprise member. `search`: the beginning of the member's email or full name. It is
 * needed because Trello shows the member's flags only in a search.
 */
export type EnterpriseMember = {
  readonly idEnterprise: string;
  readonly idMember: string;
  readonly search: string;
};
