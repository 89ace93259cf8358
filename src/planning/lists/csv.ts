import { CsvError, parse } from "csv-parse/sync";

/** One record of a table. */
export interface CsvRecord {
  /** The line of the text in which the record begins. The first line is 1. */
  readonly line: number;
  /** The fields of the record, without the empty fields at its end. */
  readonly fields: readonly string[];
  /** How many fields the record has in the text, empty fields included. */
  readonly width: number;
  /** Whether there is an empty line before the record. */
  readonly apart: boolean;
}

export interface CsvText {
  readonly records: readonly CsvRecord[];
  /** The first line that was not read, because its quotes are wrong or never close; null if every line was read. */
  readonly unreadFrom: number | null;
}

/** The delimiters: the characters that may separate the fields of a line. */
export const DELIMITERS = [",", ";", "\t", "|"] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/**
 * Reads lines as records (RFC 4180). A quoted field may hold line breaks. After a wrong quote it is unknown where the
 * next record begins, so the reader stops there. Empty records are dropped. `firstLine` is the number of the first
 * line.
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

/**
 * Removes the outer bars from a row of a Markdown table. The line of dashes below the heading holds no data, so it is
 * dropped.
 */
function withoutFrame(line: string): string {
  return /^[\s|:+-]*$/.test(line) ? "" : line.replace(/^\s*\|/, "").replace(/\|\s*$/, "");
}
