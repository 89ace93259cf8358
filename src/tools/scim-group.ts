import { AppError } from "../domain/error.ts";
import { type Reads, requireScim } from "../domain/reads.ts";
import type { ScimGroup, ScimUser } from "../domain/scim.ts";

/** From so many people on, paging through the directory takes fewer requests than asking for each. */
const ONE_BY_ONE = 25;

/** The SCIM Group by id or displayName; NOT_FOUND where there is none. */
export async function theScimGroup(group: string, reads: Reads): Promise<ScimGroup> {
  const scim = requireScim(reads);
  const { Resources } = await scim.groups({ filter: { attribute: "displayName", value: group } });
  const [found] = Resources;
  if (found && Resources.length === 1) return scim.group(found.id);
  if (/^[0-9a-f-]{20,}$/i.test(group)) return scim.group(group);
  throw new AppError("NOT_FOUND", "The directory has no group with that displayName or id.", {
    next: "Look with scim_list_groups, then call again.",
  });
}

/** The people of a group, in the fewest requests. */
export async function peopleOfGroup(group: ScimGroup, reads: Reads): Promise<readonly ScimUser[]> {
  const scim = requireScim(reads);
  const ids = new Set(group.members.map(({ value }) => value));
  if (ids.size <= ONE_BY_ONE) return Promise.all([...ids].map((id) => scim.user(id)));
  const found: ScimUser[] = [];
  for await (const page of scim.userPages()) {
    found.push(...page.filter(({ id }) => ids.has(id)));
    if (found.length === ids.size) break;
  }
  return found;
}
