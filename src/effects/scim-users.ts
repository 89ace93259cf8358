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
import { defineEffect, RANK, swapBack } from "./define-effect.ts";

type CreateTarget = { readonly userName: string };

/** Creates a SCIM User (POST /Users). The wanted state: a User with this userName has all planned attributes. */
export const createScimUser = defineEffect<CreateTarget, null, ScimUserResource>({
  op: "create_scim_user",
  resource: "scim_user",
  rank: RANK.scimUser,
  id: userKey,
  // Two keys (texts) say that the new User exists, and other effects of the plan wait for one of these keys. An effect
  // that adds the User to a Group waits for the first key. An effect that invites the User by email waits for the
  // second key, because the userName is usually the email.
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
/**
 * The attributes that can be changed. `active` is not one of them, because changing it can take access away;
 * `set_scim_active` changes it.
 */
export type ScimChange = Omit<ScimAttributes, "active">;

/**
 * Changes some attributes of a SCIM User; the others stay (PATCH /Users/{id}). `before` has the old value of each
 * attribute. null means "no value".
 */
export const updateScimUser = defineEffect<UpdateTarget, ScimChange, ScimChange>({
  op: "update_scim_user",
  resource: "scim_user",
  rank: RANK.scimUser,
  id: (target) => target.scimId,
  // A change of the userName counts as `grant`. If the new userName is an email, the owner of that mailbox can then
  // sign in as this User.
  classOf: ({ after }) => (after.userName === undefined ? "update" : "grant"),
  send: ({ target, after }, writes) => requireScimWrites(writes).patchUser(target.scimId, patchOf(after)),
  async holds({ target, after }, reads) {
    return hasAttributes(await requireScim(reads).user(target.scimId), after);
  },
  async rebase(effect, reads) {
    const user = await requireScim(reads).user(effect.target.scimId);
    return hasAttributes(user, effect.before) ? effect : { changed: "the values have changed since" };
  },
  invert: swapBack,
  describe: ({ after }) => [`Change ${Object.keys(after).join(", ")} of `, ""],
});

type ReplaceTarget = { readonly scimId: string };

/**
 * Replaces a whole SCIM User (PUT /Users/{id}). Attributes that are not in `after` lose their value. `before` is the
 * whole old User.
 */
export const replaceScimUser = defineEffect<ReplaceTarget, ScimUserResource, ScimUserResource>({
  op: "replace_scim_user",
  resource: "scim_user",
  rank: RANK.scimUser,
  id: (target) => target.scimId,
  // A lost value cannot be read again, so a person must approve this effect first.
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
    return same ? effect : { changed: "the values have changed since" };
  },
  invert: swapBack,
  describe({ before, after }) {
    const gone = clearedBy(before, after);
    return ["Replace SCIM user ", gone.length > 0 ? `, which clears ${gone.join(", ")}` : ""];
  },
});

/**
 * The names of the attributes that lose their value. The display name is not among them, because the directory makes a
 * missing display name from first and last name.
 */
function cleared(before: ScimUserResource, after: ScimUserResource): ScimAttributes {
  const names = clearedBy(before, after).filter((name) => name !== "displayName");
  return Object.fromEntries(names.map((name) => [name, null])) as ScimAttributes;
}

type ActiveTarget = { readonly scimId: string };
type Active = { readonly active: boolean };

/**
 * Deactivates or reactivates a SCIM User by PATCH on `active`. Unlike a deletion, this can be undone (RFC 7644 section
 * 3.5.2).
 */
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
    throw new AppError("UPSTREAM_FORBIDDEN", "The SCIM directory does not show whether the User is active.", {
      next: "Look at the account at admin.atlassian.com, or set ATLASSIAN_ORG_ID and ATLASSIAN_ORG_API_KEY.",
    });
  },
  invert: swapBack,
  describe: ({ after }) => [
    `${after.active ? "Reactivate" : "Deactivate"} the Atlassian account of `,
    " by its SCIM User",
  ],
});

/**
 * Deletes a SCIM User (DELETE /Users/{id}) and deactivates the account, if the organization manages it. There is no
 * undo, because a new User gets another id.
 */
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
