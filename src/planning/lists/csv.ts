import { CsvError, parse } from "csv-parse/sync";

/** One record of a table. */
export interface CsvRecord {
  /** The line in the text at which the record begins; the first line is 1. */
  readonly line: number;
  /** The record's fields. Empty fields at its end are left out. */
  readonly fields: readonly string[];
  /** The number of fields in the text, including empty fields at the end. */
  readonly width: number;
  /** Whether an empty line stands before the record. */
  readonly apart: boolean;
}

export interface CsvText {
  readonly records: readonly CsvRecord[];
  /** The first line that was not read, because a quote is wrong or never ends. null if all lines were read. */
  readonly unreadFrom: number | null;
}

/** The characters that may separate fields: comma, semicolon, tab, bar. */
export const DELIMITERS = [",", ";", "\t", "|"] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/**
 * Reads lines as CSV records (RFC 4180). A field in quotes may contain line breaks. After a wrong quote, reading stops,
 * because the start of the next record is unknown. Empty records are left out. `firstLine` is the number of the first
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

/** Removes empty fields at the end. Spreadsheets write them to the right of the last column. */
function withoutEmptyEnd(fields: readonly string[]): readonly string[] {
  return fields.slice(0, fields.findLastIndex((field) => field !== "") + 1);
}

/**
 * Removes the bars at both ends of a row of a Markdown table. The line of dashes below the heading is dropped, because
 * it has no data.
 */
function withoutFrame(line: string): string {
  return /^[\s|:+-]*$/.test(line) ? "" : line.replace(/^\s*\|/, "").replace(/\|\s*$/, "");
}
