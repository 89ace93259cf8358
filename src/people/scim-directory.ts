import type { ScimReads } from "../domain/reads.ts";
import type { ScimUser } from "../domain/scim.ts";
import { nameKey } from "../domain/text.ts";
import { accountIdOf, emailsShown, scimGroupNames, scimName } from "./scim-users.ts";

/** One search reads at most 100 pages of 100 Users. */
const MOST_PAGES = 100;

/** The fields of a User that are kept in memory. */
export interface BriefUser {
  readonly id: string;
  readonly userName: string;
  readonly name: string;
  /** Whether the User is active; null if the record does not say. */
  readonly active: boolean | null;
  readonly email: string | null;
  /** The User's groups; null if the record does not show them. */
  readonly groups: readonly string[] | null;
}

/** The Users of the directory that were read, in a form that can be searched. */
export interface EveryUser {
  readonly users: ReadonlyMap<string, BriefUser>;
  readonly byAccount: ReadonlyMap<string, string>;
  /** User ids by email. An email that several Users have is left out. */
  readonly byEmail: ReadonlyMap<string, string>;
  /** User ids by name. A name that several Users have is left out. */
  readonly byName: ReadonlyMap<string, string>;
  readonly count: number;
  readonly isWhole: boolean;
}

/** Remembers for each call what was read from the directory, so that the directory is read only once in each call. */
const read = new WeakMap<ScimReads, Promise<EveryUser>>();

/**
 * Reads the whole directory page by page, once in each call, because Atlassian itself can search only for an exact
 * userName.
 */
export function everyUser(scim: ScimReads): Promise<EveryUser> {
  const known = read.get(scim);
  if (known) return known;
  const reading = readEveryUser(scim);
  read.set(scim, reading);
  return reading;
}

async function readEveryUser(scim: ScimReads): Promise<EveryUser> {
  const users = new Map<string, BriefUser>();
  const byAccount = new Map<string, string>();
  const byEmail = uniqueKeys();
  const byName = uniqueKeys();
  let pages = 0;
  let isWhole = true;
  for await (const page of scim.userPages()) {
    if (pages === MOST_PAGES) {
      isWhole = false;
      break;
    }
    pages += 1;
    // A User who could not be read may be the wanted User. So the directory counts as not completely read.
    if (page.unread) isWhole = false;
    for (const user of page) {
      users.set(user.id, briefly(user));
      const accountId = accountIdOf(user);
      if (accountId !== null) byAccount.set(accountId, user.id);
      for (const email of emailsShown(user)) byEmail.put(email, user.id);
      byName.put(nameKey(scimName(user)), user.id);
    }
  }
  return {
    users,
    byAccount,
    byEmail: byEmail.unique(),
    byName: byName.unique(),
    count: users.size,
    isWhole,
  };
}

function briefly(user: ScimUser): BriefUser {
  return {
    id: user.id,
    userName: user.userName,
    name: scimName(user),
    active: user.active,
    email: emailsShown(user)[0] ?? null,
    groups: user.groups ? scimGroupNames(user) : null,
  };
}

/** Collects ids by a key, such as an email. A key that several ids have is left out. */
function uniqueKeys() {
  const ids = new Map<string, string>();
  const several = new Set<string>();
  return {
    put(key: string, id: string): void {
      if (ids.has(key) && ids.get(key) !== id) several.add(key);
      ids.set(key, id);
    },
    unique: (): ReadonlyMap<string, string> =>
      new Map([...ids].filter(([key]) => key !== "" && !several.has(key))),
  };
}
