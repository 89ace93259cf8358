import { AppError } from "../domain/error.ts";

/** Where a page ended: the sort key of its last row. Opaque to clients. */
interface Place {
  readonly after: string;
}

/**
 * One page of rows sorted by `key` (which must be unique), from where `cursor` left off. A row that comes or goes
 * between two pages shifts nothing else. INPUT_INVALID for a cursor that is not ours.
 */
export function paginate<Row>(
  rows: readonly Row[],
  options: { readonly limit: number; readonly cursor: string | undefined; key(row: Row): string },
): { readonly rows: readonly Row[]; readonly cursor?: string } {
  const after = options.cursor === undefined ? null : placeOf(options.cursor).after;
  const sorted = rows
    .map((row) => ({ row, key: options.key(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .filter(({ key }) => after === null || key > after);
  const page = sorted.slice(0, options.limit);
  const last = page.at(-1);
  return {
    rows: page.map(({ row }) => row),
    ...(last && sorted.length > page.length && { cursor: encode({ after: last.key }) }),
  };
}

function encode(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

function placeOf(cursor: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (place && typeof place === "object" && "after" in place && typeof place.after === "string")
      return { after: place.after };
  } catch {
    // Falls through to the one error below.
  }
  throw new AppError("INPUT_INVALID", "The cursor is not one that this tool gave out.", {
    next: "Use the cursor of the page before unchanged, or leave it out to start again.",
  });
}
