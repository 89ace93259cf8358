import type { Config } from "../../config/config.ts";
import type { ApplicationReads } from "../../domain/application.ts";
import { AppError } from "../../domain/error.ts";
import { accountOf } from "../../domain/plan.ts";
import type { Reads } from "../../domain/reads.ts";
import type { RosterFeed } from "../../domain/roster.ts";
import { clean, listNames, plural } from "../../domain/text.ts";
import { hasOAuth2Scope, type OAuth2Scope, oauth2ScopeMissing } from "../../domain/oauth2-scopes.ts";
import { daysLeft, HOW_TO_REPLACE, scopeNames } from "../../domain/token.ts";
import type { TokenInfo } from "../../domain/trello.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import { trySearch } from "../../people/sources.ts";
import { tryRoster } from "../../rosters/read.ts";
import type { Store } from "../../store/store.ts";
import { neededScopes } from "../login/needed-scopes.ts";

/** One check of `doctor`. `inspect` returns the text to print, or throws if something does not work. */
export interface Check {
  readonly name: string;
  /**
   * The server that the check asks, for example `https://api.trello.com`. A server that could not be reached is not
   * asked again.
   */
  readonly address?: string;
  inspect(): Promise<string>;
}

/**
 * The checks of all upstreams: Trello, Atlassian and the named connections. If an upstream has no settings, its line
 * says "not configured".
 */
export function upstreamChecks(config: Config, reads: Reads, now: () => number): readonly Check[] {
  const { trello, scim, organization, enterprise } = reads;
  const trelloAddress = originOf(config.oauth2?.apiBaseUrl ?? config.trello?.baseUrl);
  const unset = (name: string, settings: string): Check => ({
    name,
    inspect: async () => `not configured (${settings})`,
  });
  return [
    { name: "Trello sign-in", inspect: async () => wayText(config) },
    {
      name: "Trello account",
      ...trelloAddress,
      async inspect() {
        const me = await trello.me();
        return `${clean(me.fullName)} (@${clean(me.username)})`;
      },
    },
    {
      name: "Trello token",
      ...trelloAddress,
      inspect: async () => tokenText(await trello.token(), now(), neededScopes(config)),
    },
    {
      name: "Workspaces",
      ...trelloAddress,
      async inspect() {
        const workspaces = await trello.workspaces();
        const names = workspaces.map(({ displayName, tier }) => `${clean(displayName, 40)} (${tier})`);
        if (config.workspaces === null) return names.join(", ") || "none";
        const allowed = config.workspaces;
        const unknown = allowed.filter((id) => !workspaces.some((workspace) => workspace.id === id));
        if (unknown.length === 0)
          return `${names.join(", ")}; all ${allowed.length} allowed workspaces are visible`;
        const sees =
          unknown.length === allowed.length
            ? "sees none of the workspaces"
            : `does not see ${listNames(unknown)}, which ${unknown.length === 1 ? "is" : "are"}`;
        throw new AppError("CONFIG_INVALID", `The token ${sees} in IDENTITY_WORKSPACES.`, {
          next: "Correct the ids in IDENTITY_WORKSPACES, or use the token of a member of these workspaces.",
        });
      },
    },
    scim
      ? {
          name: "SCIM directory",
          ...originOf(config.scim?.baseUrl),
          inspect: async () => `${(await scim.users({ count: 1 })).totalResults} users`,
        }
      : unset("SCIM directory", "ATLASSIAN_SCIM_DIRECTORY_ID, ATLASSIAN_SCIM_TOKEN"),
    organization
      ? {
          name: "Organization API",
          ...originOf(config.organization?.baseUrl),
          async inspect() {
            await trySearch(organization);
            return "the key can search the directory";
          },
        }
      : unset("Organization API", "ATLASSIAN_ORG_ID, ATLASSIAN_ORG_API_KEY"),
    enterprise
      ? {
          name: "Trello Enterprise",
          ...trelloAddress,
          async inspect() {
            await enterprise.members({});
            return "its members can be read";
          },
        }
      : unset("Trello Enterprise", "TRELLO_ENTERPRISE_ID"),
    ...(reads.rosters ?? []).map((feed) => rosterCheck(feed, config)),
    ...(reads.applications ?? []).map((application) => applicationCheck(application, config)),
  ];
}

/**
 * Checks whether the users of a named roster (the list of people who should have access) can be read with its
 * credentials.
 */
function rosterCheck(feed: RosterFeed, { rosters }: Config): Check {
  return {
    name: `Roster ${feed.name}`,
    ...originOf(rosters.find(({ name }) => name === feed.name)?.baseUrl),
    inspect: async () => `${feed.source}: ${await tryRoster(feed)}`,
  };
}

/** Checks whether a connected application shows its users by SCIM, and says what this server may change there. */
function applicationCheck(application: ApplicationReads, { applications }: Config): Check {
  const { name, search, write, deactivate, undo } = application;
  const way =
    deactivate === "delete"
      ? "deletes users, which cannot be undone"
      : `deactivates users by ${deactivate.toUpperCase()}${undo ? "" : ", which cannot be undone"}`;
  return {
    name: `Application ${name}`,
    ...originOf(applications.find((each) => each.name === name)?.baseUrl),
    async inspect() {
      const count = await application.count();
      const users = count === null ? "its users can be read" : plural(count, "user");
      return `${users}; searched by ${search}; ${write ? way : "read only"}`;
    },
  };
}

function originOf(baseUrl: string | undefined): Pick<Check, "address"> {
  return baseUrl === undefined ? {} : { address: new URL(baseUrl).origin };
}

/** Says in which of three ways this server authenticates at Trello, and what is not possible in this way. */
function wayText({ oauth2, trello }: Config): string {
  if (oauth2)
    return `OAuth 2.0 (${oauth2.clientSecret ? "confidential" : "public"} client); requests for which Trello has no scope are not possible (such as the count of billable guests), and webhooks are not possible either: both need key and token`;
  return trello?.tokenSecret
    ? "OAuth 1.0: every request is signed; the token cannot be renewed, and its only scopes are read, write and account"
    : "key and token: requests are not signed; the token cannot be renewed, and its only scopes are read, write and account";
}

/**
 * The scopes and the expiry date of a token, in words. Throws UNAUTHENTICATED if the token has expired. Throws
 * UPSTREAM_FORBIDDEN if a scope is missing that the enabled tools need. `now`: milliseconds since 1970.
 */
function tokenText(token: TokenInfo, now: number, needed: readonly OAuth2Scope[]): string {
  const { oauth2 } = token;
  if (oauth2) {
    const lacking = needed.find((scope) => !hasOAuth2Scope(oauth2, scope));
    if (lacking) throw oauth2ScopeMissing(lacking);
    return `scopes ${scopeNames(token).join(", ")}; signed in on ${token.dateCreated?.slice(0, 10)}, renewed by itself`;
  }
  const days = daysLeft(token, now);
  if (days !== null && days < 0) {
    throw new AppError("UNAUTHENTICATED", `The token expired on ${token.dateExpires?.slice(0, 10)}.`, {
      next: "Make a new token with the `login` command.",
    });
  }
  const expiry =
    days === null
      ? "never expires"
      : `expires on ${token.dateExpires?.slice(0, 10)}, ${days === 0 ? "today" : `in ${plural(days, "day")}`}; ${HOW_TO_REPLACE}`;
  return `scopes ${scopeNames(token).join(", ") || "none"}; ${expiry}`;
}

/**
 * The largest difference (ms) between the clocks of this machine and of Trello that `doctor` accepts. Services that
 * check signatures accept even more. A slow reply makes the measured difference larger, but by less than a minute.
 */
const TOLERATED_SKEW_MS = 60_000;

/** Checks the clock and the rate budgets. The gateway learned both from the replies to the earlier checks. */
export function gatewayChecks(gateway: Pick<Gateway, "clockOffsetMs" | "budgets">): readonly Check[] {
  return [
    {
      name: "Clock",
      async inspect() {
        const ahead = gateway.clockOffsetMs();
        if (ahead === null) return "not compared: Trello has not answered";
        const off = `${Math.round(Math.abs(ahead) / 1_000)} s ${ahead < 0 ? "behind" : "ahead of"} Trello's`;
        if (Math.abs(ahead) <= TOLERATED_SKEW_MS)
          return Math.abs(ahead) < 2_000 ? "agrees with Trello's" : off;
        throw new AppError("CONFIG_INVALID", `This machine's clock is ${off}.`, {
          next: "Set this machine's clock from a time server: OAuth 1.0 signatures, expiry times and the audit log depend on it.",
        });
      },
    },
    {
      name: "Rate budgets",
      async inspect() {
        const budgets = await gateway.budgets();
        return budgets
          .map(
            ({ id, limit, windowMs, remaining }) =>
              `${id.split(":")[0]} ${remaining} of ${limit} requests left in ${windowMs / 1_000} s`,
          )
          .join(", ");
      },
    },
  ];
}

/** `doctor` shows a stopped run for 7 days after the run was stopped. */
const STOPPED_TOLD_MS = 7 * 86_400_000;

/**
 * Checks for runs that need a person: runs that were stopped, and unfinished runs of another account, which this server
 * cannot finish.
 */
export function runsCheck({ runs }: Pick<Store, "runs">, { trello }: Reads, now: () => number): Check {
  return {
    name: "Runs",
    async inspect() {
      const at = new Date(now()).toISOString();
      const left = await runs.left(at, new Date(now() - STOPPED_TOLD_MS).toISOString());
      const stopped = left.filter(({ state }) => state === "stopped");
      const unfinished = left.filter(({ state }) => state !== "stopped");
      const me = unfinished.length === 0 ? null : (await trello.me()).id;
      const others = unfinished.filter(({ principal }) => accountOf(principal) !== me);
      if (others.length > 0) {
        const ids = others.map(
          ({ id, principal, done, total }) =>
            `${id} of ${clean(principal.name)} (${done} of ${plural(total, "change")} made)`,
        );
        throw new AppError(
          "CONFLICT",
          `The runs belong to another account, so a server with this token cannot finish ${listNames(ids, 5)}.`,
          {
            next: "To finish the runs, start a server with the token of that account. To give them up, end each with `runs stop ID` and undo it with restore_member.",
          },
        );
      }
      const told = stopped.map(({ id, stopped: why }) => `${id} (${why?.message ?? "stopped"})`);
      return [
        unfinished.length === 0
          ? "none is unfinished"
          : `${plural(unfinished.length, "run")} will be continued by the server`,
        ...(told.length === 0 ? [] : [`stopped with changes left: ${listNames(told, 5)}`]),
      ].join("; ");
    },
  };
}
