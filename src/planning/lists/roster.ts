import { AppError } from "../../domain/error.ts";
import { listNames, plural } from "../../domain/text.ts";

/** One person of a list, as written there. A name alone never proves who the person is. */
export interface ListedPerson {
  /** The number of the line, from 1; or the position in the array. */
  readonly line: number;
  readonly kind: "email" | "username" | "id" | "name";
  /** The email, id, username (without @) or name. Everything but a name is in lower case. */
  readonly value: string;
  readonly fullName?: string;
  readonly role?: string;
  readonly teams: readonly string[];
  /**
   * The word in the list that says that the person has left or is blocked, such as "Deactivated". Missing if there is
   * no such word.
   */
  readonly gone?: string;
  /**
   * Set if `gone` (the word about leaving) stands in a column with an unknown heading. The word may then be about
   * something else, such as a laptop.
   */
  readonly guessed?: true;
  /** The word in the list that says that the person has not started yet, such as "Pre-hire". */
  readonly soon?: string;
  /** A status in the list that this server does not know, such as "On leave". */
  readonly unsure?: string;
  /**
   * For a name that is alone in its line: whether the next line has people. The name may then be a heading for them.
   */
  readonly heads?: boolean;
  /**
   * For a name that is alone in its line: set if an empty line comes before it. The text from here on may then be a
   * signature or another list.
   */
  readonly apart?: boolean;
}

/** An entry of a list that cannot be used, and why. */
export interface ListProblem {
  readonly line: number;
  readonly text: string;
  readonly why: string;
}

/**
 * The people of a list, and the entries with a problem. Every row is in one of the two lists, so that no row gets lost.
 */
export interface PeopleList {
  readonly people: readonly ListedPerson[];
  readonly problems: readonly ListProblem[];
  /** Sentences about parts that were not read: columns, and lines above a table. */
  readonly notes: readonly string[];
}

/**
 * Joins the rows of each person into one entry. An export may have one row for each group of a person: then all teams
 * are collected. If a row only repeats the person, or has another role, it is reported as a problem.
 */
export function withoutDuplicates(list: PeopleList): PeopleList {
  const first = new Map<string, ListedPerson>();
  const problems = [...list.problems];
  for (const person of list.people) {
    const key = `${person.kind}:${person.value.toLowerCase()}`;
    const before = first.get(key);
    if (!before) {
      first.set(key, person);
      continue;
    }
    const why = difference(before, person);
    if (why === null) first.set(key, { ...before, teams: [...before.teams, ...newTeams(before, person)] });
    else problems.push({ line: person.line, text: person.value, why });
  }
  return {
    ...list,
    people: [...first.values()],
    problems: problems.toSorted((a, b) => a.line - b.line),
  };
}

/** Why a second row of a person is not used. null if the row only adds a team. */
function difference(before: ListedPerson, later: ListedPerson): string | null {
  if (later.role !== undefined && later.role !== before.role)
    return `another role (${later.role}) than on line ${before.line}. The role on line ${before.line} is used`;
  return newTeams(before, later).length === 0 ? `already on line ${before.line}` : null;
}

function newTeams(before: ListedPerson, later: ListedPerson): readonly string[] {
  const known = new Set(before.teams.map((team) => team.toLowerCase()));
  return later.teams.filter((team) => !known.has(team.toLowerCase()));
}

/**
 * If several people of the list have the same full name, removes the name from their invitations. Until a person signs
 * up, this server recognizes the person only by the name in the invitation, so the name must be unique.
 */
export function withOwnNames(people: readonly ListedPerson[]): readonly ListedPerson[] {
  const names = new Map<string, number>();
  for (const { fullName = "" } of people) names.set(fullName, (names.get(fullName) ?? 0) + 1);
  return people.map(({ fullName, ...rest }) =>
    fullName === undefined || (names.get(fullName) ?? 0) > 1 ? rest : { ...rest, fullName },
  );
}

/** An answer names at most 20 rows with problems; the others are only counted. */
const MOST_NAMED = 20;

/** One line for each row that is not used, and the reason; at most twenty lines. */
export function problemLines(problems: readonly ListProblem[]): readonly string[] {
  const lines = problems.map(
    ({ line, text, why }) => `Line ${line} skipped: ${why}${text ? ` (${text})` : ""}`,
  );
  const more = lines.length - MOST_NAMED;
  return more > 0 ? [...lines.slice(0, MOST_NAMED), `${more} more lines are skipped.`] : lines;
}

/** Refuses a list that is too long for one call, or that has no usable row. */
export function assertListSize({ people, problems }: PeopleList, most: number): void {
  const count = people.length + problems.length;
  if (count > most) {
    throw new AppError(
      "INPUT_INVALID",
      `The list has ${plural(count, "person", "people")}. One call takes ${most}.`,
      {
        next: "Split the list and call once for each part.",
      },
    );
  }
  if (people.length > 0) return;
  const wrong = problems.map(({ line, why }) => `line ${line}: ${why}`);
  const why = wrong.length === 0 ? "" : ` ${listNames([...new Set(wrong)], 3, { separator: "; " })}.`;
  throw new AppError("INPUT_INVALID", `No one on the list can be used.${why}`, {
    next: "Write one person in each line: an email, `Name <email>`, @username or id. Or give CSV with a header such as email,role,team.",
    ...(problems.length > 0 && { details: { problems: problems.slice(0, MOST_NAMED) } }),
  });
}

/** Moves people to `problems` if the status column of the list says that they have left or are blocked. */
export function withoutGone(list: PeopleList): PeopleList {
  const gone = list.people.filter((person) => person.gone !== undefined);
  return {
    ...list,
    people: list.people.filter((person) => person.gone === undefined),
    problems: [
      ...list.problems,
      ...gone.map(({ line, value, gone: says }) => ({ line, text: value, why: `the list says ${says}` })),
    ].toSorted((a, b) => a.line - b.line),
  };
}

/**
 * Refuses a list in which only some people are marked as having left, because it may be an export of all people. The
 * caller must call again with only the people to whom the call applies.
 */
export function assertOneStatus({ people }: PeopleList): void {
  const gone = people.filter((person) => person.gone !== undefined);
  const others = people.filter((person) => person.gone === undefined);
  if (gone.length === 0) assertKnownStatus(people);
  if (gone.length === 0 || others.length === 0) return;
  const names = (rows: readonly ListedPerson[]) =>
    listNames(
      rows.map(({ value }) => value),
      5,
    );
  throw new AppError(
    "INPUT_INVALID",
    `The list says that some people have left (${[...new Set(gone.map((row) => row.gone))].slice(0, 3).join(", ")}): ${names(gone)}. It does not say this about others: ${names(others)}. Which rows are meant?`,
    { next: "Call again with only the rows of the people who are meant." },
  );
}

/**
 * Refuses a list if its rows have different statuses and this server does not know one of them. The unknown status may
 * mean that the person has left.
 */
function assertKnownStatus(people: readonly ListedPerson[]): void {
  const odd = people.filter(({ unsure }) => unsure !== undefined);
  const isSame = new Set(people.map(({ unsure }) => unsure?.toLowerCase())).size < 2;
  if (odd.length === 0 || isSame) return;
  const named = listNames(
    odd.map(({ value, unsure }) => `${value} (${unsure})`),
    5,
  );
  throw new AppError(
    "INPUT_INVALID",
    `The list has different statuses, and this server does not know some of them: ${named}. Which rows are meant?`,
    { next: "Call again with only the rows of the people who are meant." },
  );
}
