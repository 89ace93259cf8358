import type { Budget, Ledger } from "../../domain/budget.ts";
import { AppError, toAppError } from "../../domain/error.ts";
import type { RosterConnection, RosterFeed, RosterPage, RosterRequest } from "../../domain/roster.ts";
import type { Clock } from "../../domain/runtime.ts";
import type { Pass } from "../gateway.ts";
import { fingerprint } from "../http/budgets.ts";
import { explainFailure } from "../http/failures.ts";
import { parseJson } from "../http/parse.ts";
import type { Outcome } from "../http/request.ts";
import type { Send } from "../http/send.ts";
import type { Upstream } from "../http/upstream.ts";
import { createRosterAccess, type RosterAccess } from "./access.ts";
import { VENDORS } from "./vendors.ts";

export interface FeedDeps {
  readonly send: Send;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** The connection to one roster's source. Its rate budget and access token are kept from call to call. */
export interface RosterLine {
  readonly budget: Budget;
  feed(pass: Pass): RosterFeed;
}

/**
 * Normally, one access token an hour is fetched. More than 20 in a minute would be the result of a defect, so more are
 * refused.
 */
const TOKEN_REQUESTS = { limit: 20, windowMs: 60_000 };

export function createRosterLine(connection: RosterConnection, deps: FeedDeps): RosterLine {
  const { name, source, wants } = connection;
  const budget: Budget = { id: `${source}:${identityOf(connection)}`, ...VENDORS[source].budget };
  const access = createRosterAccess(connection, {
    ...deps,
    upstreamAt: (url, authorization) => {
      const own = { id: `${source}-token:${identityOf(connection)}`, ...TOKEN_REQUESTS };
      return upstreamOf(connection, { baseUrl: url.origin, authorization, budget: own }, deps);
    },
  });

  return {
    budget,
    feed: (pass) => ({
      name,
      source,
      wants,
      page: (request) => page(connection, request, { access, budget, pass, deps }),
    }),
  };
}

/**
 * The key by which requests are counted: the URL together with the credential. The vendor probably counts in the same
 * way.
 */
function identityOf({ baseUrl, login }: RosterConnection): string {
  const who =
    login.kind === "token"
      ? login.token.reveal()
      : login.kind === "service_account"
        ? login.subject
        : login.clientId;
  return fingerprint(`${baseUrl} ${who}`);
}

interface PageDeps {
  readonly access: RosterAccess;
  readonly budget: Budget;
  readonly pass: Pass;
  readonly deps: FeedDeps;
}

async function page(
  connection: RosterConnection,
  request: RosterRequest,
  { access, budget, pass, deps }: PageDeps,
): Promise<RosterPage> {
  const { baseUrl } = connection;
  const { operation } = request;
  const asked = "link" in request ? { path: below(baseUrl, request.link, connection.name) } : request;
  const once = async () => {
    const authorization = await access.header(pass.usage);
    const upstream = upstreamOf(connection, { baseUrl, authorization, budget }, deps);
    return await deps.send(upstream, { ...asked, operation, method: "GET", access: "read" }, pass);
  };
  const reply = await once().catch((thrown: unknown) => {
    // An access token can become invalid before it expires, for example if an administrator revokes it. So after a 401,
    // a new token is fetched, and the request is sent once more.
    if (toAppError(thrown).details["status"] !== 401 || operationOf(thrown) !== operation) throw thrown;
    if (!access.renew()) throw thrown;
    return once();
  });
  return { body: parseJson(reply.text, { upstream: "roster", operation }), header: reply.header };
}

function operationOf(thrown: unknown): unknown {
  return toAppError(thrown).details["operation"];
}

/**
 * The path of a link to the next page. The link must begin with the URL of the connection, because the credentials must
 * not be sent to another server.
 */
function below(baseUrl: string, link: string, name: string): string {
  const url = URL.canParse(link) ? new URL(link).href : "";
  if (url.startsWith(`${baseUrl}/`)) return url.slice(baseUrl.length);
  throw new AppError(
    "UPSTREAM_CONTRACT",
    `The roster ${name} gave a link to a next page at another address.`,
    {
      next: "Check `base` in the connections file: it must be the address that the vendor's links begin with.",
    },
  );
}

function upstreamOf(
  { name, source }: RosterConnection,
  { baseUrl, authorization, budget }: { baseUrl: string; authorization: string | null; budget: Budget },
  { ledger, clock }: FeedDeps,
): Upstream {
  const vendor = VENDORS[source];
  const called = `Roster ${name} (${vendor.title})`;
  return {
    name: "roster",
    called: { name: called, settings: `the roster ${name} in IDENTITY_CONNECTIONS_FILE` },
    baseUrl,
    mediaType: source === "scim" ? "application/scim+json" : "application/json",
    authorize: () => authorization,
    understand(outcome) {
      const isTooMany = vendor.isTooMany?.(outcome) ?? false;
      if (outcome.kind !== "reply" || !(outcome.status === 429 || isTooMany)) return outcome;
      return { ...outcome, status: 429, headers: { ...waitIn(outcome), ...outcome.headers } };
    },
    charges: () => [{ budget, cost: 1 }],
    limited: () => [budget.id],
    beforeAttempt: () => Promise.resolve(null),
    async afterAttempt(_reading, outcome) {
      const ms = vendor.usedUpFor(outcome, clock.now());
      if (ms !== null) await ledger.pause(budget.id, ms);
    },
    explain: (failure) => explainFailure(failure, vendor.phrases(called)),
  };

  /** Turns the vendor's own headers about waiting into the header Retry-After. */
  function waitIn(outcome: Outcome): Record<string, string> {
    const ms = vendor.usedUpFor(outcome, clock.now());
    return ms === null ? {} : { "retry-after": String(Math.ceil(ms / 1000)) };
  }
}
