import type { Charge } from "../domain/budget.ts";
import type { AppError } from "../domain/error.ts";
import type { Json } from "../domain/json.ts";
import type { Authorize } from "./authorization.ts";
import type { Effect, Outcome } from "./outcome.ts";
import type { Sight } from "./published-limits.ts";

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
  readonly effect: Effect;
  /** Paths that count, where they are not this one: the sub-requests of a batch. */
  readonly counted?: readonly string[];
}

/** Where a failed request failed, for the error. */
export interface Failure {
  readonly upstream: UpstreamName;
  readonly operation: string;
  readonly effect: Effect;
  readonly outcome: Outcome;
  /** When it was given up, in milliseconds since 1970. */
  readonly at: number;
}

/** One upstream, as the sender needs it. */
export interface Upstream {
  readonly name: UpstreamName;
  /** No slash at its end. */
  readonly baseUrl: string;
  /** Of bodies, and what is asked for in replies. */
  readonly mediaType: "application/json" | "application/scim+json";
  readonly authorize: Authorize;
  charges(request: Pick<UpstreamRequest, "path" | "counted">): readonly Charge[];
  /** Ids of the budgets that a refusal for the rate names. */
  limited(body: string | null, charges: readonly Charge[]): readonly string[];
  /** Around each attempt: what the upstream publishes of its limits is obeyed. */
  began(charges: readonly Charge[]): Promise<Sight | null>;
  ended(sight: Sight | null, outcome: Outcome): Promise<void>;
  explain(failure: Failure): AppError | Promise<AppError>;
}

/** A 2xx reply; `text` is null where a write's was cut. */
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
