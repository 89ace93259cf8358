import type { FaultCounter } from "./faults.ts";
import { struck } from "./faults.ts";
import { type Counted, type Limits, moreLimits } from "./limits.ts";
import { scopeRefusal } from "./oauth2/bearer.ts";
import { isObject, json, Refusal, refuse, text, trelloRoute } from "./route.ts";
import type { Caller, Incoming, Match, Matcher, Reply, Route, RouteContext, Upstream } from "./route.ts";
import { signedRequest } from "./trello/auth.ts";
import type { Authenticate } from "./trello/auth.ts";
import type { VerifySignature } from "./trello/oauth.ts";
import type { World } from "./world.ts";

export interface DispatchOptions {
  readonly world: World;
  readonly match: Matcher;
  readonly faults: FaultCounter;
  readonly authenticate: Authenticate;
  readonly verifySignature: VerifySignature;
  /** null means no limits. */
  readonly limits: Limits | null;
}

export type Dispatch = (incoming: Incoming) => Promise<Reply>;

/**
 * Handles one request: checks the credentials and the rate limits, then calls the handler of the route. If a handler
 * refuses, it must not have changed anything.
 */
export function createDispatch(options: DispatchOptions): Dispatch {
  const { world, match, limits } = options;

  async function run(found: Match, incoming: Incoming, caller: Caller | null): Promise<Reply> {
    const refusal = caller?.grant && scopeRefusal(world, found, caller.grant);
    if (refusal) return refusal;
    const missing =
      caller && !caller.grant && found.route.scopes?.find((scope) => !caller.token.scopes.has(scope));
    if (typeof missing === "string") return text(401, "unauthorized permission requested");
    const body = parseBody(incoming);
    if (!body.ok) return malformed(incoming.upstream);
    const context: RouteContext = {
      world,
      method: incoming.method,
      path: incoming.path,
      params: found.params,
      query: incoming.query,
      rawQuery: incoming.rawQuery,
      body: body.value,
      headers: incoming.headers,
      caller,
      subrequest: (url) => subrequest(url, incoming, caller),
      verifySignature: (secrets) => options.verifySignature(signedRequest(incoming), secrets),
    };
    try {
      return await found.route.handle(context);
    } catch (error) {
      if (error instanceof Refusal) return error.reply;
      throw error;
    }
  }

  /**
   * A request inside a batch counts for the rate limits like any other request. The failures that the sandbox is told
   * to make (faults.ts) apply to it too.
   */
  async function subrequest(url: string, outer: Incoming, caller: Caller | null): Promise<Reply> {
    const parsed = new URL(url.replace(/^\/1\//, "/"), "http://sandbox.invalid");
    const found = match(outer.upstream, "GET", parsed.pathname);
    const faults = options.faults.strike(found?.route.name ?? null);
    const taken = caller && limits?.take(whoOf(caller), found?.route.scarce ?? false);
    if (taken?.refusal) return taken.refusal;
    if (!found) return text(404, `Cannot GET ${parsed.pathname}`);
    const inner: Incoming = {
      ...outer,
      method: "GET",
      path: parsed.pathname,
      query: parsed.searchParams,
      rawQuery: parsed.search.slice(1),
      rawBody: "",
    };
    if (found.route.path === "/batch") return text(400, "a batch cannot hold a batch");
    return struck(faults, inner, () => run(found, inner, caller));
  }

  return async (incoming) => {
    const found = match(incoming.upstream, incoming.method, incoming.path);
    if (incoming.upstream !== "trello") {
      if (found) return run(found, incoming, null);
      return { status: 404, body: { code: 404, message: "HTTP 404 Not Found" } };
    }
    if (found?.route.scopes === null) return run(found, incoming, null);
    const who = options.authenticate(incoming);
    const counted = who.caller ? whoOf(who.caller) : { key: who.key, token: null, idMember: null };
    const taken = limits?.take(counted, found?.route.scarce ?? false);
    const reply = taken?.refusal ?? (who.caller ? await handled(who.caller) : who.refusal);
    // The requests inside a batch count too, so the headers show how much of each rate limit is left after the whole
    // batch. A reply with 404 gets no header for the member's limit, as in most recorded replies.
    const told = reply.status === 404 ? { ...counted, idMember: null } : counted;
    const more = world.wire.moreLimits ? moreLimits(incoming) : {};
    const headers = { ...FRONT_HEADERS, ...timeHeader(world), ...limits?.headers(told), ...more };
    return { ...reply, headers: { ...headers, ...reply.headers } };

    async function handled(caller: Caller): Promise<Reply> {
      if (!found) return text(404, `Cannot ${incoming.method} /1${incoming.path}`);
      return run(found, incoming, caller);
    }
  };
}

/** Headers of Trello's web servers: a cookie that clients should not send back, and an id for Trello's support. */
const FRONT_HEADERS = {
  "set-cookie": "dsc=0123456789abcdef; Path=/; Secure; SameSite=Lax",
  "atl-traceid": "5b0c7a3e9d1f48a6b2c4d6e8f0a1b2c3",
};

function timeHeader(world: World): Record<string, string> {
  return { "x-server-time": String(world.now()) };
}

function whoOf({ token, member }: Caller): Counted {
  return { key: token.key, token: token.token, idMember: member.id };
}

function parseBody({ rawBody, headers }: Incoming): { ok: true; value: unknown } | { ok: false } {
  if (rawBody === "") return { ok: true, value: undefined };
  const type = headers["content-type"] ?? "";
  if (type.includes("application/x-www-form-urlencoded")) {
    return { ok: true, value: Object.fromEntries(new URLSearchParams(rawBody)) };
  }
  try {
    return { ok: true, value: JSON.parse(rawBody) as unknown };
  } catch {
    return { ok: false };
  }
}

function malformed(upstream: Upstream): Reply {
  if (upstream === "trello") return text(400, "Error parsing body: invalid JSON");
  const detail = "Request is unparsable, syntactically incorrect, or violates schema.";
  const schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"];
  return { status: 400, body: { schemas, status: "400", scimType: "invalidSyntax", detail } };
}

/** Trello's limit for one `/batch`. */
const MAX_URLS = 10;

/** `GET /batch`: up to ten GETs in one request, answered in order as `{"<status>": body}`. */
export const batchRoute: Route = trelloRoute("GET /batch", async (context) => {
  const urls = batchUrls(context.rawQuery);
  if (urls.length === 0) return refuse(400, "invalid value for urls");
  if (urls.length > MAX_URLS) return refuse(400, `a batch takes at most ${MAX_URLS} urls`);
  const replies: Record<string, unknown>[] = [];
  for (const [index, url] of urls.entries()) {
    const { status, body, text } = await context.subrequest(url);
    const isOther = context.world.wire.batchFailures === "both" && status >= 400 && index % 2 === 1;
    replies.push(isOther ? failedPart(status, body, text) : { [String(status)]: body ?? text ?? null });
  }
  return json(replies);
});

/**
 * A failed request of a batch in the form that older clients read, with the field `statusCode`. In the other form, the
 * status is the name of the field: `{"404": "text"}`.
 */
function failedPart(statusCode: number, body: unknown, text: string | undefined): Record<string, unknown> {
  return isObject(body) ? { ...body, statusCode } : { statusCode, message: text ?? "" };
}

/**
 * The URLs of a batch, separated by commas. A comma inside a URL must be encoded: `%2C` in a query written by hand,
 * `%252C` if the whole value is encoded.
 */
export function batchUrls(rawQuery: string): string[] {
  const pair = rawQuery.split("&").find((part) => part.startsWith("urls="));
  const value = pair?.slice("urls=".length) ?? "";
  const byHand = value.includes(",") || value.includes("/");
  const urls = byHand ? value.split(",").map(decode) : decode(value).split(",");
  return urls.filter((url) => url !== "");
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll("+", " "));
  } catch {
    return value;
  }
}
