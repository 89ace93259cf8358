import type { Json } from "../../domain/json.ts";

export type UpstreamName = "trello" | "scim" | "organization" | "roster" | "application";

/** A request as callers describe it. The full URL and the Authorization header are added later. */
export interface UpstreamRequest {
  /** The name of the request in logs and errors: its method and path as in the API description. */
  readonly operation: string;
  readonly method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  /** The path after the base URL. Values in it are encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** A body as a form (`application/x-www-form-urlencoded`), for token requests. */
  readonly form?: Readonly<Record<string, string>>;
  readonly access: Access;
  /** For a batch (several GETs in one request): the paths in it, because the rate budgets count each path. */
  readonly counted?: readonly string[];
}

/** A reply with status 2xx. `text` is null if the reply of a write was cut off. */
export interface Reply {
  readonly text: string | null;
  /** All values of a header, joined by commas (RFC 9110 section 5.2); null if there is none. */
  header(name: string): string | null;
}

/** `path` with its query. Values are encoded in a way that every server decodes alike (a space is never `+`). */
export function addressOf(
  baseUrl: string,
  path: string,
  query: Readonly<Record<string, string>> | undefined,
): URL {
  const pairs = Object.entries(query ?? {}).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return new URL(`${baseUrl}${path}${pairs.length > 0 ? `?${pairs.join("&")}` : ""}`);
}

/**
 * Percent-encodes everything except the unreserved characters of RFC 3986 section 2.3. An incomplete surrogate pair
 * becomes U+FFFD.
 */
export function encode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, "\uFFFD")).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** How one try of a request ended. Only `reply` and `unsent` show for certain whether a change was made. */
export type Outcome =
  | {
      readonly kind: "reply";
      readonly status: number;
      readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
      /** The body; null if the connection broke while it was being read. */
      readonly text: string | null;
    }
  /** The request was not sent: no connection, or an error before the first byte. */
  | { readonly kind: "unsent"; readonly cause: unknown }
  /** The request may have arrived, but no reply came back. */
  | { readonly kind: "lost"; readonly cause: unknown }
  /** The reply is larger than the largest reply that this program reads. */
  | { readonly kind: "oversized"; readonly status: number; readonly limitBytes: number };

/** Whether a request only reads, or writes. A write is sent again only if its change was certainly not made. */
export type Access = "read" | "write";

/** The value of a header that occurs once; null if the header is missing. */
export function header(outcome: Outcome, name: string): string | null {
  if (outcome.kind !== "reply") return null;
  const value = outcome.headers[name];
  if (typeof value === "string") return value;
  return value?.[0] ?? null;
}

/** All values of a header, joined by commas; null if the header is missing. */
export function headerValues(outcome: Outcome, name: string): string | null {
  if (outcome.kind !== "reply") return null;
  const value = outcome.headers[name];
  return value === undefined ? null : typeof value === "string" ? value : value.join(", ");
}

/**
 * The state of the rate budgets just after a request was counted. `left`: how many more requests each budget allowed.
 * `started`: how many requests this process had counted.
 */
export interface BudgetReading {
  readonly left: readonly number[];
  readonly started: number;
}
