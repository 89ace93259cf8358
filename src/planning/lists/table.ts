import { AppError } from "../../domain/error.ts";
import { clean, listNames, plural } from "../../domain/text.ts";
import { type WrittenPerson, writtenPerson } from "../../domain/written-person.ts";
import { type CsvRecord, csvRecords } from "./csv.ts";
import { whyNotEmail } from "./paste-line.ts";
import { assertOneDecision } from "./decisions.ts";
import { type Column, type ColumnKind, type Header, isHeading, isUnread, whichColumn } from "./header.ts";
import { inOrder, isNameShaped } from "./names.ts";
import type { ListedPerson, ListProblem, PeopleList } from "./roster.ts";
import { statusColumns, statusOf, unknownStatuses } from "./statuses.ts";
import { isLabel, isNoName } from "./words.ts";

/** Columns that only invitations use: role and team. */
export const OF_INVITATION: readonly ColumnKind[] = ["role", "team"];
const OF_PERSON: readonly ColumnKind[] = ["name", "given", "family", "active", "gone"];

/** Words for roles in lists. A guest is on boards and not in the workspace. */
const ROLES: ReadonlyMap<string, string> = new Map([
  ["", ""],
  ["member", "normal"],
  ["normal", "normal"],
  ["admin", "admin"],
  ["observer", "observer"],
  ["guest", "guest"],
]);

/**
 * Reads the rows of a table below its heading. One column names the people. `also`: other columns that the caller
 * needs.
 */
export function readTable(
  lines: readonly string[],
  header: Header,
  person: Column,
  also: readonly ColumnKind[],
): PeopleList {
  // The rows are read together with the heading line, because that line shows whether rows have bars at both ends.
  const start = Math.max(header.line, 1);
  const { records: all, unreadFrom } = csvRecords(lines.slice(start - 1), header.delimiter, start);
  const records = all.filter(({ line }) => line > header.line);
  const people: ListedPerson[] = [];
  const problems: ListProblem[] = [];
  assertNoOtherEmails(records, header, person);
  // Only rosters read departments.
  assertOneDecision(records, header, person, also.includes("department"));
  const isStrict = namesOthers(records, header, person);
  const statuses = statusColumns(records, header, person);
  for (const record of records) {
    if (isRepeated(record, header)) continue;
    assertRow(record, header, person);
    const found = readRow(record, header, person, also, isStrict);
    if (typeof found !== "string") people.push({ ...found, ...statusOf(record, statuses) });
    else
      problems.push({ line: record.line, text: clean(record.fields.join(header.delimiter), 80), why: found });
  }
  if (unreadFrom !== null) {
    const why = "the quotes are not closed or are not valid CSV, so nothing from this line on was read";
    problems.push({ line: unreadFrom, text: clean(lines[unreadFrom - 1] ?? "", 80), why });
  }
  const notes = [...notesOf(lines, header, person, also), ...unknownStatuses(records, statuses)];
  return { people, problems, notes };
}

/**
 * Refuses a table if the emails in the known column are private addresses and an unknown column contains emails too.
 * The emails in the unknown column may be the work addresses.
 */
function assertNoOtherEmails(records: readonly CsvRecord[], { columns }: Header, person: Column): void {
  if (person.kind !== "secondary") return;
  const others = columns.filter(
    ({ index, kind }) => isUnread(kind) && records.some(({ fields }) => fields[index]?.includes("@")),
  );
  if (others.length > 0) throw whichColumn([person, ...others], "Which column names the people");
}

/** Whether a row repeats the heading. Such rows occur in tables that were joined from several files. */
function isRepeated({ fields }: CsvRecord, { columns }: Header): boolean {
  return columns.every(({ title }, index) => clean(fields[index] ?? "", 60) === title);
}

/**
 * Refuses a table that contains a line which is not one of its rows, such as a second heading, a label, or text below
 * the table. Rows near such a line may be about other people.
 */
function assertRow({ line, fields, width, apart }: CsvRecord, { columns }: Header, person: Column): void {
  const cell = fields[person.index] ?? "";
  const names = columns.filter(isOfName).map(({ index }) => fields[index] ?? "");
  const alone = columns.length > 1 && width === 1;
  const isRow =
    !(cell !== "" && isHeading(cell) && writtenPerson(cell) === null) &&
    !(isLabel(fields[0] ?? "") && writtenPerson(fields[0] ?? "") === null) &&
    !names.some((name) => isLabel(name) || isNoName(name)) &&
    !(apart && person.kind !== "name" && writtenPerson(cell) === null) &&
    !(alone && (apart || person.index > 0 || !isBarePerson(cell)));
  if (isRow) return;
  throw new AppError(
    "INPUT_INVALID",
    `Line ${line} is not a row of the table: ${clean(fields.join(" "), 80)}. It may be about other people than the rows above it.`,
    { next: "Call again with only the header and the rows of the people who are meant." },
  );
}

function isOfName({ kind }: Column): boolean {
  return kind === "name" || kind === "given" || kind === "family";
}

function isBarePerson(cell: string): boolean {
  const found = writtenPerson(cell);
  return found !== null && found.fullName === undefined;
}

const NAMES_OTHERS: readonly ColumnKind[] = ["beside", "email", "secondary", "login", "username", "person"];

/**
 * Whether a column other than `person` also names people. If it does, a row with too few fields is not used, because
 * its values may belong to other columns.
 */
function namesOthers(records: readonly CsvRecord[], { columns }: Header, person: Column): boolean {
  return columns.some(
    ({ index, kind }) =>
      index !== person.index &&
      (NAMES_OTHERS.includes(kind) || records.some(({ fields }) => fields[index]?.includes("@"))),
  );
}

function readRow(
  { line, fields, width }: CsvRecord,
  { columns }: Header,
  person: Column,
  also: readonly ColumnKind[],
  isStrict: boolean,
): ListedPerson | string {
  if (fields.length > columns.length || (width < columns.length && isStrict))
    return `has ${plural(width, "field")}; the header has ${columns.length}`;
  const cellsOf = (kind: ColumnKind): readonly string[] =>
    columns.flatMap((column) =>
      column.kind === kind && column.index !== person.index ? (fields[column.index] ?? "") : [],
    );
  const named = nameIn(cellsOf("name")[0] ?? "", cellsOf("given")[0] ?? "", cellsOf("family")[0] ?? "");
  const who = personIn(fields[person.index] ?? "", person.kind);
  if (typeof who === "string") return who;
  const fullName = who.fullName ?? named;
  const role = also.includes("role") ? ROLES.get((cellsOf("role")[0] ?? "").toLowerCase()) : "";
  if (role === undefined) return `the role is not one of ${[...ROLES.keys()].filter(Boolean).join(", ")}`;
  const asked = (kind: "team" | "department") =>
    also.includes(kind)
      ? cellsOf(kind)
          .map((team) => clean(team))
          .filter(Boolean)
      : [];
  return {
    line,
    kind: who.kind,
    value: who.value,
    teams: columns.some(({ kind }) => kind === "team") ? asked("team") : asked("department"),
    ...(fullName && { fullName }),
    ...(role && { role }),
  };
}

function nameIn(full: string, given: string, family: string): string {
  return clean(full === "" ? `${given} ${family}` : full);
}

/**
 * Reads the person in a cell. A word without @ counts as a username only in a column of Trello usernames, because other
 * systems have usernames too.
 */
function personIn(
  cell: string,
  kind: ColumnKind,
): WrittenPerson | Pick<ListedPerson, "kind" | "value" | "fullName"> | string {
  if (cell === "") return "the person is missing";
  const person = writtenPerson(cell);
  if (person)
    return person.fullName && !isNameShaped(person.fullName, true) ? "contains more than one person" : person;
  if (kind === "username" && /^[\w.-]{2,100}$/.test(cell))
    return { kind: "username", value: cell.toLowerCase() };
  const mayBeName = kind === "name" || kind === "person" || kind === "login" || isUnread(kind);
  return mayBeName && !/[@<>]/.test(cell) ? { kind: "name", value: inOrder(clean(cell)) } : whyNotEmail(cell);
}

function notesOf(
  lines: readonly string[],
  { line, columns }: Header,
  person: Column,
  also: readonly ColumnKind[],
): readonly string[] {
  const above = lines.slice(0, line - 1).filter((text) => text.trim() !== "");
  const unread = columns.filter(
    ({ index, kind }) => index !== person.index && ![...OF_PERSON, ...also].includes(kind),
  );
  return [
    ...(above.length > 0
      ? [
          `Not read, above the table: ${listNames(
            above.map((text) => clean(text, 80)),
            3,
          )}.`,
        ]
      : []),
    ...(unread.length > 0
      ? [`Columns not read: ${listNames(unread.map(({ title }) => title || "(no header)"))}.`]
      : []),
  ];
}
