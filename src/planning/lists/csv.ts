import { parse } from "csv-parse/sync";
import { emailOf } from "../../domain/email.ts";
import { AppError } from "../../domain/error.ts";
import { clean } from "../../domain/text.ts";
import { type Invitee, type Roster, type RosterProblem, withoutDoubles } from "./roster.ts";

const COLUMNS = ["email", "role", "team", "fullName"] as const;
type Column = (typeof COLUMNS)[number];

/** How rosters name a role; a guest is on boards and not in the workspace. */
const ROLES: ReadonlyMap<string, string> = new Map([
  ["", ""],
  ["member", "normal"],
  ["normal", "normal"],
  ["admin", "admin"],
  ["observer", "observer"],
  ["guest", "guest"],
]);

/**
 * Reads `email,role,team[,fullName]` (RFC 4180), separated by commas, semicolons or tabs, with or without a byte
 * order mark, in any order of columns. Each line is a record of its own, so that an unclosed quote spoils one person
 * and not the rest. Wrong lines are named and the others unharmed; INPUT_INVALID only where the header has no email.
 */
export function readCsv(text: string): Roster {
  return withoutDoubles(readRows(text, invitee));
}

/**
 * Reads the emails of any CSV with a column `email`, whatever its other columns hold. A line with more or fewer fields
 * than the header is wrong here too: something in it has moved, and another column may stand where the email should.
 */
export function readEmailColumn(text: string): Roster {
  return readRows(text, (value) => {
    const email = emailOf(value("email"));
    return email ? { email } : NO_EMAIL;
  });
}

/** Whether a text is a CSV with emails: its first line names a column of them and holds none. */
export function isCsv(text: string): boolean {
  const header = linesOf(text).find((line) => line.trim() !== "") ?? "";
  return !header.includes("@") && /\be[\s_-]?mails?\b/i.test(header);
}

const NO_EMAIL = "not an email address";

function linesOf(text: string): readonly string[] {
  return text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
}

/** What a line says by column, empty where it has no such column; or why it cannot be read. */
type ReadRow = (value: (column: Column) => string) => Omit<Invitee, "line"> | string;

function readRows(text: string, read: ReadRow): Roster {
  const lines = linesOf(text);
  const start = lines.findIndex((line) => line.trim() !== "");
  if (start < 0) return { invitees: [], problems: [] };
  const delimiter = delimiterOf(lines[start] as string);
  const columns = columnsOf(record(lines[start] as string, delimiter));

  const invitees: Invitee[] = [];
  const problems: RosterProblem[] = [];
  for (const [index, line] of lines.entries()) {
    if (index <= start || line.trim() === "") continue;
    const found = row(record(line, delimiter), columns, read);
    if (typeof found === "string") problems.push({ line: index + 1, text: clean(line, 80), why: found });
    else invitees.push({ line: index + 1, ...found });
  }
  return { invitees, problems };
}

/** The fields of one line, or null where its quotes do not fit. */
function record(line: string, delimiter: string): readonly string[] | null {
  try {
    const [fields] = parse(line, { delimiter, relax_column_count: true, trim: true });
    return fields ?? [];
  } catch {
    return null;
  }
}

function delimiterOf(header: string): string {
  const counts = [",", ";", "\t"].map((delimiter) => ({ delimiter, count: header.split(delimiter).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
}

function columnsOf(header: readonly string[] | null): readonly (Column | null)[] {
  const names = (header ?? []).map((name) => name.toLowerCase().replaceAll(/[\s_-]/g, ""));
  const columns = names.map((name) => COLUMNS.find((column) => column.toLowerCase() === name) ?? null);
  if (columns.includes("email")) return columns;
  throw new AppError("INPUT_INVALID", "The first line of the CSV does not name a column `email`.", {
    next: "Name the column with the emails `email`, as in `email,role,team`, and call again.",
  });
}

function row(
  fields: readonly string[] | null,
  columns: readonly (Column | null)[],
  read: ReadRow,
): ReturnType<ReadRow> {
  if (!fields) return "its quotes do not fit";
  if (fields.length !== columns.length)
    return `has ${fields.length} fields where the header has ${columns.length}`;
  return read((column) => fields[columns.indexOf(column)] ?? "");
}

function invitee(value: (column: Column) => string): ReturnType<ReadRow> {
  const email = emailOf(value("email"));
  if (!email) return NO_EMAIL;
  const role = ROLES.get(value("role").toLowerCase());
  if (role === undefined) return `role is none of ${[...ROLES.keys()].filter(Boolean).join(", ")}`;
  const team = clean(value("team"));
  const fullName = clean(value("fullName"));
  return { email, ...(role && { role }), ...(team && { team }), ...(fullName && { fullName }) };
}
