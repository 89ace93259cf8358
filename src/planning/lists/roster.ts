import { AppError } from "../../domain/error.ts";
import { listNames } from "../../domain/text.ts";

/** One person of a list, as written there. Of a name it is never certain whose it is. */
export interface ListedPerson {
  /** Counts from 1; of an array the place in it. */
  readonly line: number;
  readonly kind: "email" | "username" | "id" | "name";
  /** Lower case but for a name; a username without its @. */
  readonly value: string;
  readonly fullName?: string;
  readonly role?: string;
  readonly teams: readonly string[];
  /** What the list says of a person who is gone or shut out, such as "Deactivated". */
  readonly gone?: string;
  /** Of a name alone in its line: whether the next line names people, so that the name may be a heading of theirs. */
  readonly heads?: boolean;
}

/** A part of a list that cannot be used, and why. */
export interface ListProblem {
  readonly line: number;
  readonly text: string;
  readonly why: string;
}

/** Every row is in `people` or `problems`, so that no one is lost unseen. */
export interface PeopleList {
  readonly people: readonly ListedPerson[];
  readonly problems: readonly ListProblem[];
  /** What was not read, in sentences: columns, lines above a table. */
  readonly notes: readonly string[];
}

/**
 * A list in which each person is once. Exports have a row for each group of a person, so the teams of all rows count. A
 * row that says nothing new, or asks for another role, is named as a problem.
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

/** Why a later row of a person is not taken; null if it only adds a team. */
function difference(before: ListedPerson, later: ListedPerson): string | null {
  if (later.role !== undefined && later.role !== before.role)
    return `another role (${later.role}) than on line ${before.line}, which counts`;
  return newTeams(before, later).length === 0 ? `already on line ${before.line}` : null;
}

function newTeams(before: ListedPerson, later: ListedPerson): readonly string[] {
  const known = new Set(before.teams.map((team) => team.toLowerCase()));
  return later.teams.filter((team) => !known.has(team.toLowerCase()));
}

/** A name that several people have is left out: until they sign up, an invitation is known again by its name alone. */
export function withOwnNames(people: readonly ListedPerson[]): readonly ListedPerson[] {
  const names = new Map<string, number>();
  for (const { fullName = "" } of people) names.set(fullName, (names.get(fullName) ?? 0) + 1);
  return people.map(({ fullName, ...rest }) =>
    fullName === undefined || (names.get(fullName) ?? 0) > 1 ? rest : { ...rest, fullName },
  );
}

/** Problem rows that an answer names; above, only how many more there are. */
const MOST_NAMED = 20;

/** The rows that are left out, one line each, at most twenty. */
export function problemLines(problems: readonly ListProblem[]): readonly string[] {
  const lines = problems.map(
    ({ line, text, why }) => `Line ${line} skipped: ${why}${text ? ` (${text})` : ""}`,
  );
  const more = lines.length - MOST_NAMED;
  return more > 0 ? [...lines.slice(0, MOST_NAMED), `${more} more lines are skipped.`] : lines;
}

/** Refuses a list of more people than one call takes, and one of which no row can be used. */
export function assertListSize({ people, problems }: PeopleList, most: number): void {
  const count = people.length + problems.length;
  if (count > most) {
    throw new AppError("INPUT_INVALID", `The list has ${count} people; one call takes ${most}.`, {
      next: "Split it and call once for each part.",
    });
  }
  if (people.length > 0) return;
  const wrong = problems.map(({ line, why }) => `line ${line}: ${why}`);
  const why = wrong.length === 0 ? "" : ` ${listNames([...new Set(wrong)], 3, { separator: "; " })}.`;
  throw new AppError("INPUT_INVALID", `No one on the list can be used.${why}`, {
    next: "Give one person a line: an email, `Name <email>`, @username or id; or CSV with a header such as email,role,team.",
    ...(problems.length > 0 && { details: { problems: problems.slice(0, MOST_NAMED) } }),
  });
}

/** A list without the people who are gone or shut out as its own status column says; they are named as problems. */
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
 * Refuses a list that says of some people that they are gone and of others that they are not: it is an export of
 * everybody, and which of its rows are meant is for the caller to say.
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
    `The list says of ${gone.length} people that they are gone (${[...new Set(gone.map((row) => row.gone))].slice(0, 3).join(", ")}): ${names(gone)}. Of ${others.length} it does not: ${names(others)}. Which rows are meant?`,
    { next: "Call again with only the rows of the people who are meant." },
  );
}
