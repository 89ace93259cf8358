import { z } from "zod";
import { comparableEmail } from "../domain/email.ts";
import { AppError } from "../domain/error.ts";
import type { RosterPage, RosterPerson, RosterRequest, RosterStatus, RosterWants } from "../domain/roster.ts";
import { clean } from "../domain/text.ts";

/** Facts about a source of rosters, for administrators. A test compares them with the table in docs/rosters.md. */
export interface SourceFacts {
  /** The licence, role or scope that is needed to read from the source. */
  readonly needs: string;
  /** The names of the source's fields for each fact about a person. null if the source does not have the fact. */
  readonly fields: {
    readonly email: string;
    readonly name: string;
    readonly status: string;
    readonly manager: string | null;
    readonly department: string | null;
    readonly lastSignIn: string | null;
  };
  /** Which of the source's user statuses mean that a person is inactive. */
  readonly inactive: string;
  /** What the source does not return by default, and what this program does to get it. */
  readonly leavesOut: string;
}

/** One list of a source, for example its users or its deleted users. */
export interface RosterList {
  /** For messages: `users`, `deleted users`. */
  readonly what: string;
  readonly path: string;
  /**
   * The queries for the list. The query with the most fields comes first; if the source refuses it, the next query asks
   * for fewer fields.
   */
  readonly queries: readonly ListQuery[];
  /** The status of every row, for a list that contains only people of one status, such as deleted users. */
  readonly status?: RosterStatus;
}

export interface ListQuery {
  readonly query: Readonly<Record<string, string>>;
  /** A sentence about what this query does not ask for; null if it asks for everything. */
  readonly lacks: string | null;
}

/** The state of reading a list. */
export interface Progress {
  /** The parameters of the list's first request. Some sources need them again in the request for the next page. */
  readonly query: Readonly<Record<string, string>>;
  /** How many rows the page had, and how many of these rows were new. */
  readonly answered: number;
  readonly fresh: number;
  /** Rows of this list so far. */
  readonly total: number;
}

/** A kind of source, such as Okta. It consists of data and of functions that send no requests themselves. */
export interface RosterSource {
  readonly facts: SourceFacts;
  lists(wants: RosterWants): readonly RosterList[];
  /** The rows of a page; null if the reply has another form. */
  rows(body: unknown): readonly unknown[] | null;
  /** The request for the next page; null if this was the last page. */
  next(page: RosterPage, list: RosterList, progress: Progress): RosterRequest | null;
  /** Reads a row as a person; null if the row has another form. */
  person(row: unknown): RosterPerson | null;
  /** Whether a query with fewer fields may succeed after this error. */
  isRefusedForMore?(details: Readonly<Record<string, unknown>>): boolean;
  /** Why the list is probably incomplete, as its last page shows; null if it seems complete. */
  missing?(page: RosterPage, progress: Progress): string | null;
}

/**
 * A text in a reply, such as the link to the next page; null if it is missing or empty. A number counts as text too.
 * Otherwise a cursor that is a number would be overlooked, and the reading would end too early.
 */
export function textIn(body: unknown, field: string): string | null {
  const parsed = z.object({ [field]: z.union([z.string(), z.number()]).nullish() }).safeParse(body);
  if (parsed.success) return String(parsed.data[field] ?? "") || null;
  throw new AppError(
    "UPSTREAM_CONTRACT",
    `The field ${field} in a reply of the roster is not a text, so it is not known whether the list continues.`,
    {
      next: "Check the setting `base` in the connections file. If it is already right, the API has changed, and this server needs a newer version.",
    },
  );
}

/** The URL of the next page in a Link header (RFC 8288); null if there is none. */
export function nextLink(header: string | null): string | null {
  for (const [, link = "", parameters = ""] of (header ?? "").matchAll(/<([^>]*)>([^<]*)/g)) {
    if (/;\s*rel="?next"?/i.test(parameters)) return link;
  }
  return null;
}

/** The email addresses in a list of texts, each only once, in the same order. */
export function addressesOf(texts: readonly (string | null | undefined)[]): readonly string[] {
  return [...new Set(texts.flatMap((text) => comparableEmail(text) ?? []))];
}

/** The addresses in `texts` that are not in `certain`. They are weak: each may belong to another person. */
export function weakOnes(
  texts: readonly (string | null | undefined)[],
  certain: readonly string[],
): readonly string[] {
  return addressesOf(texts).filter((address) => !certain.includes(address));
}

/**
 * A date as ISO 8601. null if there is no date, and also for dates near the years 1 and 1970, because sources write
 * "never" as one of these dates.
 */
export function dateOf(text: string | null | undefined): string | null {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) || at < 86_400_000 ? null : new Date(at).toISOString();
}

/** A text without control characters; null if it is empty. */
export function textOf(text: string | null | undefined): string | null {
  return clean(text ?? "") || null;
}
