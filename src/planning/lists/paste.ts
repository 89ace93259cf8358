import { emailOf } from "../../domain/email.ts";
import { AppError } from "../../domain/error.ts";
import { clean, listNames } from "../../domain/text.ts";
import { type CsvRecord, csvRecords, DELIMITERS, type Delimiter } from "./csv.ts";
import { type PasteLine, readPasteLine } from "./paste-line.ts";
import { type ColumnKind, findHeader, type Header, personColumn, whichColumn } from "./header.ts";
import { assertNoRespondents } from "./form.ts";
import { assertOneKind } from "./marks.ts";
import { type ListedPerson, type PeopleList, withoutDuplicates } from "./roster.ts";
import { readTable } from "./table.ts";

export interface HowToRead {
  /** The heading or number of the column that names the people, if the caller gives it. */
  readonly column?: string | undefined;
  /** Columns that the caller needs in addition to the people, such as the role. */
  readonly also?: readonly ColumnKind[];
  /** Whether the caller says that the text is a table. A table must have a heading line. */
  readonly table?: boolean;
}

/**
 * Reads a list of people for every tool: a table or pasted text, as one text or as an array of texts. If a part of the
 * text is not understood, no person of the list is used. The error INPUT_INVALID then shows what was seen and asks.
 */
export function readPeople(input: string | readonly string[], how: HowToRead = {}): PeopleList {
  const { lines, delimiter } = linesOf(textOf(input));
  const header = findHeader(lines, { column: how.column, delimiter });
  if (header && header.columns.length > 1) {
    const person = personColumn(header, how.column);
    if (how.column === undefined) assertNoRespondents(lines, header, person);
    return withoutDuplicates(readTable(lines, header, person, how.also ?? []));
  }
  const start = header?.line ?? 0;
  if (header) personColumn(header, how.column);
  else if (how.column !== undefined) return withoutDuplicates(byNumber(lines, delimiter, how.column));
  else if (how.table && lines.some((line) => line.trim() !== "")) throw noHeading(lines, delimiter);
  const rows = lines.flatMap((line, index) =>
    index < start || line.trim() === "" ? [] : readPasteLine(line, index + 1),
  );
  assertOneKind(lines);
  assertNoColumns(rows, lines, { delimiter, hasHeader: header !== null });
  assertUnderstood(rows);
  const above = lines.slice(0, Math.max(start - 1, 0)).filter((line) => line.trim() !== "");
  return withoutDuplicates({
    people: rows.flatMap((row, index) =>
      typeof input === "string" ? markHeads(rows, index) : row.understood ? row.people : [],
    ),
    problems: rows.flatMap((row) =>
      row.understood
        ? row.problems
        : [{ line: row.line, text: clean(row.text, 80), why: "not understood as a person" }],
    ),
    notes:
      above.length > 0
        ? [
            `Not read, above the list: ${listNames(
              above.map((line) => clean(line, 80)),
              3,
            )}.`,
          ]
        : [],
  });
}

/** Joins an array into one text with a line for each entry. Some clients send the array as a JSON text. */
function textOf(input: string | readonly string[]): string {
  const given = typeof input === "string" ? (jsonArray(input) ?? input) : input;
  if (typeof given === "string") return given;
  return given.map((item) => item.replaceAll(LINE_END, " ")).join("\n");
}

function jsonArray(text: string): readonly string[] | null {
  if (!/^\s*\[\s*"/.test(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item): item is string => typeof item === "string")
      ? value
      : null;
  } catch {
    return null;
  }
}

const LINE_END = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g;

/**
 * The lines of a text. Lines that are meant for programs become empty: Excel's `sep=;`, Entra's `version:v1.0` and
 * Entra's example row.
 */
function linesOf(text: string): { readonly lines: readonly string[]; readonly delimiter: Delimiter | null } {
  const lines = text.replace(/^\uFEFF/, "").split(LINE_END);
  const separator = lines.flatMap((line) => /^"?sep=(.)"?\s*$/i.exec(line)?.[1] ?? [])[0];
  const isTemplate = lines.some((line) => VERSION.test(line));
  const isForProgram = (line: string): boolean =>
    /^"?sep=."?\s*$/i.test(line) || (isTemplate && (VERSION.test(line) || /^"?example:/i.test(line)));
  return {
    lines: lines.map((line) => (isForProgram(line) ? "" : line)),
    delimiter: DELIMITERS.find((each) => each === separator) ?? null,
  };
}

const VERSION = /^"?version:\s*v?[\d.]+"?[\s,;]*$/i;

/** Refuses pasted text that contains other words besides people, because it may be a letter about other people. */
function assertUnderstood(rows: readonly PasteLine[]): void {
  const odd = rows.filter(({ understood }) => !understood);
  const known = rows.flatMap(({ people }) => people.filter(({ kind }) => kind !== "name")).map(written);
  const seen = [...new Set([...known, ...odd.flatMap(({ text }) => emailsIn(text))])];
  if (odd.length === 0 || seen.length === 0) return;
  const text = listNames(
    odd.map((row) => `line ${row.line} (${clean(row.text, 80)})`),
    5,
    { separator: "; " },
  );
  throw new AppError(
    "INPUT_INVALID",
    `The list contains text that is not understood: ${text}. Seen in the list: ${listNames(seen, 20)}. It is not certain which of them are meant.`,
    {
      next: "Call again with only the people who are meant, one in each line: an email, `Name <email>`, @username or id. Or give a table with a header line.",
      details: { seen: seen.slice(0, 100) },
    },
  );
}

/**
 * Refuses lines that look like a table without a known heading, because one of its columns may be about other people.
 * Two lines with the same number of entries look like a table, and so does a line with several entries below a heading.
 */
function assertNoColumns(
  rows: readonly PasteLine[],
  lines: readonly string[],
  given: { readonly delimiter: Delimiter | null; readonly hasHeader: boolean },
): void {
  const isPerson = ({ kind }: ListedPerson): boolean => kind !== "name";
  if (!rows.some(({ people, understood }) => !understood || people.some(isPerson))) return;
  const several = rows.filter(({ parts }) => parts > 1);
  const isTwice = several.some(({ parts }, index) => several.findIndex((row) => row.parts === parts) < index);
  // What looks like the first name may be a heading that this server does not know. So the text may be a table if a
  // line below has several entries.
  const words = given.hasHeader ? -1 : rows.findIndex(({ people }) => !people.every(isPerson));
  const isBelow = (row: PasteLine): boolean => given.hasHeader || (words >= 0 && rows.indexOf(row) > words);
  const isTable = (): boolean => {
    const { records, fit } = shapeOf(lines, given.delimiter);
    return fit > 1 && fit === records.length;
  };
  const isSuspect =
    isTwice ||
    several.some((row) => isBelow(row) && row.people.some(isPerson)) ||
    (rows.some(({ understood }) => !understood) && isTable());
  if (!isSuspect) return;
  const error = whichColumn(
    firstRow(shapeOf(lines, given.delimiter).records),
    "This may be a table, but no line of it is a known header. Which column names the people",
  );
  throw new AppError("INPUT_INVALID", error.message, {
    next: `If each entry is a person who is meant, call again with one entry in each line. If not: ${error.next}`,
    details: error.details,
  });
}

function emailsIn(text: string): readonly string[] {
  return text.split(/[\s<>()[\],;:"'|]+/).flatMap((word) => emailOf(word.replace(/\.$/, "")) ?? []);
}

function written({ kind, value }: ListedPerson): string {
  return kind === "username" ? `@${value}` : value;
}

/**
 * Marks a name that stands alone in a line and has people below it. The name may be their heading. If an empty line
 * comes before it, the name may also be the beginning of a signature.
 */
function markHeads(rows: readonly PasteLine[], index: number): readonly ListedPerson[] {
  const { people, understood, line } = rows[index] ?? NO_LINE;
  if (!understood) return [];
  const heads = rows[index + 1]?.people.some(({ kind }) => kind !== "name") === true;
  const apart = index > 0 && (rows[index - 1]?.line ?? line) < line - 1;
  return heads
    ? people.map((person) =>
        person.kind === "name" ? { ...person, heads, ...(apart && { apart }) } : person,
      )
    : people;
}

const NO_LINE: Pick<PasteLine, "people" | "understood" | "line"> = { people: [], understood: false, line: 0 };

/** Reads a table without a heading. The caller gives the number of the column that names the people. */
function byNumber(lines: readonly string[], only: Delimiter | null, column: string): PeopleList {
  const { records, delimiter } = shapeOf(lines, only);
  const columns = firstRow(records).map(({ index, title }) => ({ index, title, kind: "unknown" as const }));
  const person = /^\d+$/.test(column) ? columns[Number(column) - 1] : undefined;
  if (!person)
    throw whichColumn(columns, `No column is called ${clean(column, 60)}. Which one names the people`);
  const header: Header = { line: 0, delimiter, columns: columns.map((each) => ({ ...each, title: "" })) };
  return {
    ...readTable(lines, header, person, []),
    notes: ["The table has no header; only the column that the call names was read."],
  };
}

function noHeading(lines: readonly string[], only: Delimiter | null): AppError {
  return whichColumn(
    firstRow(shapeOf(lines, only).records),
    "No line of the table is a header with a column `email`. Which column names the people",
  );
}

function firstRow(records: readonly CsvRecord[]) {
  return (records[0]?.fields ?? []).map((title, index) => ({ index, title: clean(title, 60) }));
}

/** Splits the lines by the separator with which most lines have the same number of fields. */
function shapeOf(lines: readonly string[], only: Delimiter | null) {
  const readings = (only ? [only] : DELIMITERS).map((delimiter) => {
    const { records } = csvRecords(lines, delimiter);
    const width = Math.max(1, ...records.map((record) => record.width));
    return {
      delimiter,
      records,
      fit: width === 1 ? 0 : records.filter((record) => record.width === width).length,
    };
  });
  return readings.reduce((best, next) => (next.fit > best.fit ? next : best));
}
