import { createHash } from "node:crypto";
import { AppError } from "../../domain/error.ts";

/** What a cursor is good for: the tool, and the arguments that choose and order its rows. */
export type Listing = readonly (string | number | boolean | null | undefined)[];

// Together they keep a cursor within the 500 characters that are taken back, whatever people are called.
const SORTED_BY = 32;
const LONGEST_ID = 24;

/**
 * One page of rows, from where `cursor` left off. A row that comes or goes between two pages shifts nothing else. Rows
 * are ordered by the first 32 characters of `sort`, then by `id`, which must be unique. INPUT_INVALID for a cursor that
 * was not given out for this listing.
 */
export function paginate<Row>(
  rows: readonly Row[],
  options: {
    readonly limit: number;
    readonly cursor: string | undefined;
    readonly of: Listing;
    sort(row: Row): string;
    id(row: Row): string;
  },
): { readonly rows: readonly Row[]; readonly cursor?: string } {
  const after = options.cursor === undefined ? null : placeIn(options.cursor, options.of);
  const sorted = rows
    .map((row) => ({ row, place: [begin(options.sort(row)), short(options.id(row))] as const }))
    .sort((a, b) => compare(a.place, b.place))
    .filter(({ place }) => after === null || compare(place, after) > 0);
  const page = sorted.slice(0, options.limit);
  const last = page.at(-1);
  return {
    rows: page.map(({ row }) => row),
    ...(last && sorted.length > page.length && { cursor: cursorAt(last.place, options.of) }),
  };
}

/** How many rows of how many a page has, and the cursor to go on with: the first line of a list's text. */
export function pageLine(shown: number, total: number, cursor: string | undefined): string {
  return `${shown} of ${total}${moreLine(cursor)}`;
}

/** What follows a list that goes on; empty if it does not. */
export function moreLine(cursor: string | undefined): string {
  return cursor === undefined ? "" : `, more with cursor: ${cursor}`;
}

/** Where a page ended, as two texts. */
type Place = readonly [string, string];

/** A place made opaque for clients and bound to its listing. */
export function cursorAt(place: Place, of: Listing): string {
  return Buffer.from(JSON.stringify([seal(of), ...place])).toString("base64url");
}

/** The place that a cursor of this listing stands for; INPUT_INVALID for any other. */
export function placeIn(cursor: string, of: Listing): Place {
  const [sealed, sort, id, ...more] = textsOf(cursor);
  if (sealed === undefined || sort === undefined || id === undefined || more.length > 0) throw notOurs();
  if (sealed === seal(of)) return [sort, id];
  throw new AppError("INPUT_INVALID", "The cursor was given out by another tool or for other arguments.", {
    next: "Give it with the arguments of the page that it came with, or leave it out to start again.",
  });
}

/** The error for what no tool gave out as a cursor. */
function notOurs(): AppError {
  return new AppError("INPUT_INVALID", "The cursor is not one that this tool gave out.", {
    next: "Use the cursor of the page before unchanged, or leave it out to start again.",
  });
}

function textsOf(cursor: string): readonly string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(parts) && parts.every((part) => typeof part === "string")) return parts;
  } catch {
    // Not JSON, so not ours either.
  }
  return [];
}

function compare(a: Place, b: Place): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] === b[1] ? 0 : a[1] < b[1] ? -1 : 1;
}

function begin(text: string): string {
  return Array.from(text.slice(0, 2 * SORTED_BY))
    .slice(0, SORTED_BY)
    .join("");
}

/** An id as it is, or what stands for a longer one, such as an email. */
function short(id: string): string {
  return id.length <= LONGEST_ID ? id : digest(id);
}

function seal(of: Listing): string {
  return digest(JSON.stringify(of)).slice(0, 8);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
