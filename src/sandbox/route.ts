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
  /** The URL as the client called it, because OAuth 1.0 signs that one. */
  readonly url: URL;
}

/** What a handler answers: `body` is sent as JSON, `text` as plain text; without both, the body is empty. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

/** One request, as a handler sees it. */
export interface RouteContext {
  readonly world: World;
  readonly method: Method;
  /** Relative to the upstream's base URL, without the query. */
  readonly path: string;
  /** Path parameters, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The query as it was sent, without the question mark. */
  readonly rawQuery: string;
  /** Parsed by content type (JSON, or a form as an object of strings); undefined if there is none. */
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
  /** The token's owner; null on Atlassian routes, which check their own bearer token. */
  readonly caller: Caller | null;
  /** Runs a GET of the same upstream and caller through every check. `/batch` is made of such GETs. */
  readonly subrequest: (url: string) => Promise<Reply>;
  /** What is wrong with the request's OAuth 1.0 signature by these secrets, or null. A nonce can be used only once. */
  readonly verifySignature: (secrets: Secrets) => string | null;
}

/** Whose eyes see what is shown. */
export type Viewer = Pick<RouteContext, "world" | "caller">;

export interface Caller {
  readonly member: TrelloMember;
  readonly token: TrelloToken;
  /** The caller came with an access token of OAuth 2.0, whose scopes decide instead of the token's. */
  readonly grant?: OAuth2Grant;
}

/** One operation. Routes are data, and a test compares the coverage table with them. */
export interface Route {
  /** `METHOD path` as the API description spells it: `PUT /organizations/{id}/members/{idMember}`. */
  readonly name: string;
  readonly upstream: Upstream;
  readonly method: Method;
  readonly path: string;
  /**
   * What the token must have: Trello's read, write or account. null if a Trello route needs no token. Atlassian routes
   * check their own scopes.
   */
  readonly scopes: readonly string[] | null;
  /** The request also counts in the limit of 100 in 900 s of `/1/members/{id}` and `/1/search`. */
  readonly scarce?: boolean;
  readonly handle: (context: RouteContext) => Reply | Promise<Reply>;
}

/** How far an operation is emulated. A test compares it with the routes. */
export type Coverage = "supported" | "partial" | "absent";

type Handle = Route["handle"];

/** A Trello route. A GET needs `read` and everything else `write`, unless the call says otherwise. */
export function trelloRoute(
  name: string,
  handle: Handle,
  options: { readonly scopes?: readonly string[] | null; readonly scarce?: boolean } = {},
): Route {
  const { method, path } = splitName(name);
  const { scopes = method === "GET" ? ["read"] : ["write"] } = options;
  return { name, upstream: "trello", method, path, scopes, scarce: options.scarce ?? false, handle };
}

/** An Atlassian route. Paths are relative to the base URL, such as `/scim/directory/{directoryId}/Users`. */
export function atlassianRoute(name: string, handle: Handle): Route {
  const { method, path } = splitName(name);
  return { name, upstream: "atlassian", method, path, scopes: [], handle };
}

/** A route of an identity provider. Paths begin with the vendor's name. */
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

/** A plain-text reply, the form of Trello's errors. */
export function text(status: number, message: string): Reply {
  return { status, text: message };
}

/** A handler throws it before it has changed anything, to answer with `reply`. */
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

/** Trello's refusal of a reply that would be too large (seen by two clients; its message is not published). */
export const TOO_MANY_CARDS: Reply = { status: 403, body: { error: "API_TOO_MANY_CARDS_REQUESTED" } };

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export type Matcher = (upstream: Upstream, method: string, path: string) => Match | null;

/** Finds the route of a request. A literal segment wins over a parameter, and a slash at the end is ignored. */
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

/** A JSON object as it came in. */
export type JsonObject = Record<string, unknown>;

/** The bearer token of a request, or null if the header is missing or of another scheme (RFC 6750 section 2.1). */
export function bearerToken(context: RouteContext): string | null {
  return /^Bearer +(\S+)$/i.exec(context.headers.authorization ?? "")?.[1] ?? null;
}

/** Whether a value is a JSON object (not an array, not null). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
