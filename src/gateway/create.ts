import type { ApplicationConnection } from "../domain/application.ts";
import type { Budget, Ledger } from "../domain/budget.ts";
import type { Clock, Log, Meter } from "../domain/runtime.ts";
import { type RosterConnection, secretIn } from "../domain/roster.ts";
import type { TokenInfo } from "../domain/trello.ts";
import type { WebhookRecords } from "../domain/webhook.ts";
import { createApplicationLine } from "./applications/users.ts";
import {
  createDirectory,
  createOrganizationReads,
  createOrganizationWrites,
  type Organization,
} from "./atlassian/organization.ts";
import { createScimReads, createScimWrites } from "./atlassian/scim.ts";
import { createAtlassianUpstream } from "./atlassian/upstream.ts";
import type { Gateway, Pass } from "./gateway.ts";
import type { TrelloCredentials } from "./http/authorization.ts";
import { atlassianBudget, trelloBudgets } from "./http/budgets.ts";
import { createHttp, type HttpOptions } from "./http/client.ts";
import { createGate } from "./http/gate.ts";
import { createQueues } from "./http/queues.ts";
import { createMemo } from "./http/memo.ts";
import { createRedact, redactFacts } from "./http/redact.ts";
import { encode } from "./http/request.ts";
import { createLifetime, createSend } from "./http/send.ts";
import { createRosterLine } from "./rosters/feeds.ts";
import { createAccessTokens, TOKEN_TIMEOUT_MS } from "./trello/access-tokens.ts";
import { createBatch } from "./trello/batch.ts";
import { keyAndToken, type OAuth2Credentials, signIn } from "./trello/credentials.ts";
import { createEnterpriseReads, createEnterpriseWrites } from "./trello/enterprise.ts";
import { createTrelloReads, fetchToken } from "./trello/reads.ts";
import { createClockOffset, createTrelloUpstream } from "./trello/upstream.ts";
import { createTrelloWrites } from "./trello/writes.ts";

export interface GatewayOptions {
  readonly trello: {
    /** With the version, for example `https://api.trello.com/1`. */
    readonly baseUrl: string;
    /**
     * The length of Trello's rate windows in milliseconds, for the sandbox. If it is missing, Trello's real length is
     * used.
     */
    readonly windowMs?: number | undefined;
  } & (TrelloCredentials | { readonly oauth2: OAuth2Credentials });
  /** `baseUrl` is Atlassian's, for example `https://api.atlassian.com`. */
  readonly scim: { readonly baseUrl: string; readonly directoryId: string; readonly token: string } | null;
  readonly organization: { readonly baseUrl: string; readonly orgId: string; readonly apiKey: string } | null;
  readonly enterpriseId: string | null;
  /** The named rosters; none by default. */
  readonly rosters?: readonly RosterConnection[];
  /** Further SCIM applications; none by default. */
  readonly applications?: readonly ApplicationConnection[];
  readonly ledger: Ledger;
  /** The store of webhooks: each is recorded before it is made. If it is missing, no webhook can be made. */
  readonly webhooks?: WebhookRecords;
  readonly clock: Clock;
  /** A random number in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  /** Counts requests for the metrics. If it is missing, nothing is counted. */
  readonly meter?: Meter | undefined;
  /** How many requests with the same rate budgets are sent at the same time; 16 by default. */
  readonly concurrency?: number;
  readonly http?: HttpOptions;
}

/**
 * How many requests with the same rate budgets are sent at the same time. Two runs send up to six requests each, so
 * four places are left for users who wait.
 */
const DEFAULT_CONCURRENCY = 16;

/**
 * Makes the gateway, through which all requests to Trello and Atlassian are sent. It keeps the rate budgets, repeats
 * requests, adds credentials, and hides secrets in logs.
 */
export function createGateway(options: GatewayOptions): Gateway {
  const { trello, ledger, clock, random } = options;
  const redact = createRedact([
    ...("oauth2" in trello
      ? [trello.oauth2.clientSecret]
      : [trello.apiKey, trello.apiToken, trello.apiSecret, trello.tokenSecret]),
    options.scim?.token,
    options.organization?.apiKey,
    ...(options.rosters ?? []).map(({ login }) => secretIn(login).reveal()),
    ...(options.applications ?? []).map(({ token }) => token.reveal()),
  ]);
  const log: Log = (level, facts, message) => options.log(level, redactFacts(redact, facts), redact(message));
  const http = createHttp(redact, options.http);
  const lifetime = createLifetime();
  const queues = createQueues(createGate(ledger, clock), options.concurrency ?? DEFAULT_CONCURRENCY);
  const send = createSend({ queues, ledger, http, lifetime, clock, random, log, meter: options.meter });

  const loginHttp = "oauth2" in trello ? createHttp(redact, { timeoutMs: TOKEN_TIMEOUT_MS }) : null;
  const credentials =
    "oauth2" in trello
      ? signIn(
          trello.oauth2,
          createAccessTokens({
            client: trello.oauth2,
            grants: trello.oauth2.grants,
            holder: trello.oauth2.holder,
            http: loginHttp ?? http,
            clock,
            random,
            log,
          }),
        )
      : keyAndToken(trello, () => clock.now(), fetchTokenNow);

  // Only the sign-in with key and token calls this function. It needs the reads, which are made later than the
  // credentials, so it calls them only when it is used.
  function fetchTokenNow(pass: Pass): Promise<TokenInfo> {
    const apiToken = "apiToken" in trello ? trello.apiToken : "";
    return fetchToken({ send, upstream: trelloUpstream }, apiToken, pass);
  }

  const clockOffset = createClockOffset(() => clock.now());
  const trelloUpstream = createTrelloUpstream({
    baseUrl: withoutSlash(trello.baseUrl),
    credentials,
    documented: trelloBudgets(credentials.counted.app, credentials.counted.signIn, trello.windowMs),
    ledger,
    monotonic: () => clock.monotonic(),
    clockOffset,
  });
  const scimBudget = options.scim && atlassianBudget("scim", options.scim.token);
  const scimUpstream =
    options.scim && scimBudget
      ? createAtlassianUpstream(
          "scim",
          `${withoutSlash(options.scim.baseUrl)}/scim/directory/${encode(options.scim.directoryId)}`,
          options.scim.token,
          scimBudget,
        )
      : null;
  const organizationBudget =
    options.organization && atlassianBudget("organization", options.organization.apiKey);
  const organization =
    options.organization && organizationBudget
      ? organizationOf(options.organization, organizationBudget)
      : null;

  function organizationOf(settings: NonNullable<typeof options.organization>, budget: Budget): Organization {
    const { orgId, baseUrl, apiKey } = settings;
    const upstream = createAtlassianUpstream("organization", withoutSlash(baseUrl), apiKey, budget);
    return { orgId, upstream, directory: createDirectory(send, upstream, orgId) };
  }

  const rosterLines = (options.rosters ?? []).map((connection) =>
    createRosterLine(connection, { send, ledger, clock }),
  );
  const applicationLines = (options.applications ?? []).map((each) => createApplicationLine(each, send));

  const lifelong = createMemo();
  const batch = createBatch({
    lifetime,
    send,
    upstream: trelloUpstream,
    clock,
    random,
    pause: (id, ms) => ledger.pause(id, ms),
  });
  const apiToken = "apiToken" in trello ? trello.apiToken : null;
  const trelloDeps = { send, upstream: trelloUpstream, batch, lifelong, token: credentials.token, apiToken };
  const now = () => new Date(clock.now()).toISOString();
  const account = { apiToken, records: options.webhooks ?? null, now };

  return {
    scopes: () => credentials.scopes(),
    reads: (pass) => ({
      trello: createTrelloReads(trelloDeps, pass),
      scim: scimUpstream && createScimReads(send, scimUpstream, pass),
      organization: organization && createOrganizationReads(send, organization, pass),
      enterprise:
        options.enterpriseId === null
          ? null
          : createEnterpriseReads(send, trelloUpstream, options.enterpriseId, pass),
      rosters: rosterLines.map((line) => line.feed(pass)),
      applications: applicationLines.map((line) => line.reads(pass)),
    }),
    writes: (pass) => ({
      trello: createTrelloWrites(send, trelloUpstream, pass, account),
      scim: scimUpstream && createScimWrites(send, scimUpstream, pass),
      organization: organization && createOrganizationWrites(send, organization, pass),
      enterprise:
        options.enterpriseId === null
          ? null
          : createEnterpriseWrites(send, trelloUpstream, options.enterpriseId, pass),
      applications: applicationLines.flatMap((line) => line.writes(pass) ?? []),
    }),
    async budgets() {
      const { key, token, scarce } = trelloUpstream.budgets();
      const own = [key, token, scarce, scimBudget, organizationBudget].filter((budget) => budget !== null);
      const all = [...own, ...[...rosterLines, ...applicationLines].map(({ budget }) => budget)];
      const left = await ledger.remaining(all);
      return all.map((budget, index) => ({ ...budget, remaining: left[index] ?? 0 }));
    },
    clockOffsetMs: () => clockOffset.ms(),
    async close() {
      lifetime.end();
      await Promise.all([http.close(), loginHttp?.close()]);
    },
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
