import { createHash } from "node:crypto";
import { AppError } from "../../domain/error.ts";

/** The list to which a cursor belongs: the tool, and the arguments that select and sort its rows. */
export type Listing = readonly (string | number | boolean | null | undefined)[];

// How many characters of a name and of an id a cursor contains. So a cursor stays within the 500 characters that the
// input allows, even if names are long.
const SORTED_BY = 32;
const LONGEST_ID = 24;

/**
 * Returns the page of rows that follows the last row of the page before. Rows that appear or disappear between two
 * calls do not change where the next page begins. Rows are sorted by the first 32 characters of `sort`, then by `id`,
 * which must be unique. INPUT_INVALID if the cursor belongs to another list.
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

/** The first line of a list: how many rows are shown, how many there are, and the cursor of the next page. */
export function pageLine(shown: number, total: number, cursor: string | undefined): string {
  return `${shown} of ${total}${moreLine(cursor)}`;
}

/** The last words of a list's first line, if another page follows; otherwise empty. */
export function moreLine(cursor: string | undefined): string {
  return cursor === undefined ? "" : `, more with cursor: ${cursor}`;
}

/** The position in a list: the last row of a page, by its `sort` text and its id. */
type Place = readonly [string, string];

/** Makes the cursor for the page after this row. It is valid for one list only. */
export function cursorAt(place: Place, of: Listing): string {
  return Buffer.from(JSON.stringify([seal(of), ...place])).toString("base64url");
}

/** Reads a cursor of this list. INPUT_INVALID for any other text. */
export function placeIn(cursor: string, of: Listing): Place {
  const [sealed, sort, id, ...more] = textsOf(cursor);
  if (sealed === undefined || sort === undefined || id === undefined || more.length > 0) throw notOurs();
  if (sealed === seal(of)) return [sort, id];
  throw new AppError(
    "INPUT_INVALID",
    "The cursor comes from another tool or from a call with other arguments.",
    {
      next: "Repeat the arguments of the call that returned this cursor, or call without a cursor to start again.",
    },
  );
}

/** The error for a text that is no cursor of this server. */
function notOurs(): AppError {
  return new AppError("INPUT_INVALID", "This text is not a cursor of this tool.", {
    next: "Copy the cursor of the last answer without changes, or call without a cursor to start again.",
  });
}

function textsOf(cursor: string): readonly string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(parts) && parts.every((part) => typeof part === "string")) return parts;
  } catch {
    // The text is not JSON, so it is not a cursor of this server.
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

/** Returns the id, or the hash of the id if the id is too long, as some emails are. */
function short(id: string): string {
  return id.length <= LONGEST_ID ? id : digest(id);
}

function seal(of: Listing): string {
  return digest(JSON.stringify(of)).slice(0, 8);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
