import { hasAttributes, scimAttributesOf } from "../domain/scim-attributes.ts";
import type { ScimUserResource } from "../domain/scim.ts";
import { requireScimWrites } from "../domain/writes.ts";
import { findUser, userKey } from "../people/scim.ts";
import { defineEffect } from "./kind.ts";

type Target = { readonly userName: string };

/** Creates a SCIM User (POST /Users); whoever has the userName and everything asked for is it. */
export const createScimUser = defineEffect<Target, null, ScimUserResource>({
  op: "create_scim_user",
  resource: "scim_user",
  id: userKey,
  classOf: () => "create",
  async send(_target, after, writes) {
    await requireScimWrites(writes).createUser(after);
  },
  async holds(target, { after }, reads) {
    const user = await findUser(target, reads);
    return user !== null && hasAttributes(user, scimAttributesOf(after));
  },
  invert: (target, { after }, label) => [
    { op: "delete_scim_user", target, before: after, after: null, label },
  ],
  describe: (label, { after }) => `Create SCIM user ${label}${after.active ? "" : ", not active"}`,
});
