// The data of SCIM 2.0 (RFC 7643, RFC 7644), with the fields that this program uses.
import { z } from "zod";
import { wireFlag, wireRows, wireText } from "./wire.ts";

export const USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User";
export const GROUP_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group";
export const PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/** The SCIM extension with `department` and `organization` (RFC 7643 section 4.3). */
export const ENTERPRISE_SCHEMA = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/** Atlassian's SCIM extension, which contains the id of the User's account. */
export const ATLASSIAN_EXTENSION = "urn:scim:schemas:extension:atlassian-external:1.0";

// No field is required, because real Users lack many fields or have odd values. A value in a wrong form is left out. A
// User or Group without an id or name is left out.
const text = wireText;

/** The names of lists in the record that are incomplete, because a row could not be read and was left out. */
export interface Partly {
  readonly unread?: readonly string[];
}

const plural = wireRows(z.object({ value: z.string(), type: text, primary: wireFlag }));
const group = wireRows(z.object({ value: z.string(), display: text }));

export const scimUser = z
  .object({
    id: z.string(),
    externalId: text,
    userName: z.string(),
    /** Whether the User is active; null if the record does not show it. */
    active: wireFlag,
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
      .nullish()
      .catch(null),
    emails: plural,
    phoneNumbers: plural,
    title: text,
    nickName: text,
    preferredLanguage: text,
    timezone: text,
    /**
     * Atlassian also sends `department` and `organization` outside the enterprise extension, so they are read here too.
     */
    department: text,
    organization: text,
    groups: group,
    [ENTERPRISE_SCHEMA]: z.object({ department: text, organization: text }).nullish().catch(null),
    [ATLASSIAN_EXTENSION]: z.object({ atlassianAccountId: text }).nullish().catch(null),
  })
  .transform(({ emails, phoneNumbers, groups, ...user }) => {
    const lists = { emails, phoneNumbers, groups };
    const unread = (["emails", "phoneNumbers", "groups"] as const).filter((name) => lists[name].unread > 0);
    return {
      ...user,
      emails: emails.rows,
      phoneNumbers: phoneNumbers.rows,
      // The groups of the User; null if the record does not contain them. The User may then still be in some groups.
      groups: groups.isGiven ? groups.rows : null,
      ...(unread.length > 0 && { unread }),
    };
  });
export type ScimUser = Omit<z.infer<typeof scimUser>, "unread"> & Partly;

/** A list in an answer: the rows that could be read, the total number, and how many rows could not be read. */
const listOf = <Row extends z.ZodType>(row: Row) =>
  z
    .object({
      totalResults: z.coerce.number().int().min(0).nullish().catch(null),
      Resources: z.array(z.unknown()).nullish(),
    })
    // If the list is empty, the field `Resources` may be missing. Another field must then show that the answer is a
    // list.
    .refine(({ totalResults, Resources }) => totalResults != null || Resources != null, {
      path: ["totalResults"],
    })
    .transform(({ totalResults, Resources }, context) => {
      const answered = Resources ?? [];
      const parsed = answered.map((each) => row.safeParse(each));
      const rows = parsed.flatMap((each): z.output<Row>[] => (each.success ? [each.data] : []));
      const [odd] = parsed.flatMap((each, index) => (each.success ? [] : [{ index, error: each.error }]));
      // An answer without any row that can be read does not count as a list of Users or Groups. The error says what is
      // wrong with the rows.
      if (odd && rows.length === 0) {
        for (const { path } of odd.error.issues)
          context.addIssue({ code: "custom", path: ["Resources", odd.index, ...path], message: "odd" });
        return z.NEVER;
      }
      return {
        totalResults: totalResults ?? answered.length,
        Resources: rows,
        answered: answered.length,
        unread: answered.length - rows.length,
      };
    });

export const scimUserList = listOf(scimUser);
export type ScimUserList = z.infer<typeof scimUserList>;

export const scimGroup = z
  .object({ id: z.string(), displayName: z.string(), externalId: text, members: group })
  .transform(({ members, ...row }) => ({
    ...row,
    members: members.rows,
    ...(members.unread > 0 && { unread: ["members"] }),
  }));
export type ScimGroup = Omit<z.infer<typeof scimGroup>, "unread"> & Partly;

export const scimGroupList = listOf(scimGroup);
export type ScimGroupList = z.infer<typeof scimGroupList>;

export interface ScimPatchOperation {
  readonly op: "add" | "replace" | "remove";
  readonly path?: string;
  readonly value?: unknown;
}

export type ScimPlural = { readonly value: string; readonly type?: string; readonly primary: boolean };

/** All values of a User that a client can set. POST creates a User with these values, and PUT replaces all of them. */
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
  /** Atlassian requires exactly one primary email, on a verified domain. */
  readonly emails: readonly ScimPlural[];
  readonly phoneNumbers?: readonly ScimPlural[];
  readonly title?: string;
  readonly nickName?: string;
  readonly preferredLanguage?: string;
  readonly timezone?: string;
  readonly department?: string;
  readonly organization?: string;
  /**
   * Missing if the directory does not show whether the User is active. If the User is replaced without this value, the
   * User stays active or inactive as before.
   */
  readonly active?: boolean;
};

/** Everything about a Group that a client can set. `members`: the ids of its Users. */
export interface ScimGroupResource {
  readonly displayName: string;
  readonly members: readonly string[];
}
