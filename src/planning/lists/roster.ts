import { AppError } from "../../domain/error.ts";
import { listNames, plural } from "../../domain/text.ts";

/** One person of a list, as the list writes it. A name without an email or id is never certain to be one person. */
export interface ListedPerson {
  /** The line of the text, counted from 1; or the position in the array. */
  readonly line: number;
  readonly kind: "email" | "username" | "id" | "name";
  /** In lower case, except a name. A username is stored without its @. */
  readonly value: string;
  readonly fullName?: string;
  readonly role?: string;
  readonly teams: readonly string[];
  /** The word of the list that says that the person has left or is blocked, such as "Deactivated". */
  readonly gone?: string;
  /** Set for a name alone in its line: whether the next line names people. The name may then be their heading. */
  readonly heads?: boolean;
  /** Set for such a name below an empty line: the lines from there on may be a signature or another list. */
  readonly apart?: boolean;
}

/** An entry of a list that cannot be used, and why. */
export interface ListProblem {
  readonly line: number;
  readonly text: string;
  readonly why: string;
}

/** Every row of the list is in `people` or in `problems`, so no row is lost without a message. */
export interface PeopleList {
  readonly people: readonly ListedPerson[];
  readonly problems: readonly ListProblem[];
  /** Sentences about what was not read: columns, and lines above a table. */
  readonly notes: readonly string[];
}

/**
 * Makes a list with one entry for each person. An export may have one row for each group of a person, so the teams of
 * all rows are joined. A row that adds nothing, or asks for another role, becomes a problem.
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

/** Why a later row of a person is not used; null if the row only adds a team. */
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
 * Drops a name that several people have. Until a person signs up, this server recognizes the invitation only by its
 * name.
 */
export function withOwnNames(people: readonly ListedPerson[]): readonly ListedPerson[] {
  const names = new Map<string, number>();
  for (const { fullName = "" } of people) names.set(fullName, (names.get(fullName) ?? 0) + 1);
  return people.map(({ fullName, ...rest }) =>
    fullName === undefined || (names.get(fullName) ?? 0) > 1 ? rest : { ...rest, fullName },
  );
}

/** The most problem rows that an answer names. For the others it only gives their number. */
const MOST_NAMED = 20;

/** One line for each row that is skipped, at most twenty. */
export function problemLines(problems: readonly ListProblem[]): readonly string[] {
  const lines = problems.map(
    ({ line, text, why }) => `Line ${line} skipped: ${why}${text ? ` (${text})` : ""}`,
  );
  const more = lines.length - MOST_NAMED;
  return more > 0 ? [...lines.slice(0, MOST_NAMED), `${more} more lines are skipped.`] : lines;
}

/** Refuses a list with more people than one call can take, and a list in which no row can be used. */
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

/** Moves people from `people` to `problems` if the list's own status column says that they have left or are blocked. */
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
 * Refuses a list that says that some people have left and others have not. Such a list is an export of all people, so
 * the caller must say which rows are meant.
 */
export function assertOneStatus({ people }: PeopleList): void {
  const gone = people.filter((person) => person.gone !== undefined);
  const others = people.filter((person) => person.gone === undefined);
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
