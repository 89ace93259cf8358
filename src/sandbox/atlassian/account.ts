/**
 * How Atlassian accounts change when a User, an email or a place in the directory changes. Only this file gives or
 * takes products.
 */
import type { AtlassianAccount, AtlassianWorld, ScimUser, World } from "../world.ts";
import { domainOf, freshId } from "./seed.ts";

/**
 * Gives an account its products if it is active and in the directory, and withholds them otherwise. Access comes back
 * when the account is activated or restored (organization API, "Restore user access in directory").
 */
export function settleProducts(account: AtlassianAccount): void {
  const reaches = account.status === "active" && account.membership === "active";
  const all = [...account.products, ...account.withheldProducts];
  account.products = reaches ? all : [];
  account.withheldProducts = reaches ? [] : all;
}

/** The account with an email address; upper and lower case are the same. */
function accountByEmail(atlassian: AtlassianWorld, email: string): AtlassianAccount | undefined {
  const wanted = email.toLowerCase();
  return [...atlassian.accounts.values()].find((account) => account.email.toLowerCase() === wanted);
}

/**
 * The account of a new SCIM user: the existing account with that email, or a new one. There is none if the email's
 * domain is not verified: accounts are only made on verified domains (SCIM API, "Create a user").
 */
export function linkAccount(world: World, user: ScimUser): string | null {
  const { atlassian } = world;
  const email = primaryEmail(user);
  if (!atlassian.verifiedDomains.has(domainOf(email))) return null;
  const existing = accountByEmail(atlassian, email);
  const account = existing ?? newAccount(world, email);
  atlassian.accounts.set(account.id, account);
  account.name = user.displayName;
  account.membership = account.membership === "no_membership" ? "active" : account.membership;
  setAccountActive(account, user.active);
  return account.id;
}

/** Copies a changed SCIM user to the linked account. The status is copied only if `active` was changed. */
export function syncAccount(world: World, user: ScimUser, wasActive: boolean): void {
  const account = user.idAccount === null ? undefined : world.atlassian.accounts.get(user.idAccount);
  if (!account) return;
  const email = primaryEmail(user);
  // An address on a domain that is not verified cuts the link: later changes do not reach the account (ACCESS-1396).
  if (!world.atlassian.verifiedDomains.has(domainOf(email))) {
    user.idAccount = null;
    return;
  }
  account.name = user.displayName;
  account.email = email;
  if (user.active !== wasActive) setAccountActive(account, user.active);
}

/** Whether another account of the organization has the address, in SCIM or not. */
export function isOthersEmail(atlassian: AtlassianWorld, user: ScimUser, email: string): boolean {
  const owner = accountByEmail(atlassian, email);
  return owner !== undefined && owner.id !== user.idAccount;
}

/** Activates or deactivates an account, with its products. */
export function setAccountActive(account: AtlassianAccount, active: boolean): void {
  account.status = active ? "active" : "inactive";
  settleProducts(account);
}

/** What is left after the SCIM user is deleted: an inactive account without its groups and their products. */
export function abandonAccount(account: AtlassianAccount, groupNames: readonly string[]): void {
  account.groups = account.groups.filter((name) => !groupNames.includes(name));
  account.products = [];
  account.withheldProducts = [];
  account.status = "inactive";
}

/** The SCIM user linked to an account. */
export function scimUserOf(atlassian: AtlassianWorld, idAccount: string): ScimUser | undefined {
  return [...atlassian.directory.users.values()].find((user) => user.idAccount === idAccount);
}

/** The address that is marked as primary, or else the first one. */
export function primaryEmail(user: Pick<ScimUser, "emails" | "userName">): string {
  return (user.emails.find((email) => email.primary) ?? user.emails[0])?.value ?? user.userName;
}

function newAccount(world: World, email: string): AtlassianAccount {
  return {
    id: `712020:${freshId(world.atlassian, "account")}`,
    name: email,
    email,
    status: "active",
    membership: "active",
    managed: true,
    products: [],
    withheldProducts: [],
    groups: [],
    roles: [],
    addedToOrg: new Date(world.now()).toISOString(),
  };
}
