/**
 * Emulates the user management API of Atlassian: what the organization may do with an account, the account's profile,
 * and its deactivation.
 */
import { atlassianRoute, Refusal } from "../route.ts";
import type { JsonObject, Route, RouteContext } from "../route.ts";
import type { AtlassianAccount } from "../world.ts";
import { scimUserOf, setAccountActive } from "./account.ts";
import { hasOrgKey } from "./org/reply.ts";
import { accountFields } from "./org/user.ts";

const PATH = "/users/{account_id}/manage";

/** The requests about one managed account that the sandbox can answer (user management API). */
export const manageRoutes: readonly Route[] = [
  atlassianRoute(`GET ${PATH}`, (context) => {
    const privileges = privilegesOf(context, managedAccount(context));
    const wanted = context.query.getAll("privileges").flatMap((value) => value.split(","));
    const entries = Object.entries(privileges).filter(
      ([name]) => wanted.length === 0 || wanted.includes(name),
    );
    return { status: 200, body: Object.fromEntries(entries) };
  }),

  atlassianRoute(`GET ${PATH}/profile`, (context) => ({
    status: 200,
    body: { account: showProfile(context, managedAccount(context)) },
  })),

  atlassianRoute(`POST ${PATH}/lifecycle/disable`, (context) => {
    setAccountActive(changeable(context), false);
    return { status: 204 };
  }),

  atlassianRoute(`POST ${PATH}/lifecycle/enable`, (context) => {
    setAccountActive(changeable(context), true);
    return { status: 204 };
  }),
];

/**
 * The account that a request wants to enable or disable. If the account is closed or will be deleted, the request is
 * refused as a conflict.
 */
function changeable(context: RouteContext): AtlassianAccount {
  const account = managedAccount(context);
  if (account.emailVerified === false) refuse(403, "forbidden.targetUnverified");
  const enablement = enablementOf(account);
  if (!enablement.allowed) refuse(403, "forbidden.action", { "lifecycle.enablement": enablement });
  if (account.lifecycle !== undefined) {
    const message = "This account isn't eligible for the requested action";
    const errorCodes = [{ code: account.lifecycle === "closed" ? "accountClosed" : "pendingDeletion" }];
    refuse(409, "conflict.lifecycleErrors", { message, accountId: account.id, errorCodes });
  }
  return account;
}

function enablementOf({ restriction }: AtlassianAccount) {
  return restriction === undefined ? { allowed: true } : { allowed: false, reason: { key: restriction } };
}

/**
 * Finds the account of a request. Checks in this order: the API key (401), whether the account exists (404), whether
 * the organization manages it (403) (user management API, responses).
 */
function managedAccount(context: RouteContext): AtlassianAccount {
  const { atlassian } = context.world;
  if (!hasOrgKey(context)) return refuse(401, "unauthorized");
  const account = atlassian.accounts.get(context.params["account_id"] ?? "");
  if (!account) return refuse(404, "accountNotFound");
  return account.managed ? account : refuse(403, "forbidden");
}

function refuse(status: number, key: string, details?: JsonObject): never {
  throw new Refusal({ status, body: { key, ...(details && { context: details }) } });
}

/**
 * What the organization may do with the account. If the person comes from the identity provider, name and email can be
 * changed only there (reason `externalDirectory.scim`). The real API may also restrict deactivation; the sandbox does
 * not.
 */
function privilegesOf(context: RouteContext, account: AtlassianAccount): JsonObject {
  const allowed = { allowed: true };
  const synced = scimUserOf(context.world.atlassian, account.id) !== undefined;
  const ownOnly = synced ? { allowed: false, reason: { key: "externalDirectory.scim" } } : allowed;
  const profile = {
    name: ownOnly,
    nickname: allowed,
    zoneinfo: allowed,
    locale: allowed,
    "extended_profile.department": ownOnly,
    "extended_profile.job_title": ownOnly,
    "extended_profile.location": allowed,
    "extended_profile.organization": ownOnly,
  };
  return {
    profile,
    "profile.read": allowed,
    "profile.write": profile,
    "email.set": ownOnly,
    "lifecycle.enablement": enablementOf(account),
    "lifecycle.delete": allowed,
    "apiToken.read": allowed,
    "apiToken.delete": allowed,
  };
}

function showProfile(context: RouteContext, account: AtlassianAccount): JsonObject {
  const user = scimUserOf(context.world.atlassian, account.id);
  return {
    ...accountFields(account),
    // 1 to 30 characters (schema "Nickname").
    nickname: (user?.nickName ?? account.name).slice(0, 30) || "-",
    zoneinfo: user?.timezone ?? "Etc/UTC",
    locale: user?.preferredLanguage ?? "en-US",
    extended_profile: {
      ...(user?.title && { job_title: user.title }),
      ...(user?.organization && { organization: user.organization }),
      ...(user?.department && { department: user.department }),
    },
    characteristics: { not_mentionable: false },
  };
}
