// How replies are read, whichever upstream sends them: a value that does not fit costs itself, a row costs itself.
import { z } from "zod";
import { plural } from "./text.ts";

/** A boolean as replies have it, sometimes as text; null if the reply does not say. */
export const wireFlag = z
  .unknown()
  .optional()
  .transform((value) => {
    if (typeof value === "boolean") return value;
    const text = typeof value === "string" ? value.trim().toLowerCase() : "";
    return text === "true" ? true : text === "false" ? false : null;
  });

/** A text that a record can do without. */
export const wireText = z.string().nullish().catch(null);

/** The rows of a list that fit; `unread` rows of it do not, and are left out. */
export type Rows<Row> = readonly Row[] & { readonly unread?: number };

/** Rows made from those of a list, with the count of what the list leaves out. */
export function withUnread<Row>(
  rows: readonly Row[],
  { unread = 0 }: { readonly unread?: number },
): Rows<Row> {
  return unread > 0 ? Object.assign([...rows], { unread }) : rows;
}

/** What a list leaves out, as a sentence; nothing if it leaves out nothing. `one` is the word for a row. */
export function unreadLines({ unread = 0 }: { readonly unread?: number }, one: string): readonly string[] {
  if (unread === 0) return [];
  return [
    `${plural(unread, one)} of the answer could not be read and ${unread === 1 ? "is" : "are"} left out.`,
  ];
}

/** The rows of a list inside a record that fit; a list that is none counts as one row that does not. */
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
