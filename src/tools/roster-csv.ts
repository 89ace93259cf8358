import { parse } from "csv-parse/sync";
import { AppError } from "../domain/error.ts";
import { clean } from "../domain/text.ts";
import { emailOf, type Invitee, type Roster, type RosterProblem, withoutDoubles } from "./roster.ts";

const COLUMNS = ["email", "role", "team", "fullName"] as const;
type Column = (typeof COLUMNS)[number];

/** How rosters name a role; a guest is on boards and not in the workspace. */
const ROLES: Readonly<Record<string, string>> = {
  "": "",
  member: "normal",
  normal: "normal",
  admin: "admin",
  observer: "observer",
  guest: "guest",
};

/**
 * Reads `email,role,team[,fullName]` (RFC 4180), separated by commas, semicolons or tabs, with or without a byte
 * order mark, in any order of columns. Each line is a record of its own, so that an unclosed quote spoils one person
 * and not the rest. Wrong lines are named and the others unharmed; INPUT_INVALID only where the header has no email.
 */
export function readCsv(text: string): Roster {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  const start = lines.findIndex((line) => line.trim() !== "");
  if (start < 0) return { invitees: [], problems: [] };
  const delimiter = delimiterOf(lines[start] as string);
  const columns = columnsOf(record(lines[start] as string, delimiter));

  const invitees: Invitee[] = [];
  const problems: RosterProblem[] = [];
  for (const [index, line] of lines.entries()) {
    if (index <= start || line.trim() === "") continue;
    const read = row(record(line, delimiter), columns);
    if (typeof read === "string") problems.push({ line: index + 1, text: clean(line, 80), why: read });
    else invitees.push({ line: index + 1, ...read });
  }
  return withoutDoubles({ invitees, problems });
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
    next: "Start it with the line `email,role,team` (or `email,role,team,fullName`) and call again.",
  });
}

function row(
  fields: readonly string[] | null,
  columns: readonly (Column | null)[],
): Omit<Invitee, "line"> | string {
  if (!fields) return "its quotes do not fit";
  if (fields.length !== columns.length)
    return `has ${fields.length} fields where the header has ${columns.length}`;
  const value = (column: Column): string => fields[columns.indexOf(column)] ?? "";
  const email = emailOf(value("email"));
  if (!email) return "not an email address";
  const role = ROLES[value("role").toLowerCase()];
  if (role === undefined) return `role is none of ${Object.keys(ROLES).filter(Boolean).join(", ")}`;
  const team = clean(value("team"));
  const fullName = clean(value("fullName"));
  return { email, ...(role && { role }), ...(team && { team }), ...(fullName && { fullName }) };
}
