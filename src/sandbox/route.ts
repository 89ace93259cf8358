import type { IncomingHttpHeaders } from "node:http";
import type { OAuth2Grant } from "./oauth2/world.ts";
import type { Secrets } from "./trello/oauth.ts";
import type { TrelloMember, TrelloToken, World } from "./world.ts";

export type Upstream = "trello" | "atlassian" | "vendors";
export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** One request, as it came in. */
export interface Incoming {
  readonly upstream: Upstream;
  readonly method: Method;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly rawQuery: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawBody: string;
  /** The URL as the client wrote it, because the OAuth 1.0 signature is computed from this text. */
  readonly url: URL;
}

/** The answer of a handler. `body` is sent as JSON, `text` as plain text. If both are missing, the body is empty. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

/** One request, in the form that a handler gets. */
export interface RouteContext {
  readonly world: World;
  readonly method: Method;
  /** The path after the upstream's base URL, without the query. */
  readonly path: string;
  /** Path parameters, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The query as it was sent, without the question mark. */
  readonly rawQuery: string;
  /** The body as an object, from JSON or a form; undefined if there is none. */
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
  /** The token's owner. null on Atlassian's routes, which check their own credentials. */
  readonly caller: Caller | null;
  /** Handles another GET of the same caller, with all checks. `/batch` uses it for the requests in a batch. */
  readonly subrequest: (url: string) => Promise<Reply>;
  /**
   * What is wrong with the OAuth 1.0 signature of the request; null if nothing is wrong. A nonce can be used only once.
   */
  readonly verifySignature: (secrets: Secrets) => string | null;
}

/** Whose eyes see what is shown. */
export type Viewer = Pick<RouteContext, "world" | "caller">;

export interface Caller {
  readonly member: TrelloMember;
  readonly token: TrelloToken;
  /**
   * The sign-in by OAuth 2.0; missing if the request has no OAuth 2.0 access token. If there is a sign-in, its scopes
   * decide what the request may do, and the scopes in `token` do not count.
   */
  readonly grant?: OAuth2Grant;
}

/** One operation. Routes are data, and a test compares the coverage table with them. */
export interface Route {
  /** The name of the operation, as in the API description: `PUT /organizations/{id}/members/{idMember}`. */
  readonly name: string;
  readonly upstream: Upstream;
  readonly method: Method;
  readonly path: string;
  /**
   * The token scopes that Trello requires: read, write or account; null if no token is needed. Atlassian's routes check
   * their own scopes.
   */
  readonly scopes: readonly string[] | null;
  /** True if the request also counts in Trello's limit of 100 in 900 s for `/1/members/{id}` and `/1/search`. */
  readonly scarce?: boolean;
  readonly handle: (context: RouteContext) => Reply | Promise<Reply>;
}

/** How completely the sandbox emulates an operation. A test compares this with the routes. */
export type Coverage = "supported" | "partial" | "absent";

type Handle = Route["handle"];

/** Makes a Trello route. By default, a GET needs the scope `read` and any other method `write`. */
export function trelloRoute(
  name: string,
  handle: Handle,
  options: { readonly scopes?: readonly string[] | null; readonly scarce?: boolean } = {},
): Route {
  const { method, path } = splitName(name);
  const { scopes = method === "GET" ? ["read"] : ["write"] } = options;
  return { name, upstream: "trello", method, path, scopes, scarce: options.scarce ?? false, handle };
}

/** Makes an Atlassian route. The path begins after the base URL, for example `/scim/directory/{directoryId}/Users`. */
export function atlassianRoute(name: string, handle: Handle): Route {
  const { method, path } = splitName(name);
  return { name, upstream: "atlassian", method, path, scopes: [], handle };
}

/** Makes a route of an identity provider. The path begins with the vendor's name. */
export function vendorRoute(name: string, handle: Handle): Route {
  const { method, path } = splitName(name);
  return { name, upstream: "vendors", method, path, scopes: [], handle };
}

function splitName(name: string): { method: Method; path: string } {
  const [method = "", path = ""] = name.split(" ");
  return { method: method as Method, path };
}

/** A JSON reply. */
export function json(body: unknown, status = 200, headers?: Readonly<Record<string, string>>): Reply {
  return headers ? { status, body, headers } : { status, body };
}

/** Makes a plain-text reply, which is the form of Trello's errors. */
export function text(status: number, message: string): Reply {
  return { status, text: message };
}

/**
 * The error that a handler throws to refuse a request with the answer `reply`. Before that, the handler must not have
 * changed anything.
 */
export class Refusal extends Error {
  readonly reply: Reply;
  constructor(reply: Reply) {
    super(`sandbox answers ${reply.status}`);
    this.name = "Refusal";
    this.reply = reply;
  }
}

/** Refuses with plain text, as Trello does. */
export function refuse(status: number, message: string): never {
  throw new Refusal(text(status, message));
}

/**
 * Trello's refusal if a reply would be too large. Trello does not document this message, but two programs that call
 * Trello have received it.
 */
export const TOO_MANY_CARDS: Reply = { status: 403, body: { error: "API_TOO_MANY_CARDS_REQUESTED" } };

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export type Matcher = (upstream: Upstream, method: string, path: string) => Match | null;

/** Finds the route of a request. A fixed part of a path wins over a parameter, and a slash at the end is ignored. */
export function createMatcher(routes: readonly Route[]): Matcher {
  const table = routes
    .map((route) => ({ route, segments: segmentsOf(route.path) }))
    .sort((a, b) => specificity(b.segments).localeCompare(specificity(a.segments)));
  return (upstream, method, path) => {
    const wanted = segmentsOf(path);
    for (const { route, segments } of table) {
      if (route.upstream !== upstream || route.method !== method) continue;
      const params = matchSegments(segments, wanted);
      if (params) return { route, params };
    }
    return null;
  };
}

function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

function specificity(segments: readonly string[]): string {
  return segments.map((segment) => (segment.startsWith("{") ? "0" : "1")).join("");
}

function matchSegments(
  pattern: readonly string[],
  actual: readonly string[],
): Readonly<Record<string, string>> | null {
  if (pattern.length !== actual.length) return null;
  const params: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    const value = actual[index] ?? "";
    if (segment.startsWith("{")) params[segment.slice(1, -1)] = decode(value);
    else if (segment !== value) return null;
  }
  return params;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** A JSON object in a request. */
export type JsonObject = Record<string, unknown>;

/** The bearer token of a request; null if there is no such header (RFC 6750 section 2.1). */
export function bearerToken(context: RouteContext): string | null {
  return /^Bearer +(\S+)$/i.exec(context.headers.authorization ?? "")?.[1] ?? null;
}

/** Whether a value is a JSON object (not an array, not null). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
