import type { ScimReads } from "../domain/reads.ts";
import type { ScimUser } from "../domain/scim.ts";
import { nameKey } from "../domain/text.ts";
import { accountIdOf, emailsShown, scimGroupNames, scimName } from "./scim-users.ts";

/** The most pages of 100 Users that one search of the directory reads. */
const MOST_PAGES = 100;

/** The part of a User that is kept. */
export interface BriefUser {
  readonly id: string;
  readonly userName: string;
  readonly name: string;
  /** null if the record does not show it. */
  readonly active: boolean | null;
  readonly email: string | null;
  /** null if the record does not show them. */
  readonly groups: readonly string[] | null;
}

/** Every User of the directory that was read. */
export interface EveryUser {
  readonly users: ReadonlyMap<string, BriefUser>;
  readonly byAccount: ReadonlyMap<string, string>;
  /** By email, without the emails that several Users show. */
  readonly byEmail: ReadonlyMap<string, string>;
  /** By name in the form in which names are compared, without the names that several Users have. */
  readonly byName: ReadonlyMap<string, string>;
  readonly count: number;
  readonly isWhole: boolean;
}

/** One reading of the directory for each pass. It is kept as long as the pass. */
const read = new WeakMap<ScimReads, Promise<EveryUser>>();

/** Reads the directory page by page, once in a pass, because Atlassian's only filter is an exact userName. */
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
    // A User who could not be read may be the one that is searched for.
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

/** Collects ids by a key. A key with several ids is left out. */
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
