// How replies of all upstreams are read. If a value does not fit, only that value is left out. If a row does not fit,
// the whole row is left out.
import { z } from "zod";
import { plural } from "./text.ts";

/** A boolean of a reply, which is sometimes text; null if the reply does not say. */
export const wireFlag = z
  .unknown()
  .optional()
  .transform((value) => {
    if (typeof value === "boolean") return value;
    const text = typeof value === "string" ? value.trim().toLowerCase() : "";
    return text === "true" ? true : text === "false" ? false : null;
  });

/** A text that may be missing in a record. */
export const wireText = z.string().nullish().catch(null);

/** The rows of a list that fit. `unread` is the number of rows that do not fit and are left out. */
export type Rows<Row> = readonly Row[] & { readonly unread?: number };

/** New rows made from the rows of a list, with the number of rows that are left out. */
export function withUnread<Row>(
  rows: readonly Row[],
  { unread = 0 }: { readonly unread?: number },
): Rows<Row> {
  return unread > 0 ? Object.assign([...rows], { unread }) : rows;
}

/** Says in a sentence what a list leaves out, or nothing. `one` is the word for a row. */
export function unreadLines({ unread = 0 }: { readonly unread?: number }, one: string): readonly string[] {
  if (unread === 0) return [];
  return [
    `${plural(unread, one)} of the answer could not be read and ${unread === 1 ? "is" : "are"} left out.`,
  ];
}

/** The rows of a list inside a record that fit. A value that is not a list counts as one row that does not fit. */
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
