import { requireScim } from "../domain/reads.ts";
import {
  clearedBy,
  hasAttributes,
  type ScimAttributes,
  scimAttributesOf,
  scimResourceOf,
} from "../domain/scim-attributes.ts";
import type { ScimUserResource } from "../domain/scim.ts";
import { requireScimWrites } from "../domain/writes.ts";
import { defineEffect } from "./kind.ts";

type Target = { readonly scimId: string };

/** Replaces a SCIM User (PUT /Users/{id}): what `after` does not say is cleared. `before` is all of the old one. */
export const replaceScimUser = defineEffect<Target, ScimUserResource, ScimUserResource>({
  op: "replace_scim_user",
  resource: "scim_user",
  id: (target) => target.scimId,
  // What is cleared is lost, so a person sees it first.
  classOf: ({ before, after }) =>
    (before.active && !after.active) || clearedBy(before, after).length > 0
      ? "delete"
      : // Whoever has the mailbox of the userName can sign in as the person.
        before.userName === after.userName
        ? "update"
        : "grant",
  send: (target, after, writes) => requireScimWrites(writes).replaceUser(target.scimId, after),
  async holds(target, { before, after }, reads) {
    const user = await requireScim(reads).user(target.scimId);
    return hasAttributes(user, { ...cleared(before, after), ...scimAttributesOf(after) });
  },
  async rebase(target, states, reads) {
    const user = await requireScim(reads).user(target.scimId);
    const added = cleared(scimResourceOf(user), states.before);
    const same = hasAttributes(user, scimAttributesOf(states.before)) && Object.keys(added).length === 0;
    return same ? states : { changed: "other values are there now" };
  },
  invert: (target, { before, after }, label) => [
    { op: "replace_scim_user", target, before: after, after: before, label },
  ],
  describe(label, { before, after }) {
    const gone = clearedBy(before, after);
    return `Replace SCIM user ${label}${gone.length > 0 ? `, which clears ${gone.join(", ")}` : ""}`;
  },
});

/** A name to display is not among them: without one, a server makes it from the parts of the name. */
function cleared(before: ScimUserResource, after: ScimUserResource): ScimAttributes {
  const names = clearedBy(before, after).filter((name) => name !== "displayName");
  return Object.fromEntries(names.map((name) => [name, null])) as ScimAttributes;
}
