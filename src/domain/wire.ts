// Reads replies of all upstreams. A value in a wrong form is left out. If a row itself has a wrong form, the whole row
// is left out.
import { z } from "zod";
import { plural } from "./text.ts";

/** A boolean in a reply. Some servers write it as a text. null if the reply does not contain it. */
export const wireFlag = z
  .unknown()
  .optional()
  .transform((value) => {
    if (typeof value === "boolean") return value;
    const text = typeof value === "string" ? value.trim().toLowerCase() : "";
    return text === "true" ? true : text === "false" ? false : null;
  });

/** The schema for a text that may be missing in a reply. */
export const wireText = z.string().nullish().catch(null);

/** The rows of a list that could be read. `unread`: how many rows could not be read and were left out. */
export type Rows<Row> = readonly Row[] & { readonly unread?: number };

/** Adds `unread` to rows that were made from another list: how many rows of that other list could not be read. */
export function withUnread<Row>(
  rows: readonly Row[],
  { unread = 0 }: { readonly unread?: number },
): Rows<Row> {
  return unread > 0 ? Object.assign([...rows], { unread }) : rows;
}

/**
 * A sentence about rows that are missing because they could not be read; empty if there are none. `one`: the word for a
 * row, such as "user".
 */
export function unreadLines({ unread = 0 }: { readonly unread?: number }, one: string): readonly string[] {
  if (unread === 0) return [];
  return [
    `${plural(unread, one)} of the answer could not be read and ${unread === 1 ? "is" : "are"} left out.`,
  ];
}

/**
 * The rows of a list inside a record, if they can be read. A value that is not a list counts as one row that could not
 * be read.
 */
export function wireRows<Row extends z.ZodType>(row: Row) {
  return z
    .array(z.unknown())
    .nullish()
    .catch([null])
    .transform((answered) => {
      const all = answered ?? [];
      const rows = all.flatMap((each): z.output<Row>[] => {
        const parsed = row.safeParse(each);
        return parsed.success ? [parsed.data] : [];
      });
      return { rows, unread: all.length - rows.length, isGiven: answered != null };
    });
}
