import { emailOf, plainEmailFor } from "../domain/email.ts";
import type { RosterPage, RosterPerson, RosterRequest, RosterStatus, RosterWants } from "../domain/roster.ts";
import { clean } from "../domain/text.ts";

/** What a source gives and needs, for people: the table of docs/rosters.md is held to it. */
export interface SourceFacts {
  /** The licence, role or scope that reading needs. */
  readonly needs: string;
  /** The source's own fields; null if it does not give one. */
  readonly fields: {
    readonly email: string;
    readonly name: string;
    readonly status: string;
    readonly manager: string | null;
    readonly department: string | null;
    readonly lastSignIn: string | null;
  };
  /** What it calls inactive, with our word for it. */
  readonly inactive: string;
  /** What it leaves out by default, and how this product asks for it. */
  readonly leavesOut: string;
}

/** One list of a source, such as its users or its deleted users. */
export interface RosterList {
  /** For messages: `users`, `deleted users`. */
  readonly what: string;
  readonly path: string;
  /** The fullest query first. If the source refuses a query, the next one asks for less. */
  readonly queries: readonly ListQuery[];
  /** The status of all rows, if the list itself says it. */
  readonly status?: RosterStatus;
}

export interface ListQuery {
  readonly query: Readonly<Record<string, string>>;
  /** What this query does not ask for, in a sentence; null if it asks for everything. */
  readonly lacks: string | null;
}

/** How far the reading of a list is. */
export interface Progress {
  /** The query in use, for sources whose next page is asked for by parameters. */
  readonly query: Readonly<Record<string, string>>;
  /** Rows that this page had, and how many of them were new. */
  readonly answered: number;
  readonly fresh: number;
  /** Rows of this list so far. */
  readonly total: number;
}

/** One kind of source, as data and functions without a network. */
export interface RosterSource {
  readonly facts: SourceFacts;
  lists(wants: RosterWants): readonly RosterList[];
  /** The rows of a page; null if the body has another form. */
  rows(body: unknown): readonly unknown[] | null;
  /** The page after this one; null after the last. */
  next(page: RosterPage, list: RosterList, progress: Progress): RosterRequest | null;
  /** The person of a row; null if the row has another form. */
  person(row: unknown): RosterPerson | null;
  /** Whether a query with less may succeed after this refusal. */
  isRefusedForMore?(details: Readonly<Record<string, unknown>>): boolean;
  /** Says why the last page proves that the list is not whole; null if it seems whole. */
  missing?(page: RosterPage, progress: Progress): string | null;
}

/** The address of the next page in a Link header (RFC 8288); null if there is none. */
export function nextLink(header: string | null): string | null {
  for (const [, link = "", parameters = ""] of (header ?? "").matchAll(/<([^>]*)>([^<]*)/g)) {
    if (/;\s*rel="?next"?/i.test(parameters)) return link;
  }
  return null;
}

/** An address in the form in which addresses are compared: lower case, the domain in ASCII. null if it is none. */
export function addressOf(text: string | null | undefined): string | null {
  return text ? (emailOf(text) ?? plainEmailFor(text)) : null;
}

/** The addresses in a list, each once, in order. */
export function addressesOf(texts: readonly (string | null | undefined)[]): readonly string[] {
  return [...new Set(texts.flatMap((text) => addressOf(text) ?? []))];
}

/** Addresses that are not among the certain ones. */
export function weakOnes(
  texts: readonly (string | null | undefined)[],
  certain: readonly string[],
): readonly string[] {
  return addressesOf(texts).filter((address) => !certain.includes(address));
}

/** A date of a source, ISO 8601. null for no date, and for the first days of an epoch, which mean "never". */
export function dateOf(text: string | null | undefined): string | null {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) || at < 86_400_000 ? null : new Date(at).toISOString();
}

/** A text of a source, cleaned; null if it is empty. */
export function textOf(text: string | null | undefined): string | null {
  return clean(text ?? "") || null;
}
