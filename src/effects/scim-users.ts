import { AppError } from "../domain/error.ts";
import { requireScim } from "../domain/reads.ts";
import {
  clearedBy,
  hasAttributes,
  patchOf,
  type ScimAttributes,
  scimAttributesOf,
  scimResourceOf,
} from "../domain/scim-attributes.ts";
import type { ScimUserResource } from "../domain/scim.ts";
import { clean } from "../domain/text.ts";
import { requireScimWrites } from "../domain/writes.ts";
import { findScimUser, requireScimUserId, userKey, type UserRef } from "../people/scim-users.ts";
import { isScimUser } from "./keys.ts";
import { defineEffect, RANK, swapBack } from "./kind.ts";

type CreateTarget = { readonly userName: string };

/** Creates a SCIM User (POST /Users); it holds if a User has the userName and all attributes asked for. */
export const createScimUser = defineEffect<CreateTarget, null, ScimUserResource>({
  op: "create_scim_user",
  resource: "scim_user",
  rank: RANK.scimUser,
  id: userKey,
  // The name stands for the User in a group, the address in an invitation.
  gives: ({ target }) => [isScimUser(userKey(target)), isScimUser(target.userName)],
  classOf: () => "create",
  async send({ after }, writes) {
    await requireScimWrites(writes).createUser(after);
  },
  async holds({ target, after }, reads) {
    const user = await findScimUser(target, reads);
    return user !== null && hasAttributes(user, scimAttributesOf(after));
  },
  invert: ({ target, after, label }) => [
    { op: "delete_scim_user", target, before: after, after: null, label },
  ],
  describe: ({ after }) => ["Create SCIM user ", after.active === false ? ", not active" : ""],
});

type UpdateTarget = { readonly scimId: string };
/** Without `active`, which takes access away and is `set_scim_active`. */
export type ScimChange = Omit<ScimAttributes, "active">;

/**
 * Changes named attributes of a SCIM User and leaves the others (PATCH /Users/{id}). `before` has the old value of each
 * of them; null stands for none, before as after.
 */
export const updateScimUser = defineEffect<UpdateTarget, ScimChange, ScimChange>({
  op: "update_scim_user",
  resource: "scim_user",
  rank: RANK.scimUser,
  id: (target) => target.scimId,
  // A person who reads the mailbox of the userName can sign in as this User.
  classOf: ({ after }) => (after.userName === undefined ? "update" : "grant"),
  send: ({ target, after }, writes) => requireScimWrites(writes).patchUser(target.scimId, patchOf(after)),
  async holds({ target, after }, reads) {
    return hasAttributes(await requireScim(reads).user(target.scimId), after);
  },
  async rebase(effect, reads) {
    const user = await requireScim(reads).user(effect.target.scimId);
    return hasAttributes(user, effect.before) ? effect : { changed: "other values are there now" };
  },
  invert: swapBack,
  describe: ({ after }) => [`Change ${Object.keys(after).join(", ")} of `, ""],
});

type ReplaceTarget = { readonly scimId: string };

/** Replaces a SCIM User (PUT /Users/{id}): what `after` does not say is cleared. `before` is all of the old one. */
export const replaceScimUser = defineEffect<ReplaceTarget, ScimUserResource, ScimUserResource>({
  op: "replace_scim_user",
  resource: "scim_user",
  rank: RANK.scimUser,
  id: (target) => target.scimId,
  // What is cleared is lost, so a person sees it first.
  classOf: ({ before, after }) =>
    (before.active !== false && after.active === false) || clearedBy(before, after).length > 0
      ? "delete"
      : // A person who reads the mailbox of the userName can sign in as this User.
        before.userName === after.userName
        ? "update"
        : "grant",
  send: ({ target, after }, writes) => requireScimWrites(writes).replaceUser(target.scimId, after),
  async holds({ target, before, after }, reads) {
    const user = await requireScim(reads).user(target.scimId);
    return hasAttributes(user, { ...cleared(before, after), ...scimAttributesOf(after) });
  },
  async rebase(effect, reads) {
    const user = await requireScim(reads).user(effect.target.scimId);
    const added = cleared(scimResourceOf(user), effect.before);
    const same = hasAttributes(user, scimAttributesOf(effect.before)) && Object.keys(added).length === 0;
    return same ? effect : { changed: "other values are there now" };
  },
  invert: swapBack,
  describe({ before, after }) {
    const gone = clearedBy(before, after);
    return ["Replace SCIM user ", gone.length > 0 ? `, which clears ${gone.join(", ")}` : ""];
  },
});

/** A name to display is not among them: without one, a server makes it from the parts of the name. */
function cleared(before: ScimUserResource, after: ScimUserResource): ScimAttributes {
  const names = clearedBy(before, after).filter((name) => name !== "displayName");
  return Object.fromEntries(names.map((name) => [name, null])) as ScimAttributes;
}

type ActiveTarget = { readonly scimId: string };
type Active = { readonly active: boolean };

/** Deactivates or reactivates a SCIM User by PATCH, the form that can be undone (RFC 7644 section 3.5.2). */
export const setScimActive = defineEffect<ActiveTarget, Active, Active>({
  op: "set_scim_active",
  resource: "scim_user",
  rank: RANK.scimUser,
  account: "deactivate",
  id: (target) => target.scimId,
  classOf: ({ after }) => (after.active ? "update" : "delete"),
  send: ({ target, after }, writes) => {
    if (!writes.scim)
      throw new AppError("CONFIG_INVALID", "SCIM is not configured.", {
        next: "Set ATLASSIAN_SCIM_DIRECTORY_ID and ATLASSIAN_SCIM_TOKEN.",
      });
    return writes.scim.patchUser(target.scimId, [{ op: "replace", path: "active", value: after.active }]);
  },
  async holds({ target, after }, reads) {
    const { active } = await requireScim(reads).user(target.scimId);
    if (active !== null) return active === after.active;
    throw new AppError("UPSTREAM_FORBIDDEN", "The SCIM directory does not tell whether the User is active.", {
      next: "Look at the account at admin.atlassian.com, or set ATLASSIAN_ORG_ID and ATLASSIAN_ORG_API_KEY.",
    });
  },
  invert: swapBack,
  describe: ({ after }) => [
    `${after.active ? "Reactivate" : "Deactivate"} the Atlassian account of `,
    " by its SCIM User",
  ],
});

/** Deletes a SCIM User for good (DELETE /Users/{id}); a managed account is deactivated, and a new User gets another id. */
export const deleteScimUser = defineEffect<UserRef, ScimUserResource, null>({
  op: "delete_scim_user",
  resource: "scim_user",
  rank: RANK.scimUser,
  account: "deactivate",
  id: userKey,
  classOf: () => "delete",
  async send({ target }, writes, reads) {
    await requireScimWrites(writes).deleteUser(await requireScimUserId(target, reads));
  },
  holds: async ({ target }, reads) => (await findScimUser(target, reads)) === null,
  async rebase(effect, reads) {
    const user = await findScimUser(effect.target, reads);
    return user ? { ...effect, before: scimResourceOf(user) } : effect;
  },
  typedName: ({ before }) => clean(before.userName, 254),
  invert: () => [],
  describe: () => ["Delete SCIM user ", " for good"],
});
