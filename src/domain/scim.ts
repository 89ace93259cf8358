// SCIM 2.0 shapes (RFC 7643, RFC 7644) as far as they are used.
import { z } from "zod";

export const USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User";
export const GROUP_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group";
export const PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/** Where `department` and `organization` belong (RFC 7643 section 4.3). */
export const ENTERPRISE_SCHEMA = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/** Atlassian's extension that names the account behind a User. */
export const ATLASSIAN_EXTENSION = "urn:scim:schemas:extension:atlassian-external:1.0";

const text = z.string().nullish();
const plural = z.array(z.object({ value: z.string(), type: text, primary: z.boolean().nullish() })).nullish();

export const scimUser = z.object({
  id: z.string(),
  externalId: text,
  userName: z.string(),
  active: z
    .boolean()
    .nullish()
    .transform((active) => active ?? true),
  displayName: text,
  name: z
    .object({
      givenName: text,
      familyName: text,
      formatted: text,
      middleName: text,
      honorificPrefix: text,
      honorificSuffix: text,
    })
    .nullish(),
  emails: plural,
  phoneNumbers: plural,
  title: text,
  nickName: text,
  preferredLanguage: text,
  timezone: text,
  /** Atlassian has these two outside the extension as well. */
  department: text,
  organization: text,
  groups: z.array(z.object({ value: z.string(), display: text })).nullish(),
  [ENTERPRISE_SCHEMA]: z.object({ department: text, organization: text }).nullish(),
  [ATLASSIAN_EXTENSION]: z.object({ atlassianAccountId: text }).nullish(),
});
export type ScimUser = z.infer<typeof scimUser>;

const listOf = <Row extends z.ZodType>(row: Row) =>
  z.object({
    totalResults: z.number(),
    startIndex: z.number().nullish(),
    itemsPerPage: z.number().nullish(),
    Resources: z
      .array(row)
      .nullish()
      .transform((rows) => rows ?? []),
  });

export const scimUserList = listOf(scimUser);
export type ScimUserList = z.infer<typeof scimUserList>;

export const scimGroup = z.object({
  id: z.string(),
  displayName: z.string(),
  externalId: text,
  members: z
    .array(z.object({ value: z.string(), display: text }))
    .nullish()
    .transform((rows) => rows ?? []),
});
export type ScimGroup = z.infer<typeof scimGroup>;

export const scimGroupList = listOf(scimGroup);
export type ScimGroupList = z.infer<typeof scimGroupList>;

export interface ScimPatchOperation {
  readonly op: "add" | "replace" | "remove";
  readonly path?: string;
  readonly value?: unknown;
}

export type ScimPlural = { readonly value: string; readonly type?: string; readonly primary: boolean };

/** Everything that a client can say of a User: what POST creates, and what PUT replaces the User with. */
export type ScimUserResource = {
  readonly userName: string;
  readonly externalId?: string;
  readonly name: {
    readonly givenName: string;
    readonly familyName: string;
    readonly middleName?: string;
    readonly honorificPrefix?: string;
    readonly honorificSuffix?: string;
  };
  readonly displayName?: string;
  /** Atlassian wants exactly one that is primary, on a verified domain. */
  readonly emails: readonly ScimPlural[];
  readonly phoneNumbers?: readonly ScimPlural[];
  readonly title?: string;
  readonly nickName?: string;
  readonly preferredLanguage?: string;
  readonly timezone?: string;
  readonly department?: string;
  readonly organization?: string;
  readonly active: boolean;
};

/** What a client can say of a Group; `members` are ids of Users. */
export interface ScimGroupResource {
  readonly displayName: string;
  readonly members: readonly string[];
}
