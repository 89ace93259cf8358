import { CsvError, parse } from "csv-parse/sync";

/** One record of a table. */
export interface CsvRecord {
  /** The line of the text in which the record begins, counted from 1. */
  readonly line: number;
  /** Without the empty ones at its end. */
  readonly fields: readonly string[];
  /** How many fields were written, with the empty ones. */
  readonly width: number;
  /** Whether an empty line stands before it. */
  readonly apart: boolean;
}

export interface CsvText {
  readonly records: readonly CsvRecord[];
  /** The line from which on nothing is read, because its quotes are wrong or never close; null if all was read. */
  readonly unreadFrom: number | null;
}

/** What stands between the fields of a line. */
export const DELIMITERS = [",", ";", "\t", "|"] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/**
 * Reads lines as records (RFC 4180): a quoted field may hold line breaks. After a wrong quote it is unknown where the next
 * record begins, so nothing from that record on is read. Empty records are left out. `firstLine` is the number of the first.
 */
export function csvRecords(lines: readonly string[], delimiter: Delimiter, firstLine = 1): CsvText {
  const records: CsvRecord[] = [];
  let line = firstLine;
  let apart = false;
  const take = (fields: readonly string[], info: { readonly lines: number }): null => {
    if (fields.some((field) => field !== "")) {
      records.push({ line, fields: withoutEmptyEnd(fields), width: fields.length, apart });
      apart = false;
    } else if (fields.length <= 1) apart = true;
    line = firstLine + info.lines;
    return null;
  };
  const isFramed = delimiter === "|" && /^\s*\|/.test(lines.find((each) => each.trim() !== "") ?? "");
  const text = (isFramed ? lines.map(withoutFrame) : lines).join("\n");
  try {
    parse(text, { delimiter, record_delimiter: "\n", relax_column_count: true, trim: true, on_record: take });
    return { records, unreadFrom: null };
  } catch (thrown) {
    if (thrown instanceof CsvError) return { records, unreadFrom: line };
    throw thrown;
  }
}

/** Spreadsheets write empty fields to the right of the last column. */
function withoutEmptyEnd(fields: readonly string[]): readonly string[] {
  return fields.slice(0, fields.findLastIndex((field) => field !== "") + 1);
}

/** A row of a Markdown table without its outer bars; the line below the heading says nothing. */
function withoutFrame(line: string): string {
  return /^[\s|:+-]*$/.test(line) ? "" : line.replace(/^\s*\|/, "").replace(/\|\s*$/, "");
}
