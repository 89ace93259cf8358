import type { Json } from "../domain/json.ts";
import { ENTERPRISE_SCHEMA, GROUP_SCHEMA, PATCH_SCHEMA, USER_SCHEMA } from "../domain/scim.ts";
import type { ScimGroupResource, ScimPatchOperation, ScimUserResource } from "../domain/scim.ts";

export type JsonObject = { readonly [key: string]: Json };

/** A User as POST and PUT have it; department and organization go into the enterprise extension (RFC 7643 section 4.3). */
export function userBody({ department, organization, ...core }: ScimUserResource): JsonObject {
  const extension = {
    ...(department === undefined ? {} : { department }),
    ...(organization === undefined ? {} : { organization }),
  };
  const extended = Object.keys(extension).length > 0;
  return {
    schemas: extended ? [USER_SCHEMA, ENTERPRISE_SCHEMA] : [USER_SCHEMA],
    ...core,
    ...(extended ? { [ENTERPRISE_SCHEMA]: extension } : {}),
  };
}

/** A Group as POST and PUT have it. */
export function groupBody({ displayName, members }: ScimGroupResource): JsonObject {
  return { schemas: [GROUP_SCHEMA], displayName, members: members.map((value) => ({ value })) };
}

/** `Operations` as in RFC 7644; Atlassian's own schema has it in lower case and its example does not. */
export function patchBody(operations: readonly ScimPatchOperation[]): JsonObject {
  return { schemas: [PATCH_SCHEMA], Operations: operations as unknown as Json };
}
