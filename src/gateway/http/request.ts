import type { Json } from "../../domain/json.ts";

export type UpstreamName = "trello" | "scim" | "organization";

/** One request, before it is authorized and addressed. */
export interface UpstreamRequest {
  /** Method and path as the API description spells them; the one name of a request in logs and errors. */
  readonly operation: string;
  readonly method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  /** Relative to the upstream's base URL; parameters encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Json;
  readonly access: Access;
  /** Paths that count instead of this one: the sub-requests of a batch. */
  readonly counted?: readonly string[];
}

/** A 2xx reply; `text` is null if the body of a write's reply was cut. */
export interface Reply {
  readonly text: string | null;
  /** The one value of a header, or null. */
  header(name: string): string | null;
}

/** `path` with its query; values are encoded so strictly that every reader decodes them alike (no `+` for a space). */
export function addressOf(
  baseUrl: string,
  path: string,
  query: Readonly<Record<string, string>> | undefined,
): URL {
  const pairs = Object.entries(query ?? {}).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return new URL(`${baseUrl}${path}${pairs.length > 0 ? `?${pairs.join("&")}` : ""}`);
}

/** Percent-encodes all but the unreserved characters of RFC 3986 section 2.3; half a surrogate pair becomes U+FFFD. */
export function encode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Cs}/gu, "\uFFFD")).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** How one attempt of a request ended. What happened upstream is only known for `reply` and `unsent`. */
export type Outcome =
  | {
      readonly kind: "reply";
      readonly status: number;
      readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
      /** null if the connection was cut inside the body. */
      readonly text: string | null;
    }
  /** It never left: no connection, or one that failed before anything was written. */
  | { readonly kind: "unsent"; readonly cause: unknown }
  /** It may have arrived; no reply came. */
  | { readonly kind: "lost"; readonly cause: unknown }
  /** A reply larger than is read. */
  | { readonly kind: "oversized"; readonly status: number; readonly limitBytes: number };

/** A write is sent again only if it was provably not applied. */
export type Access = "read" | "write";

/** The one value of a header, or null. */
export function header(outcome: Outcome, name: string): string | null {
  if (outcome.kind !== "reply") return null;
  const value = outcome.headers[name];
  if (typeof value === "string") return value;
  return value?.[0] ?? null;
}

/** What was left in each budget when a request had just taken its starts. */
export interface BudgetReading {
  readonly left: readonly number[];
  readonly started: number;
}
