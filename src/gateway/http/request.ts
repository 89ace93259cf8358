import type { Json } from "../../domain/json.ts";

export type UpstreamName = "trello" | "scim" | "organization" | "roster" | "application";

/** One request, before it has an address and an authorization. */
export interface UpstreamRequest {
  /** Method and path as the API description writes them. Logs and errors use this as the name of the request. */
  readonly operation: string;
  readonly method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  /** The path below the upstream's base URL. The caller has encoded the values in it already. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** A body of the type `application/x-www-form-urlencoded`, for token requests. */
  readonly form?: Readonly<Record<string, string>>;
  readonly access: Access;
  /** The paths that count instead of this one: the requests inside a batch. */
  readonly counted?: readonly string[];
}

/** A 2xx reply. `text` is null if the reply of a write was cut. */
export interface Reply {
  readonly text: string | null;
  /** All values of a header, separated by commas (RFC 9110 section 5.2); null if there is none. */
  header(name: string): string | null;
}

/**
 * `path` with its query. Values are encoded so strictly that every server decodes them the same way (no `+` for a
 * space).
 */
export function addressOf(
  baseUrl: string,
  path: string,
  query: Readonly<Record<string, string>> | undefined,
): URL {
  const pairs = Object.entries(query ?? {}).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return new URL(`${baseUrl}${path}${pairs.length > 0 ? `?${pairs.join("&")}` : ""}`);
}

/**
 * Percent-encodes all characters except the unreserved ones of RFC 3986 section 2.3. Half a surrogate pair becomes
 * U+FFFD.
 */
export function encode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, "\uFFFD")).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** How one attempt of a request ended. Only `reply` and `unsent` say for certain what happened upstream. */
export type Outcome =
  | {
      readonly kind: "reply";
      readonly status: number;
      readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
      /** null if the connection broke while the body was read. */
      readonly text: string | null;
    }
  /** The request was not sent: there was no connection, or it failed before the first byte. */
  | { readonly kind: "unsent"; readonly cause: unknown }
  /** The request may have arrived, but no reply came. */
  | { readonly kind: "lost"; readonly cause: unknown }
  /** The reply is larger than this client reads. */
  | { readonly kind: "oversized"; readonly status: number; readonly limitBytes: number };

/** A write is sent again only if it was provably not applied. */
export type Access = "read" | "write";

/** The single value of a header; null if there is none. */
export function header(outcome: Outcome, name: string): string | null {
  if (outcome.kind !== "reply") return null;
  const value = outcome.headers[name];
  if (typeof value === "string") return value;
  return value?.[0] ?? null;
}

/** All values of a header, separated by commas; null if there is none. */
export function headerValues(outcome: Outcome, name: string): string | null {
  if (outcome.kind !== "reply") return null;
  const value = outcome.headers[name];
  return value === undefined ? null : typeof value === "string" ? value : value.join(", ");
}

/** What was left in each budget just after a request took its starts. */
export interface BudgetReading {
  readonly left: readonly number[];
  readonly started: number;
}
