// SCIM 2.0 shapes (RFC 7643, RFC 7644) as far as they are used.
import { z } from "zod";

export const USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User";
export const PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/** Atlassian's extension that names the account behind a User. */
export const ATLASSIAN_EXTENSION = "urn:scim:schemas:extension:atlassian-external:1.0";

export const scimUser = z.object({
  id: z.string(),
  externalId: z.string().nullish(),
  userName: z.string(),
  active: z
    .boolean()
    .nullish()
    .transform((active) => active ?? true),
  displayName: z.string().nullish(),
  name: z
    .object({
      givenName: z.string().nullish(),
      familyName: z.string().nullish(),
      formatted: z.string().nullish(),
    })
    .nullish(),
  emails: z.array(z.object({ value: z.string(), primary: z.boolean().nullish() })).nullish(),
  title: z.string().nullish(),
  groups: z.array(z.object({ value: z.string(), display: z.string().nullish() })).nullish(),
  [ATLASSIAN_EXTENSION]: z.object({ atlassianAccountId: z.string().nullish() }).nullish(),
});
export type ScimUser = z.infer<typeof scimUser>;

export const scimUserList = z.object({
  totalResults: z.number(),
  startIndex: z.number().nullish(),
  itemsPerPage: z.number().nullish(),
  Resources: z
    .array(scimUser)
    .nullish()
    .transform((rows) => rows ?? []),
});
export type ScimUserList = z.infer<typeof scimUserList>;

export interface ScimPatchOperation {
  readonly op: "add" | "replace" | "remove";
  readonly path?: string;
  readonly value?: unknown;
}
