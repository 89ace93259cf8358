import type { ApplicationConnection } from "../domain/application.ts";
import type { Budget } from "../domain/budget.ts";
import { type RosterConnection, secretIn } from "../domain/roster.ts";
import type { TokenInfo } from "../domain/trello.ts";
import { type ApplicationLine, createApplicationLine } from "./applications/users.ts";
import { createAtlassianUpstream } from "./atlassian/upstream.ts";
import type { Pass } from "./gateway.ts";
import type { TrelloCredentials } from "./http/authorization.ts";
import { atlassianBudget, trelloBudgets } from "./http/budgets.ts";
import type { Http } from "./http/client.ts";
import { encode } from "./http/request.ts";
import type { SendDeps, Send } from "./http/send.ts";
import type { Upstream } from "./http/upstream.ts";
import { createRosterLine, type RosterLine } from "./rosters/feeds.ts";
import { createAccessTokens, TOKEN_TIMEOUT_MS } from "./trello/access-tokens.ts";
import { type Credentials, keyAndToken, type OAuth2Credentials, signIn } from "./trello/credentials.ts";
import { fetchToken } from "./trello/reads.ts";
import { type ClockOffset, createTrelloUpstream } from "./trello/upstream.ts";

/** The base URL of each upstream (such as Trello), with the credentials for it. */
export interface GatewayConnections {
  readonly trello: {
    /** The URL of Trello's API with the version, for example `https://api.trello.com/1`. */
    readonly baseUrl: string;
    /**
     * The length of Trello's rate windows in milliseconds, for the sandbox. If it is missing, Trello's real length is
     * used.
     */
    readonly windowMs?: number | undefined;
  } & (TrelloCredentials | { readonly oauth2: OAuth2Credentials });
  /** `baseUrl`: the URL of Atlassian's API, for example `https://api.atlassian.com`. */
  readonly scim: { readonly baseUrl: string; readonly directoryId: string; readonly token: string } | null;
  readonly organization: { readonly baseUrl: string; readonly orgId: string; readonly apiKey: string } | null;
  /** The named rosters; none by default. */
  readonly rosters?: readonly RosterConnection[];
  /** Further SCIM applications; none by default. */
  readonly applications?: readonly ApplicationConnection[];
}

interface ConnectDeps extends Omit<SendDeps, "queues" | "lifetime" | "meter"> {
  readonly send: Send;
  readonly clockOffset: ClockOffset;
  createHttp(options: { readonly timeoutMs: number }): Http;
}

/** The connection to Trello with one key and token, or with one app of OAuth 2.0. */
export interface TrelloLine {
  readonly credentials: Credentials;
  readonly upstream: ReturnType<typeof createTrelloUpstream>;
  /** The Trello token; null for a sign-in by OAuth 2.0. */
  readonly apiToken: string | null;
  readonly loginHttp: Http | null;
}

export function connectTrello(trello: GatewayConnections["trello"], deps: ConnectDeps): TrelloLine {
  const { send, ledger, clock } = deps;
  const loginHttp = "oauth2" in trello ? deps.createHttp({ timeoutMs: TOKEN_TIMEOUT_MS }) : null;
  const credentials =
    "oauth2" in trello
      ? signIn(
          trello.oauth2,
          createAccessTokens({
            ...deps,
            client: trello.oauth2,
            grants: trello.oauth2.grants,
            holder: trello.oauth2.holder,
            http: loginHttp ?? deps.http,
          }),
        )
      : keyAndToken(trello, () => clock.now(), fetchTokenNow);

  // Reads what Trello says about the token. Only credentials with key and token call this function. `upstream` is
  // defined only below, but this function is called later, so `upstream` then exists.
  function fetchTokenNow(pass: Pass): Promise<TokenInfo> {
    return fetchToken({ send, upstream }, "apiToken" in trello ? trello.apiToken : "", pass);
  }

  const upstream = createTrelloUpstream({
    baseUrl: withoutSlash(trello.baseUrl),
    credentials,
    documented: trelloBudgets(credentials.counted.app, credentials.counted.signIn, trello.windowMs),
    ledger,
    monotonic: () => clock.monotonic(),
    clockOffset: deps.clockOffset,
  });
  return { credentials, upstream, apiToken: "apiToken" in trello ? trello.apiToken : null, loginHttp };
}

/** The connection to one of Atlassian's admin APIs with one token. */
export interface AtlassianLine {
  readonly upstream: Upstream;
  readonly budget: Budget;
}

export function connectScim(scim: NonNullable<GatewayConnections["scim"]>): AtlassianLine {
  const budget = atlassianBudget("scim", scim.token);
  const url = `${withoutSlash(scim.baseUrl)}/scim/directory/${encode(scim.directoryId)}`;
  return { upstream: createAtlassianUpstream("scim", url, scim.token, budget), budget };
}

export function connectOrganization({
  baseUrl,
  apiKey,
}: NonNullable<GatewayConnections["organization"]>): AtlassianLine {
  const budget = atlassianBudget("organization", apiKey);
  return { upstream: createAtlassianUpstream("organization", withoutSlash(baseUrl), apiKey, budget), budget };
}

/**
 * The connections to rosters and applications. If the settings of a connection did not change, the old connection is
 * kept.
 */
export function createLines(deps: ConnectDeps, refused: () => Promise<void>) {
  const rosters = new WeakMap<RosterConnection, RosterLine>();
  const applications = new WeakMap<ApplicationConnection, ApplicationLine>();
  return {
    rosters: (all: GatewayConnections["rosters"] = []) =>
      all.map((each) => kept(rosters, each, () => createRosterLine(each, deps))),
    applications: (all: GatewayConnections["applications"] = []) =>
      all.map((each) => kept(applications, each, () => createApplicationLine(each, deps.send, refused))),
  };
}

function kept<Key extends object, Value>(all: WeakMap<Key, Value>, key: Key, make: () => Value): Value {
  const value = all.get(key) ?? make();
  all.set(key, value);
  return value;
}

/** All secrets of the connections, which logs must not show. */
export function secretsOf(connections: GatewayConnections): readonly (string | null | undefined)[] {
  const { trello, scim, organization, rosters = [], applications = [] } = connections;
  return [
    ...("oauth2" in trello
      ? [trello.oauth2.clientSecret]
      : [trello.apiKey, trello.apiToken, trello.apiSecret, trello.tokenSecret]),
    scim?.token,
    organization?.apiKey,
    ...rosters.map(({ login }) => secretIn(login).reveal()),
    ...applications.map(({ token }) => token.reveal()),
  ];
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
