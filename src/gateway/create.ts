import type { Ledger } from "../domain/budget.ts";
import type { Clock, Log, Meter } from "../domain/runtime.ts";
import type { WebhookRecords } from "../domain/webhook.ts";
import {
  createDirectory,
  createOrganizationReads,
  createOrganizationWrites,
} from "./atlassian/organization.ts";
import { createScimReads, createScimWrites } from "./atlassian/scim.ts";
import {
  connectOrganization,
  connectScim,
  connectTrello,
  createLines,
  type GatewayConnections,
  secretsOf,
} from "./connect.ts";
import type { Gateway } from "./gateway.ts";
import { createHttp, type HttpOptions } from "./http/client.ts";
import { followUpstream } from "./http/following.ts";
import { createGate } from "./http/gate.ts";
import { createQueues } from "./http/queues.ts";
import { createMemo } from "./http/memo.ts";
import { createRedact, type Redact, redactFacts } from "./http/redact.ts";
import { createLifetime, createSend } from "./http/send.ts";
import { createBatch } from "./trello/batch.ts";
import { createEnterpriseReads, createEnterpriseWrites } from "./trello/enterprise.ts";
import { isMissingRight } from "./trello/phrases.ts";
import { createTrelloReads } from "./trello/reads.ts";
import { createClockOffset } from "./trello/upstream.ts";
import { createTrelloWrites } from "./trello/writes.ts";

export interface GatewayOptions extends GatewayConnections {
  readonly enterpriseId: string | null;
  readonly ledger: Ledger;
  /**
   * The store in which each webhook is recorded before Trello makes the webhook. Without this store, no webhook can be
   * made.
   */
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
  /**
   * Called when an upstream refuses the credentials. If this function replaces the credentials (by `renew`), a read is
   * sent again. A write is not sent again at once, because a run first reads the state again.
   */
  readonly refused?: (() => Promise<void>) | undefined;
}

/** A gateway whose credentials can be replaced while it works. */
export interface RenewableGateway extends Gateway {
  /**
   * From now on, uses new credentials for the named connections. Everything else in a connection must be as before.
   * Requests that were already sent end with the old credentials.
   */
  renew(changed: Partial<GatewayConnections>): void;
  /**
   * The id of the Trello member who owns the token; null if no request has read it yet. This function sends no request.
   */
  owner(): Promise<string | null>;
}

/**
 * How many requests with the same rate budgets are sent at the same time. Two runs send up to six requests each. So at
 * least four of the 16 requests are left for users who wait.
 */
const DEFAULT_CONCURRENCY = 16;

/**
 * Makes the gateway, through which all requests to Trello and Atlassian are sent. It keeps the rate budgets, repeats
 * requests, adds credentials, and hides secrets in logs.
 */
export function createGateway(options: GatewayOptions): RenewableGateway {
  const { ledger, clock, random, refused = async () => {} } = options;
  let connections: GatewayConnections = options;
  let redactNow = createRedact(secretsOf(connections));
  const redact: Redact = (text) => redactNow(text);
  const log: Log = (level, facts, message) => options.log(level, redactFacts(redact, facts), redact(message));
  const http = createHttp(redact, options.http);
  const lifetime = createLifetime();
  const queues = createQueues(createGate(ledger, clock), options.concurrency ?? DEFAULT_CONCURRENCY);
  const send = createSend({ queues, ledger, http, lifetime, clock, random, log, meter: options.meter });
  const clockOffset = createClockOffset(() => clock.now());
  const connecting = {
    send,
    ledger,
    http,
    clock,
    random,
    log,
    clockOffset,
    createHttp: (settings: HttpOptions) => createHttp(redact, settings),
  };
  const lines = createLines(connecting, refused);

  let trello = connectTrello(options.trello, connecting);
  const scim = options.scim && { line: connectScim(options.scim) };
  const organization = options.organization && { line: connectOrganization(options.organization) };
  let rosters = lines.rosters(options.rosters);
  let applications = lines.applications(options.applications);

  // A sign-in by OAuth 2.0 renews its tokens itself. Other credentials can be replaced only from outside.
  const trelloUpstream =
    "oauth2" in options.trello
      ? trello.upstream
      : followUpstream(
          () => trello.upstream,
          async (outcome) => {
            // Trello answers 401 for bad credentials, but also if only a right is missing. If a right is missing, new
            // credentials would not help, so none are looked for.
            if (!isMissingRight(outcome)) await refused();
          },
        );
  const scimUpstream = scim && followUpstream(() => scim.line.upstream, refused);
  const organizationUpstream = organization && followUpstream(() => organization.line.upstream, refused);
  const orgId = options.organization?.orgId ?? "";
  const organizationDeps = organizationUpstream && {
    orgId,
    upstream: organizationUpstream,
    directory: createDirectory(send, organizationUpstream, orgId),
  };

  const lifelong = createMemo();
  const pause = (id: string, ms: number) => ledger.pause(id, ms);
  const batch = createBatch({ lifetime, send, upstream: trelloUpstream, clock, random, pause });
  const trelloDeps: Parameters<typeof createTrelloReads>[0] = {
    send,
    upstream: trelloUpstream,
    batch,
    lifelong,
    token: (pass) => trello.credentials.token(pass),
    get apiToken() {
      return trello.apiToken;
    },
  };
  const webhookDeps = { records: options.webhooks ?? null, now: () => new Date(clock.now()).toISOString() };
  const { enterpriseId } = options;

  return {
    scopes: () => trello.credentials.scopes(),
    reads: (pass) => ({
      trello: createTrelloReads(trelloDeps, pass),
      scim: scimUpstream && createScimReads(send, scimUpstream, pass),
      organization: organizationDeps && createOrganizationReads(send, organizationDeps, pass),
      enterprise:
        enterpriseId === null ? null : createEnterpriseReads(send, trelloUpstream, enterpriseId, pass),
      rosters: rosters.map((line) => line.feed(pass)),
      applications: applications.map((line) => line.reads(pass)),
    }),
    writes: (pass) => ({
      trello: createTrelloWrites(send, trelloUpstream, pass, webhookDeps),
      scim: scimUpstream && createScimWrites(send, scimUpstream, pass),
      organization: organizationDeps && createOrganizationWrites(send, organizationDeps, pass),
      enterprise:
        enterpriseId === null ? null : createEnterpriseWrites(send, trelloUpstream, enterpriseId, pass),
      applications: applications.flatMap((line) => line.writes(pass) ?? []),
    }),
    async budgets() {
      const { key, token, scarce } = trello.upstream.budgets();
      const own = [key, token, scarce, scim?.line.budget, organization?.line.budget].filter(
        (budget) => !!budget,
      );
      const all = [...own, ...[...rosters, ...applications].map(({ budget }) => budget)];
      const left = await ledger.remaining(all);
      return all.map((budget, index) => ({ ...budget, remaining: left[index] ?? 0 }));
    },
    clockOffsetMs: () => clockOffset.ms(),
    renew(changed) {
      const before = secretsOf(connections);
      connections = { ...connections, ...changed };
      // The error of an old request may be logged later. So logs still hide the old secrets too.
      redactNow = createRedact([...before, ...secretsOf(connections)]);
      if (changed.trello) trello = connectTrello(changed.trello, connecting);
      if (scim && changed.scim) scim.line = connectScim(changed.scim);
      if (organization && changed.organization) organization.line = connectOrganization(changed.organization);
      if (changed.rosters) rosters = lines.rosters(changed.rosters);
      if (changed.applications) applications = lines.applications(changed.applications);
    },
    async owner() {
      const unknown = Promise.resolve(null);
      const owner = lifelong.knows("me")
        ? lifelong<{ readonly id: string }>("me", () => Promise.reject())
        : unknown;
      // Uses the answer about the token's owner only if the answer has already arrived. Waiting for the answer could
      // block for ever, because its request may itself wait for the caller of this function.
      return (await Promise.race([owner, unknown]).catch(() => null))?.id ?? null;
    },
    async close() {
      lifetime.end();
      await Promise.all([http.close(), trello.loginHttp?.close()]);
    },
  };
}
