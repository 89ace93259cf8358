import { createHash } from "node:crypto";
import { AppError } from "../../domain/error.ts";

/** What a cursor is valid for: the tool, and the arguments that choose and sort its rows. */
export type Listing = readonly (string | number | boolean | null | undefined)[];

// Together these limits keep a cursor within the 500 characters that the input allows, however long names are.
const SORTED_BY = 32;
const LONGEST_ID = 24;

/**
 * One page of rows, after the end of the page of `cursor`. Rows that are added or removed between two pages do not move
 * other rows. Rows are sorted by the first 32 characters of `sort`, then by `id`, which must be unique. INPUT_INVALID
 * if the cursor was not made for this list.
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

/** The first line of a list's text: the rows shown, the rows in total, and the cursor of the next page. */
export function pageLine(shown: number, total: number, cursor: string | undefined): string {
  return `${shown} of ${total}${moreLine(cursor)}`;
}

/** The end of a list's first line if another page follows; otherwise empty. */
export function moreLine(cursor: string | undefined): string {
  return cursor === undefined ? "" : `, more with cursor: ${cursor}`;
}

/** The end of a page, as two texts. */
type Place = readonly [string, string];

/** Encodes the end of a page as a cursor that is valid for one list only. */
export function cursorAt(place: Place, of: Listing): string {
  return Buffer.from(JSON.stringify([seal(of), ...place])).toString("base64url");
}

/** Decodes a cursor of this list. INPUT_INVALID for any other text. */
export function placeIn(cursor: string, of: Listing): Place {
  const [sealed, sort, id, ...more] = textsOf(cursor);
  if (sealed === undefined || sort === undefined || id === undefined || more.length > 0) throw notOurs();
  if (sealed === seal(of)) return [sort, id];
  throw new AppError(
    "INPUT_INVALID",
    "The cursor comes from another tool or from a call with other arguments.",
    {
      next: "Call with the arguments of the page that gave the cursor, or without a cursor to start again.",
    },
  );
}

/** The error for a text that is not a cursor of any tool. */
function notOurs(): AppError {
  return new AppError("INPUT_INVALID", "This text is not a cursor of this tool.", {
    next: "Copy the cursor of the last page without changes, or call without a cursor to start again.",
  });
}

function textsOf(cursor: string): readonly string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(parts) && parts.every((part) => typeof part === "string")) return parts;
  } catch {
    // A text that is not JSON is not a cursor of this server.
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

/** The id itself, or a hash of it if it is longer than an id, such as an email. */
function short(id: string): string {
  return id.length <= LONGEST_ID ? id : digest(id);
}

function seal(of: Listing): string {
  return digest(JSON.stringify(of)).slice(0, 8);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 22);
}
