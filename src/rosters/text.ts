import { z } from "zod";
import { AppError } from "../domain/error.ts";
import type { Roster, RosterPerson, RosterStatus } from "../domain/roster.ts";
import { clean } from "../domain/text.ts";
import { readPeople } from "../planning/lists/read.ts";
import { type ListedPerson, problemLines } from "../planning/lists/roster.ts";

/** The most rows of one text. */
const MOST_ROWS = 20_000;

/**
 * A roster that was pasted: CSV with a header, or a JSON array of objects. Rows that are not understood are gaps.
 * INPUT_INVALID if no row names a person by an email, because then the roster could prove nothing about anyone.
 */
export function textRoster(text: string, column?: string): Roster {
  const { people, problems, notes } = readPeople(csvOf(text), { table: true, also: ["role"], column });
  if (people.length + problems.length > MOST_ROWS) {
    throw new AppError("INPUT_INVALID", `The roster has more than ${MOST_ROWS} rows.`, {
      next: "Leave out the people who are meant by no workspace, or use a directory as the roster.",
    });
  }
  const nameless = people.filter(({ kind }) => kind !== "email");
  if (nameless.length === people.length) {
    throw new AppError("INPUT_INVALID", "No row of the roster has an email.", {
      next: "Give a table with a column of emails, for example email,name,status,role.",
    });
  }
  return {
    name: "given roster",
    people: people.map(personOf),
    gaps: [
      ...problemLines(problems),
      ...notes.filter((note) => !note.startsWith("Columns not read")),
      ...(nameless.length > 0
        ? [
            `${nameless.length} rows of the roster have no email, so they are matched with no one for certain.`,
          ]
        : []),
    ],
  };
}

function personOf({ line, kind, value, fullName, role, gone }: ListedPerson): RosterPerson {
  return {
    row: `line ${line}`,
    emails: kind === "email" ? [value] : [],
    name: clean(fullName ?? (kind === "name" ? value : "")),
    status: statusOf(gone),
    says: gone ?? null,
    accountId: null,
    role: role ?? null,
  };
}

/** Words of people who left for good; all other words of a status column that shut a person out mean `blocked`. */
const LEFT =
  /\b(left|leaver|terminated|deleted|deprovisioned|resigned|former|offboarded|ausgeschieden|parti)\b/i;

function statusOf(gone: string | undefined): RosterStatus {
  if (gone === undefined) return "active";
  return LEFT.test(gone) ? "gone" : "blocked";
}

const jsonRows = z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])));

/** JSON rows as the CSV that they stand for; any other text as it is. INPUT_INVALID for JSON of another shape. */
function csvOf(text: string): string {
  if (!/^\s*\[\s*\{/.test(text)) return text;
  const parsed = jsonRows.safeParse(jsonIn(text));
  if (!parsed.success) {
    throw new AppError("INPUT_INVALID", "The roster looks like JSON and is not a list of flat objects.", {
      next: 'Give [{"email": "jane@example.com", "name": "Jane Doe", "status": "active"}], or CSV with a header.',
    });
  }
  const columns = [...new Set(parsed.data.flatMap((row) => Object.keys(row)))];
  const line = (cells: readonly string[]): string =>
    cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(",");
  return [
    line(columns),
    ...parsed.data.map((row) => line(columns.map((name) => String(row[name] ?? "")))),
  ].join("\n");
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
