/**
 * How an Atlassian account changes when its SCIM User, its email or its directory membership changes. Only this file
 * gives products to an account or takes them away.
 */
import type { AtlassianAccount, AtlassianWorld, ScimUser, World } from "../world.ts";
import { domainOf, freshId } from "./seed.ts";

/**
 * Gives an account its products if it is active and in the directory. Otherwise takes the products away. They come back
 * when the account is reactivated or restored (organization API, "Restore user access in directory").
 */
export function settleProducts(account: AtlassianAccount): void {
  const reaches = account.status === "active" && account.membership === "active";
  const all = [...account.products, ...account.withheldProducts];
  account.products = reaches ? all : [];
  account.withheldProducts = reaches ? [] : all;
}

/** The account with this email, in upper or lower case. */
function accountByEmail(atlassian: AtlassianWorld, email: string): AtlassianAccount | undefined {
  const wanted = email.toLowerCase();
  return [...atlassian.accounts.values()].find((account) => account.email.toLowerCase() === wanted);
}

/**
 * The account for a new SCIM User: the existing account with the email, or a new one. No account if the email's domain
 * is not verified, because accounts are made only on verified domains (SCIM API, "Create a user").
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

/** Copies the changes of a SCIM User to its account. The status is copied only if `active` was changed. */
export function syncAccount(world: World, user: ScimUser, wasActive: boolean): void {
  const account = user.idAccount === null ? undefined : world.atlassian.accounts.get(user.idAccount);
  if (!account) return;
  const email = primaryEmail(user);
  // If the email's domain is not verified, the User and the account are separated. Later changes of the User then do
  // not reach the account (ACCESS-1396).
  if (!world.atlassian.verifiedDomains.has(domainOf(email))) {
    user.idAccount = null;
    return;
  }
  account.name = user.displayName;
  account.email = email;
  if (user.active !== wasActive) setAccountActive(account, user.active);
}

/** Whether another account of the organization has the email, with or without a SCIM User. */
export function isOthersEmail(atlassian: AtlassianWorld, user: ScimUser, email: string): boolean {
  const owner = accountByEmail(atlassian, email);
  return owner !== undefined && owner.id !== user.idAccount;
}

/** Activates or deactivates an account, with its products. */
export function setAccountActive(account: AtlassianAccount, active: boolean): void {
  account.status = active ? "active" : "inactive";
  settleProducts(account);
}

/**
 * What happens to the account of a SCIM User that is deleted: it becomes inactive and loses the groups and their
 * products.
 */
export function abandonAccount(account: AtlassianAccount, groupNames: readonly string[]): void {
  account.groups = account.groups.filter((name) => !groupNames.includes(name));
  account.products = [];
  account.withheldProducts = [];
  account.status = "inactive";
}

/** The SCIM User of an account. */
export function scimUserOf(atlassian: AtlassianWorld, idAccount: string): ScimUser | undefined {
  return [...atlassian.directory.users.values()].find((user) => user.idAccount === idAccount);
}

/** The email that is marked as primary; otherwise the first email. */
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
