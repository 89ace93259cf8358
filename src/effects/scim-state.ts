import { AppError } from "../domain/error.ts";
import { type Reads, requireScim } from "../domain/reads.ts";
import type { ScimGroup, ScimUser } from "../domain/scim.ts";

/** A User by id, or by the name that an earlier effect of the same run gave it: then the id is not known to the plan. */
export type UserRef = { readonly scimId: string } | { readonly userName: string };
/** A Group by id, or by the name that an earlier effect of the same run gave it. */
export type GroupRef = { readonly groupId: string } | { readonly groupName: string };

/** What names the User for good in an effect's id. */
export function userKey(ref: UserRef): string {
  return "scimId" in ref ? ref.scimId : `userName:${ref.userName}`;
}

export function groupKey(ref: GroupRef): string {
  return "groupId" in ref ? ref.groupId : `displayName:${ref.groupName}`;
}

/** The User, or null where there is none. */
export async function findUser(ref: UserRef, reads: Reads): Promise<ScimUser | null> {
  const scim = requireScim(reads);
  if ("scimId" in ref) return orNull(() => scim.user(ref.scimId));
  const { Resources } = await scim.users({ filter: { attribute: "userName", value: ref.userName } });
  return only(
    Resources.filter((user) => sameName(user.userName, ref.userName)),
    `userName ${ref.userName}`,
  );
}

/** The Group with its members, or null where there is none. */
export async function findGroup(ref: GroupRef, reads: Reads): Promise<ScimGroup | null> {
  const scim = requireScim(reads);
  if ("groupId" in ref) return orNull(() => scim.group(ref.groupId));
  const { Resources } = await scim.groups({ filter: { attribute: "displayName", value: ref.groupName } });
  return only(
    Resources.filter((group) => sameName(group.displayName, ref.groupName)),
    `displayName ${ref.groupName}`,
  );
}

/** The User's id, looked up only where it is not known; NOT_FOUND where there is none. */
export async function userIdOf(ref: UserRef, reads: Reads): Promise<string> {
  if ("scimId" in ref) return ref.scimId;
  return (await findUser(ref, reads))?.id ?? missing("user", ref.userName);
}

/** The Group's id, looked up only where it is not known; NOT_FOUND where there is none. */
export async function groupIdOf(ref: GroupRef, reads: Reads): Promise<string> {
  if ("groupId" in ref) return ref.groupId;
  return (await findGroup(ref, reads))?.id ?? missing("group", ref.groupName);
}

function missing(what: string, name: string): never {
  throw new AppError("NOT_FOUND", `The SCIM directory has no ${what} ${name}.`, {
    next: "Look it up again and plan anew.",
    retry: "replan",
  });
}

function only<Row>(rows: readonly Row[], name: string): Row | null {
  if (rows.length > 1) {
    throw new AppError("AMBIGUOUS", `The SCIM directory has ${rows.length} with ${name}.`, {
      next: "Name it by its id.",
    });
  }
  return rows[0] ?? null;
}

/** Neither name has case where it is unique (RFC 7643 sections 4.1.1 and 4.2). */
function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

async function orNull<Found>(find: () => Promise<Found>): Promise<Found | null> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof AppError && error.code === "NOT_FOUND") return null;
    throw error;
  }
}
