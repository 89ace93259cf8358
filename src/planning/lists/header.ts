import { AppError } from "../../domain/error.ts";
import { clean, listNames } from "../../domain/text.ts";
import { csvRecords, DELIMITERS, type Delimiter } from "./csv.ts";
import {
  EMAIL,
  FAMILY_NAME,
  FORM,
  GIVEN_NAME,
  ID,
  isBeside,
  LOGIN,
  NAME,
  NEUTRAL,
  PERSON,
  ROLE,
  SECONDARY,
  TEAM,
  TRELLO_USERNAME,
  wordsOf,
} from "./words.ts";
import { ACTIVE, GONE } from "./status-words.ts";

/**
 * What a column contains:
 * - `beside`: people other than the person of the row, such as the manager.
 * - `secondary`: a private email of the person.
 * - `person`: the person, but the heading does not say whether by email, id or name.
 */
export type ColumnKind =
  | "email"
  | "secondary"
  | "login"
  | "username"
  | "id"
  | "person"
  | "name"
  | "given"
  | "family"
  | "role"
  | "team"
  | "department"
  | "active"
  | "gone"
  | "beside"
  | "unknown";

export interface Column {
  readonly index: number;
  /** The heading as the list has it, without control characters. */
  readonly title: string;
  readonly kind: ColumnKind;
}

export interface Header {
  readonly line: number;
  readonly delimiter: Delimiter;
  readonly columns: readonly Column[];
}

/**
 * Whether a column does not help to identify a person: its heading is unknown, or it contains departments. A roster
 * uses departments only as teams.
 */
export function isUnread(kind: ColumnKind): boolean {
  return kind === "unknown" || kind === "department";
}

const DEPARTMENT: ReadonlySet<string> = new Set(
  "department dept abteilung departement departamento reparto afdeling".split(" "),
);

const KINDS: readonly (readonly [ColumnKind, ReadonlySet<string>])[] = [
  ["username", TRELLO_USERNAME],
  ["login", LOGIN],
  ["email", EMAIL],
  ["given", GIVEN_NAME],
  ["family", FAMILY_NAME],
  ["name", NAME],
  ["id", ID],
  ["role", ROLE],
  ["team", TEAM],
  ["department", DEPARTMENT],
  ["gone", GONE],
  ["active", ACTIVE],
];

/**
 * Finds out from the heading what a column contains. If a word of the heading is unknown, the column is not used,
 * because it may be about other people.
 */
export function columnKind(title: string): ColumnKind {
  // Some headings have a part in brackets: Entra writes `User name [userPrincipalName] Required`, Google `Email Address
  // [Required]`. The words outside the brackets are looked up first. If they are unknown, the words inside are looked
  // up.
  const inner = /[[(]([^\])]*)[\])]/.exec(title)?.[1] ?? "";
  const outer = title.replaceAll(/[[(][^\])]*[\])]/g, " ");
  if (isBeside(wordsOf(title))) return "beside";
  const kind = kindOf(wordsOf(outer));
  return kind === "unknown" ? kindOf(wordsOf(inner)) : kind;
}

function kindOf(all: readonly string[]): ColumnKind {
  const words = all.filter((word) => !FORM.has(word));
  const whole = lookUp(words.join(" "));
  if (whole) return whole;
  const telling = words.filter((word) => !NEUTRAL.has(word) && !SECONDARY.has(word));
  const core = telling.filter((word) => !PERSON.has(word));
  if (core.length === 0) return words.some((word) => PERSON.has(word)) ? "person" : "unknown";
  const kind = lookUp(telling.join(" ")) ?? lookUp(core.join(" ")) ?? "unknown";
  return kind === "email" && words.some((word) => SECONDARY.has(word)) ? "secondary" : kind;
}

function lookUp(phrase: string): ColumnKind | null {
  return KINDS.find(([, phrases]) => phrases.has(phrase))?.[0] ?? null;
}

const NAMES_PEOPLE = new Set<ColumnKind>(["email", "secondary", "login", "username", "id", "person", "name"]);

/** Whether a cell is the heading of a column that names people: the people of the rows, or others such as managers. */
export function isHeading(cell: string): boolean {
  const kind = columnKind(cell);
  return NAMES_PEOPLE.has(kind) || kind === "beside" || kind === "given" || kind === "family";
}

/**
 * Finds the heading line of a table: below a title, if there is one, and above the first line that names a person.
 * Returns null if there is no heading line. `column`: the caller's name for the column of people. `delimiter`: the
 * character between two cells, if a line such as `sep=;` names it; otherwise null.
 */
export function findHeader(
  lines: readonly string[],
  { column, delimiter }: { readonly column?: string | undefined; readonly delimiter: Delimiter | null },
): Header | null {
  const end = lines.findIndex((line) => /@|(?<![0-9a-z])[0-9a-f]{24}(?![0-9a-z])/i.test(line));
  const above = end < 0 ? lines : lines.slice(0, end);
  const quotes = above.map((line) => (line.match(/"/g) ?? []).length);
  const headers = above.flatMap((line, index) => {
    // A line inside an open quote is a part of a cell. So it cannot be the heading.
    const isOpen = quotes.slice(0, index).reduce((sum, count) => sum + count, 0) % 2 === 1;
    return (isOpen ? null : headerOf(line, index + 1, column, delimiter)) ?? [];
  });
  const [first] = headers.toSorted((a, b) => weight(b) - weight(a) || a.line - b.line);
  return first ?? null;
}

/**
 * How likely a line is the heading; the line with the highest number is used. A column that names people counts most,
 * then the number of columns. So a title such as "Report by HR" gets a lower number than a real heading.
 */
function weight({ columns }: Header): number {
  const own = columns.some(({ kind }) => NAMES_PEOPLE.has(kind));
  return (own ? 2 : 0) + (columns.length > 1 ? 1 : 0);
}

function headerOf(
  line: string,
  number: number,
  column: string | undefined,
  only: Delimiter | null,
): Header | null {
  const known = ({ columns }: Header): number => columns.filter(({ kind }) => !isUnread(kind)).length;
  const present = DELIMITERS.filter((delimiter) => line.includes(delimiter));
  const readings = (only ? [only] : present.length > 0 ? present : [DELIMITERS[0]]).flatMap(
    (delimiter): Header[] => {
      const fields = csvRecords([line], delimiter).records[0]?.fields ?? [];
      const columns = fields.map((field, index) => ({
        index,
        title: clean(field, 60),
        kind: columnKind(field),
      }));
      const isHeader = columns.some(({ title }) => isHeading(title) || isNamed(title, column));
      return isHeader ? [{ line: number, delimiter, columns }] : [];
    },
  );
  return readings.toSorted((a, b) => known(b) - known(a) || b.columns.length - a.columns.length)[0] ?? null;
}

function isNamed(title: string, column: string | undefined): boolean {
  return column !== undefined && wordsOf(title).join(" ") === wordsOf(column).join(" ") && title !== "";
}

/**
 * The kinds of columns that can name the person of a row, the most certain kind first. The first kind in this list that
 * the table has is used.
 */
const BY_CERTAINTY: readonly ColumnKind[] = [
  "email",
  "username",
  "login",
  "person",
  "id",
  "secondary",
  "name",
];

/**
 * Finds the column that names the person of each row. Throws INPUT_INVALID with a list of the columns if no column or
 * several columns are possible.
 */
export function personColumn({ columns }: Header, column: string | undefined): Column {
  if (column !== undefined) return columnNamed(columns, column);
  for (const kind of BY_CERTAINTY) {
    const found = columns.filter((each) => each.kind === kind);
    const [only] = found;
    if (only && found.length === 1) return only;
    if (found.length > 1) throw whichColumn(found, "Which column names the people");
  }
  throw whichColumn(columns, "No column has a name that this server knows. Which column names the people");
}

function columnNamed(columns: readonly Column[], column: string): Column {
  const found = columns.filter(({ title }) => isNamed(title, column));
  const numbered = found.length === 0 && /^\d+$/.test(column) ? columns[Number(column) - 1] : undefined;
  const only = found.length === 1 ? found[0] : numbered;
  if (only) return only;
  throw found.length > 1
    ? whichColumn(found, `Several columns are called ${clean(column, 60)}. Which one names the people`)
    : whichColumn(columns, `No column is called ${clean(column, 60)}. Which one names the people`);
}

/** The error INPUT_INVALID, which asks the caller for the column that names the people. */
export function whichColumn(columns: readonly Pick<Column, "index" | "title">[], question: string): AppError {
  const twice = new Set(columns.map(({ title }) => title.toLowerCase())).size < columns.length;
  const names = columns.map(({ index, title }) =>
    twice || title === "" ? `${index + 1} (${title})` : title,
  );
  return new AppError("INPUT_INVALID", `${question}: ${listNames(names, 20)}?`, {
    next: "Call again with `column` set to the header or number of the column that names the people.",
    details: { columns: names.slice(0, 50) },
  });
}
