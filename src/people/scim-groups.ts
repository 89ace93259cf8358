import { AppError, nullIfNotFound } from "../domain/error.ts";
import { type Reads, requireScim } from "../domain/reads.ts";
import type { ScimGroup, ScimUser } from "../domain/scim.ts";
import { clean } from "../domain/text.ts";
import { findScimUser } from "./scim-users.ts";

const PAGE = 100;

/**
 * Refers to a Group by its id. If an earlier effect of the same run creates the Group, its id is unknown and the name
 * is used.
 */
export type GroupRef = { readonly groupId: string } | { readonly groupName: string };

/** A part of an effect's id. It is the same in all effects on this Group. */
export function groupKey(ref: GroupRef): string {
  return "groupId" in ref ? ref.groupId : `displayName:${ref.groupName}`;
}

/** The Group with its members; null if it does not exist. AMBIGUOUS if several Groups have the name. */
export async function findScimGroup(ref: GroupRef, reads: Reads): Promise<ScimGroup | null> {
  const id = "groupId" in ref ? ref.groupId : await idOfGroupNamed(ref.groupName, reads);
  // A search by name may return the Group without its members. So the Group is then read by its id.
  return id === null ? null : nullIfNotFound(() => requireScim(reads).group(id));
}

async function idOfGroupNamed(displayName: string, reads: Reads): Promise<string | null> {
  const { Resources } = await requireScim(reads).groups({
    filter: { attribute: "displayName", value: displayName },
  });
  // Some servers ignore the filter and return other Groups too. So the names are compared here. Upper and lower case do
  // not matter (RFC 7643 section 4.2).
  const named = Resources.filter((row) => row.displayName.toLowerCase() === displayName.toLowerCase());
  if (named.length <= 1) return named[0]?.id ?? null;
  throw new AppError("AMBIGUOUS", `${named.length} groups have that displayName.`, {
    next: "Call again with the id of the right group.",
    details: {
      candidates: named.slice(0, 5).map((row) => ({ id: row.id, name: clean(row.displayName) })),
    },
  });
}

/** The SCIM Group with this id or displayName. NOT_FOUND if there is none, AMBIGUOUS if several have the name. */
export async function requireScimGroup(group: string, reads: Reads): Promise<ScimGroup> {
  const byId = () => findScimGroup({ groupId: group }, reads);
  const byName = () => findScimGroup({ groupName: group }, reads);
  // A text that looks like an id is first searched as an id, because few names look like that.
  const [first, second] = /^[0-9a-f-]{20,}$/i.test(group) ? [byId, byName] : [byName, byId];
  const found = (await first()) ?? (await second());
  if (found) return found;
  throw new AppError("NOT_FOUND", "The directory has no group with that displayName or id.", {
    next: "Find the group with scim_list_groups, then call again.",
  });
}

/** The Group's id. It is looked up only if it is unknown. NOT_FOUND if there is no such Group. */
export async function requireScimGroupId(ref: GroupRef, reads: Reads): Promise<string> {
  if ("groupId" in ref) return ref.groupId;
  const id = await idOfGroupNamed(ref.groupName, reads);
  if (id !== null) return id;
  throw new AppError("NOT_FOUND", `The SCIM directory has no group ${ref.groupName}.`, {
    next: "Search for the group again and make a new plan.",
    retry: "replan",
  });
}

/**
 * Reads the people of a Group with few requests, in the Group's order. They are read one by one, or the directory is
 * read page by page, whichever needs fewer requests. People who are no longer in the directory are left out.
 */
export async function peopleOfGroup(group: ScimGroup, reads: Reads): Promise<readonly ScimUser[]> {
  const scim = requireScim(reads);
  const ids = new Set(group.members.map(({ value }) => value));
  const found = new Map<string, ScimUser>();
  const take = (users: readonly ScimUser[]): void => {
    for (const user of users) if (ids.has(user.id)) found.set(user.id, user);
  };
  const left = () => [...ids].filter((id) => !found.has(id));
  let paged = false;
  if (ids.size > 1) {
    const { totalResults, Resources, answered } = await scim.users({ startIndex: 1, count: PAGE });
    take(Resources);
    const pages = Math.ceil((totalResults - answered) / PAGE);
    paged = answered > 0 && left().length > pages;
    if (paged) {
      for await (const page of scim.userPages(undefined, 1 + answered)) {
        take(page);
        if (found.size === ids.size) break;
      }
    }
  }
  if (!paged) {
    const others = await Promise.all(left().map((scimId) => findScimUser({ scimId }, reads)));
    take(others.filter((user) => user !== null));
  }
  return [...ids].flatMap((id) => found.get(id) ?? []);
}
