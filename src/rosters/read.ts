import { AppError, toAppError } from "../domain/error.ts";
import type {
  Roster,
  RosterFeed,
  RosterPage,
  RosterPerson,
  RosterRequest,
  RosterSourceName,
} from "../domain/roster.ts";
import { plural } from "../domain/text.ts";
import { entra } from "./entra.ts";
import { google } from "./google.ts";
import { okta } from "./okta.ts";
import { onelogin } from "./onelogin.ts";
import { scimServer } from "./scim-server.ts";
import type { ListQuery, RosterList, RosterSource } from "./source.ts";

/** Every kind of source. */
export const SOURCES: Readonly<Record<RosterSourceName, RosterSource>> = {
  okta,
  entra,
  google,
  onelogin,
  scim: scimServer,
};

/** The most rows of one list that are read: 200,000. */
const MOST_ROWS = 200_000;

/**
 * Reads a named roster page by page. An error at the first page is thrown. An error at a later page marks the roster as
 * incomplete: the absence of a person then proves nothing.
 */
export async function readRoster(feed: RosterFeed): Promise<Roster> {
  const source = SOURCES[feed.source];
  const people: RosterPerson[] = [];
  const gaps: string[] = [];
  const notes: string[] = [];
  for (const list of source.lists(feed.wants)) {
    const read = await readList(feed, source, list);
    people.push(...read.people);
    gaps.push(...read.gaps.map((gap) => `${feed.name}: ${gap}`));
    notes.push(...read.notes.map((note) => `${feed.name}: ${note}`));
  }
  return { name: feed.name, people: withoutFreedAddresses(people), gaps, notes };
}

/** Reads only one row of each list of a roster, to find out whether the lists can be read. */
export async function tryRoster(feed: RosterFeed): Promise<string> {
  const source = SOURCES[feed.source];
  const told: string[] = [];
  for (const list of source.lists(feed.wants)) {
    const { lacks } = await firstPage(feed, source, list);
    told.push(`${list.what} can be read`, ...lacks);
  }
  return told.join("; ");
}

interface ReadRows {
  readonly people: RosterPerson[];
  readonly gaps: string[];
  readonly notes: readonly string[];
}

async function readList(feed: RosterFeed, source: RosterSource, list: RosterList): Promise<ReadRows> {
  const first = await firstPage(feed, source, list);
  const rest = list.queries.slice(list.queries.indexOf(first.used) + 1);
  try {
    return { ...(await readPages(feed, source, { list, ...first })), notes: first.lacks };
  } catch (thrown) {
    // The directories of some companies refuse a field only at a later page. The list is then read again from the
    // beginning, without that field.
    if (!isRefusedForMore(source, thrown) || rest.length === 0) throw thrown;
    return await readList(feed, source, { ...list, queries: rest });
  }
}

interface FirstPage {
  readonly page: RosterPage;
  readonly used: ListQuery;
  readonly lacks: readonly string[];
}

async function firstPage(feed: RosterFeed, source: RosterSource, list: RosterList): Promise<FirstPage> {
  const lacks: string[] = [];
  for (const [index, used] of list.queries.entries()) {
    if (used.lacks !== null) lacks.push(used.lacks);
    try {
      const page = await feed.page({ operation: `GET ${list.path}`, path: list.path, query: used.query });
      return { page, used, lacks };
    } catch (thrown) {
      if (index === list.queries.length - 1 || !isRefusedForMore(source, thrown)) throw thrown;
    }
  }
  throw new Error("a list without queries");
}

function isRefusedForMore(source: RosterSource, thrown: unknown): boolean {
  return source.isRefusedForMore?.(toAppError(thrown).details) ?? false;
}

async function readPages(
  feed: RosterFeed,
  source: RosterSource,
  { list, page: first, used }: { readonly list: RosterList } & FirstPage,
): Promise<Pick<ReadRows, "people" | "gaps">> {
  const people = new Map<string, RosterPerson>();
  const gaps: string[] = [];
  const asked = new Set<string>();
  let unread = 0;
  for (let page = first; ; ) {
    const rows = source.rows(page.body);
    if (rows === null) throw otherForm(feed, list);
    const before = people.size;
    for (const row of rows) {
      const person = source.person(row);
      if (person === null) unread += 1;
      // If a row moves to a later page during the reading, the source sends it twice. It is stored once, by its id.
      else people.set(person.row, list.status ? { ...person, ...statusOf(list, person) } : person);
    }
    if (unread > 0 && people.size === 0) throw otherForm(feed, list);
    const fresh = people.size - before;
    const progress = { query: used.query, answered: rows.length, fresh, total: people.size };
    const next = source.next(page, list, progress);
    if (next === null) {
      const missing = source.missing?.(page, progress) ?? null;
      if (missing !== null) gaps.push(missing);
      break;
    }
    if (people.size > MOST_ROWS) {
      gaps.push(`only the first ${people.size} ${list.what} were read, because the list is too long.`);
      break;
    }
    if (asked.has(JSON.stringify(next))) {
      gaps.push(`the pages of its list of ${list.what} repeat, so some ${list.what} may be missing.`);
      break;
    }
    asked.add(JSON.stringify(next));
    const read = await pageOrGap(feed, source, next);
    if ("gap" in read) {
      gaps.push(`only the first ${people.size} ${list.what} were read. ${read.gap}`);
      break;
    }
    page = read;
  }
  if (unread > 0) gaps.push(`${plural(unread, "row")} of its ${list.what} could not be read.`);
  return { people: [...people.values()], gaps };
}

async function pageOrGap(
  feed: RosterFeed,
  source: RosterSource,
  request: RosterRequest,
): Promise<RosterPage | { readonly gap: string }> {
  try {
    return await feed.page(request);
  } catch (thrown) {
    if (isRefusedForMore(source, thrown)) throw thrown;
    return { gap: toAppError(thrown).message };
  }
}

function statusOf(list: RosterList, { says }: RosterPerson): Pick<RosterPerson, "status" | "says"> {
  return { status: list.status ?? "unknown", says: says === null ? list.what : `${list.what}, ${says}` };
}

function otherForm({ name }: RosterFeed, { what }: RosterList): AppError {
  return new AppError(
    "UPSTREAM_CONTRACT",
    `The roster ${name} answered something that is not a list of ${what}.`,
    {
      next: "Check `base` in the connections file. If it is already right, the API has changed, and this server needs a newer version.",
    },
  );
}

/**
 * A deleted user's address may have been given to another person. Then the address counts only for the other person.
 */
function withoutFreedAddresses(people: readonly RosterPerson[]): readonly RosterPerson[] {
  const taken = new Set(people.flatMap(({ status, emails }) => (status === "gone" ? [] : emails)));
  return people.map((person) =>
    person.status === "gone" && person.emails.some((email) => taken.has(email))
      ? { ...person, emails: person.emails.filter((email) => !taken.has(email)) }
      : person,
  );
}
