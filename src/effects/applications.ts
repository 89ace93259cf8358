import {
  type ApplicationReads,
  type ApplicationUser,
  type Deactivation,
  requireApplication,
} from "../domain/application.ts";
import { AppError, nullIfNotFound } from "../domain/error.ts";
import { clean } from "../domain/text.ts";
import { requireOneInApplication } from "../people/applications.ts";
import { defineEffect, RANK } from "./define-effect.ts";

/**
 * The user in the application. `userId` is missing if the application did not answer during planning; the user is then
 * found by email later.
 */
type ApplicationTarget =
  | { readonly application: string; readonly email: string; readonly userId: string }
  | { readonly application: string; readonly email: string };
type Before = { readonly active: boolean; readonly userName?: string } | { readonly notRead: string };
/**
 * `by`: the HTTP method of the change (PATCH, PUT or DELETE), which a person approved. `final`: true if the effect
 * cannot be undone.
 */
type After = { readonly active: boolean; readonly by: Deactivation; readonly final?: true };

/**
 * Takes away or gives back a person's access to another SCIM application (RFC 7644 sections 3.5.1, 3.5.2 and 3.6). If
 * the application did not answer during planning, the user is looked up when the request is sent. If the user is then
 * already as wanted, the effect counts as not made by the run. So an undo does not activate a user who was inactive
 * before the run.
 */
export const setApplicationActive = defineEffect<ApplicationTarget, Before, After>({
  op: "set_application_active",
  resource: "application_user",
  rank: RANK.application,
  id: ({ application, email }) => `${application}/${email}`,
  // Reactivating counts as `grant`, because an active user may take a paid seat.
  classOf: ({ after }) => (after.active ? "grant" : "delete"),
  isUnread: ({ target }) => !("userId" in target),
  waitsAlone: ({ target }) => target.application,
  // If a user cannot be brought back, the effect is as serious as deleting a User of the directory. So the policy's
  // rules for the tool `scim_delete_user` apply.
  ruledBy: ({ after }) => (after.final ? ["scim_delete_user"] : []),
  async send({ target, after: { active, by } }, writes, reads) {
    const to = requireApplication(writes.applications, target.application);
    const from = requireApplication(reads.applications, target.application);
    const id = "userId" in target ? target.userId : await idToChange(target.email, active, from);
    if (by === "patch") return to.patchActive(id, active);
    return by === "delete" ? to.deleteUser(id) : to.putActive(id, await from.record(id), active);
  },
  async holds({ target, after }, reads) {
    const from = requireApplication(reads.applications, target.application);
    const user = "userId" in target ? await nullIfNotFound(() => from.user(target.userId)) : null;
    if (user) return isAs(after, user, from);
    // There are two reasons for a 404. If only the user is gone, the person has no access, which is the wanted state.
    // If the whole application is gone, this search fails too, so the effect does not count as made.
    const users = await from.usersWithEmail(target.email);
    if (after.active) return !("userId" in target) && users.length === 1 && users[0]?.active === true;
    return users.every((each) => isAs(after, each, from));
  },
  async rebase({ target, before, after }, reads) {
    const from = requireApplication(reads.applications, target.application);
    const user =
      "userId" in target
        ? await nullIfNotFound(() => from.user(target.userId))
        : await requireOneInApplication(from, target.email);
    return user ? { before, after } : { changed: "has no such user there any more" };
  },
  invert: ({ target, after: { active, by, final }, label }) =>
    final
      ? []
      : [
          {
            op: "set_application_active",
            target,
            before: { active },
            after: { active: !active, by },
            label,
          },
        ],
  typedName: ({ target, before, after }) =>
    after.final ? clean(("userName" in before && before.userName) || target.email, 254) : null,
  describe({ before, after: { active, by, final } }) {
    if (active) return ["Activate ", " again in "];
    const tail = by === "delete" ? " for good" : final ? ", which cannot be undone there" : "";
    return [
      by === "delete" ? "Delete " : "Deactivate ",
      " in ",
      `${tail}${"notRead" in before ? ", when it answers" : ""}`,
    ];
  },
});

/** Whether a user is in the wanted state. After a deletion, some applications still have the user, but inactive. */
function isAs({ active, by }: After, user: ApplicationUser, { name }: ApplicationReads): boolean {
  if (user.active !== null) return user.active === active;
  if (by === "delete" && !active) return false;
  throw new AppError(
    "UPSTREAM_FORBIDDEN",
    `The application ${name} does not show whether the user is active.`,
    {
      next: `Look at the user in ${name}.`,
    },
  );
}

/** The id of the user to change now. CONFLICT if nothing has to change. */
async function idToChange(email: string, active: boolean, from: ApplicationReads): Promise<string> {
  const user = await requireOneInApplication(from, email);
  if (user && user.active !== active) return user.id;
  throw new AppError(
    "CONFLICT",
    user
      ? `The user is already ${active ? "active" : "not active"}.`
      : `The application ${from.name} has no user with that email.`,
    { next: "Nothing has to be done there." },
  );
}
