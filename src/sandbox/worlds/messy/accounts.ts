import { domainOf } from "../../atlassian/seed.ts";
import type { AtlassianAccount, AtlassianProduct } from "../../world.ts";
import { DAY_MS, deal, rank, take } from "./dice.ts";
import { ordinaryName } from "./names.ts";
import { accountId, DOMAINS, SIZES } from "./people.ts";
import type { MessyPerson } from "./people.ts";

/** Domains that the organization owns. */
export const VERIFIED: readonly string[] = [DOMAINS.company, DOMAINS.labs];

const PRODUCTS: Readonly<Record<string, string>> = {
  trello: "Trello",
  "jira-software": "Jira",
  confluence: "Confluence",
};

/**
 * The 340 Atlassian accounts: one for each person in Trello except ghosts, and 103 for people who are not in Trello.
 */
export function messyAccounts(people: readonly MessyPerson[], at: number): AtlassianAccount[] {
  const known = people.filter(({ ghost }) => !ghost);
  const ghosts = people.filter(({ ghost }) => ghost);
  const accounts = Array.from({ length: SIZES.accounts }, (_, n): AtlassianAccount => {
    const person = known[n];
    const name = person?.fullName ?? ordinaryName(n + 700);
    // Three of the people without a Trello account were invited to Trello by email. So each has an Atlassian account
    // and a ghost in Trello with the same email.
    const email =
      person?.email ??
      ghosts[n - known.length]?.email.replace(/^/, n - known.length < 3 ? "" : "x.") ??
      emailOf(n);
    const active = !person?.accountOff;
    const products = productsOf(n, person !== undefined, at);
    return {
      id: person?.aaId ?? accountId("account", String(n)),
      name,
      email,
      status: active ? "active" : "inactive",
      membership: "active",
      managed: VERIFIED.includes(domainOf(email)),
      products: active ? products : [],
      withheldProducts: active ? [] : products,
      groups: [],
      roles: [],
      addedToOrg: new Date(at - (100 + (rank("added", n) % 1_500)) * DAY_MS).toISOString(),
      ...(person?.bot && { type: "app" as const }),
    };
  });
  setQuiet(accounts, at);
  setStates(accounts);
  return accounts;
}

function emailOf(n: number): string {
  return `${ordinaryName(n + 700)
    .toLowerCase()
    .replace(" ", ".")}@${DOMAINS.company}`;
}

function productsOf(n: number, inTrello: boolean, at: number): AtlassianProduct[] {
  const keys = [
    ...(inTrello ? ["trello"] : []),
    ...(n % 2 === 0 ? ["jira-software"] : []),
    ...(n % 3 === 0 ? ["confluence"] : []),
  ];
  return keys.map((key) => ({
    key,
    name: PRODUCTS[key] ?? key,
    lastActive: new Date(at - (1 + (rank("used", n, key) % 80)) * DAY_MS).toISOString(),
  }));
}

/** 88 accounts (26 percent) are active, but were not used for 90 days. */
function setQuiet(accounts: readonly AtlassianAccount[], at: number): void {
  const on = accounts.filter(({ status }) => status === "active");
  for (const [n, account] of deal("quiet", on, 88).entries()) {
    account.products = account.products.map((product) => ({
      ...product,
      lastActive: n % 3 === 0 ? null : new Date(at - (91 + (rank("unused", n) % 600)) * DAY_MS).toISOString(),
    }));
  }
}

/** Gives some accounts an unusual state. For most of these states, seven accounts are chosen. */
function setStates(accounts: readonly AtlassianAccount[]): void {
  const pool = accounts.slice(2).filter(({ status, managed }) => status === "active" && managed);
  for (const account of take("closed", pool, 7)) {
    account.lifecycle = "closed";
    account.status = "inactive";
  }
  for (const account of take("for deletion", pool, 7)) account.lifecycle = "for_deletion";
  for (const account of take("suspended", pool, 7)) {
    account.membership = "suspended";
    account.withheldProducts = account.products;
    account.products = [];
  }
  for (const account of take("unmanaged", pool, 7)) account.managed = false;
  for (const account of take("unverified", pool, 7)) account.emailVerified = false;
  for (const account of take("source unknown", pool, 7)) account.sourceUnknown = true;
  for (const account of deal("hides", pool, 12)) account.hides = ["email", "nickname", "picture"];
  for (const [n, account] of deal("added", pool, 14).entries())
    account.addedTold = n % 2 === 0 ? "null" : "absent";
  const reasons = ["externalDirectory.google", "authPolicy.saml", "blocked.exportControl"] as const;
  for (const [n, account] of take("restricted", pool, 9).entries()) {
    account.restriction = reasons[n % 3] ?? reasons[0];
  }
  // The owner of the Trello token also owns the Atlassian API key. Atlassian refuses to disable the account of a key's
  // owner, so this account gets that restriction.
  const [owner] = accounts;
  if (owner) owner.restriction = "administrative.notMyself";
}
