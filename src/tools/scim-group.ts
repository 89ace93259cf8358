import { AppError } from "../domain/error.ts";
import { type Reads, requireScim } from "../domain/reads.ts";
import type { ScimGroup, ScimUser } from "../domain/scim.ts";
import { clean } from "../domain/text.ts";
import { orNull } from "./scim-user.ts";

const PAGE = 100;

/** The SCIM Group by id or displayName; NOT_FOUND where there is none, AMBIGUOUS where several have the name. */
export async function theScimGroup(group: string, reads: Reads): Promise<ScimGroup> {
  const scim = requireScim(reads);
  const byId = () => orNull(() => scim.group(group));
  const byName = async () => {
    const found = await groupNamed(group, reads);
    return found && scim.group(found.id);
  };
  // A name that looks like an id is rare, so what looks like one is taken for one first.
  const [first, second] = /^[0-9a-f-]{20,}$/i.test(group) ? [byId, byName] : [byName, byId];
  const found = (await first()) ?? (await second());
  if (found) return found;
  throw new AppError("NOT_FOUND", "The directory has no group with that displayName or id.", {
    next: "Look with scim_list_groups, then call again.",
  });
}

/** The Group of that displayName as the list shows it, or null; AMBIGUOUS where several have it. */
export async function groupNamed(displayName: string, reads: Reads): Promise<ScimGroup | null> {
  const { Resources } = await requireScim(reads).groups({
    filter: { attribute: "displayName", value: displayName },
  });
  // Looked at again, because a server that does not mind filters would answer with any group.
  const named = Resources.filter((row) => row.displayName.toLowerCase() === displayName.toLowerCase());
  if (named.length <= 1) return named[0] ?? null;
  throw new AppError("AMBIGUOUS", `${named.length} groups have that displayName.`, {
    next: "Call again with the id of the right one.",
    details: {
      candidates: named.slice(0, 5).map((row) => ({ id: row.id, name: clean(row.displayName) })),
    },
  });
}

/**
 * The people of a group in its order, in few requests: the first page of the directory says how many pages there are,
 * and with them whether those still missing are asked for by id or met by paging on. Whoever is not there any more is
 * left out.
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
    const { totalResults, Resources } = await scim.users({ startIndex: 1, count: PAGE });
    take(Resources);
    const pages = Math.ceil((totalResults - Resources.length) / PAGE);
    paged = Resources.length > 0 && left().length > pages;
    if (paged) {
      for await (const page of scim.userPages(undefined, 1 + Resources.length)) {
        take(page);
        if (found.size === ids.size) break;
      }
    }
  }
  if (!paged) {
    const others = await Promise.all(left().map((id) => orNull(() => scim.user(id))));
    take(others.filter((user) => user !== null));
  }
  return [...ids].flatMap((id) => found.get(id) ?? []);
}
