import { z } from "zod";
import { AppError } from "../domain/error.ts";
import type { Roster, RosterPerson } from "../domain/roster.ts";
import { clean, listNames } from "../domain/text.ts";
import { readPeople } from "../planning/lists/paste.ts";
import { type ListedPerson, problemLines } from "../planning/lists/roster.ts";

/** A pasted roster may have at most 20,000 rows. */
const MOST_ROWS = 20_000;

/**
 * Reads a pasted roster: CSV with a header, or a JSON array of objects. If a row cannot be read, the roster is marked
 * as not complete. Throws INPUT_INVALID if no row has an email, because such a roster cannot prove who should have
 * access.
 */
export function textRoster(text: string, column?: string): Roster {
  const { people, problems, notes } = readPeople(csvOf(text), {
    table: true,
    also: ["role", "team", "department"],
    column,
  });
  if (people.length + problems.length > MOST_ROWS) {
    throw new AppError("INPUT_INVALID", `The roster has more than ${MOST_ROWS} rows.`, {
      next: "Leave out people who need no workspace. Or let this server read the roster from a directory: from SCIM, or from a roster in IDENTITY_CONNECTIONS_FILE.",
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
    notes: unknownLines(people),
    gaps: [
      ...problemLines(problems),
      ...notes.filter((note) => !/^(Columns not read|Status not known)/.test(note)),
      ...(nameless.length > 0
        ? [
            `Rows of the roster without an email, so it is not certain to whom they belong: ${nameless.length}.`,
          ]
        : []),
    ],
  };
}

/**
 * Sentences about rows with a status that this server does not know. The people of these rows are still on the roster,
 * and nothing is concluded from the status.
 */
function unknownLines(people: readonly ListedPerson[]): readonly string[] {
  const odd = people.flatMap((person) => {
    const { status, says } = statusOf(person);
    return status === "unknown" ? [`line ${person.line} (${clean(says ?? "", 40)})`] : [];
  });
  if (odd.length === 0) return [];
  return [
    `The status of these rows is not known, so these people neither join, move nor leave: ${listNames(odd)}.`,
  ];
}

function personOf(listed: ListedPerson): RosterPerson {
  const { line, kind, value, fullName, role, teams } = listed;
  return {
    row: `line ${line}`,
    emails: kind === "email" ? [value] : [],
    name: clean(fullName ?? (kind === "name" ? value : "")),
    ...statusOf(listed),
    accountId: null,
    role: role ?? null,
    ...(teams.length > 0 && { teams }),
  };
}

/** Words in a status column that mean that the person has left for good. Other words for "inactive" mean `blocked`. */
const LEFT =
  /\b(left|leaver|terminated|deleted|deprovisioned|resigned|former|offboarded|ausgeschieden|parti)\b/i;

function statusOf({ gone, guessed, soon, unsure }: ListedPerson): Pick<RosterPerson, "status" | "says"> {
  // A column with an unknown heading may be about something else than the status. So its words never mean that the
  // person has left.
  if (gone !== undefined && guessed) return { status: "unknown", says: gone };
  if (gone !== undefined) return { status: LEFT.test(gone) ? "gone" : "blocked", says: gone };
  if (soon !== undefined) return { status: "not_yet", says: soon };
  return unsure === undefined ? { status: "active", says: null } : { status: "unknown", says: unsure };
}

const jsonRows = z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])));

/**
 * Turns JSON rows into CSV. A text that is not JSON is returned unchanged. INPUT_INVALID if the JSON is not a list of
 * rows.
 */
function csvOf(text: string): string {
  if (!/^\s*\[\s*\{/.test(text)) return text;
  const parsed = jsonRows.safeParse(jsonIn(text));
  if (!parsed.success) {
    throw new AppError(
      "INPUT_INVALID",
      "The roster looks like JSON, but it is not a list of objects with simple values.",
      {
        next: 'Give [{"email": "jane@example.com", "name": "Jane Doe", "status": "active"}], or CSV with a header.',
      },
    );
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
