/** One person to invite, as somebody wrote it down. `line` counts from 1. */
export interface Invitee {
  readonly line: number;
  /** Lower case. */
  readonly email: string;
  readonly fullName?: string;
  readonly role?: string;
  readonly team?: string;
}

/** Something that was written and cannot be used, and why. */
export interface RosterProblem {
  readonly line: number;
  readonly text: string;
  readonly why: string;
}

/** Everything that was written is in one of the two, so that nobody is lost unseen. */
export interface Roster {
  readonly invitees: readonly Invitee[];
  readonly problems: readonly RosterProblem[];
}

/** The most people that one call takes. */
export const MOST_INVITEES = 500;

/**
 * A roster in which an email that came up twice is kept once; the later one is named as a problem. A name that several
 * people have is left out: until they sign up, an invitation is known again by its name alone.
 */
export function withoutDoubles(roster: Roster): Roster {
  const first = new Map<string, number>();
  const doubles: RosterProblem[] = [];
  const invitees = roster.invitees.filter(({ email, line }) => {
    const before = first.get(email);
    if (before === undefined) {
      first.set(email, line);
      return true;
    }
    doubles.push({ line, text: email, why: `already on line ${before}` });
    return false;
  });
  const names = new Map<string, number>();
  for (const { fullName = "" } of invitees) names.set(fullName, (names.get(fullName) ?? 0) + 1);
  const problems = [...roster.problems, ...doubles].sort((a, b) => a.line - b.line);
  return {
    invitees: invitees.map(({ fullName, ...rest }) =>
      fullName === undefined || (names.get(fullName) ?? 0) > 1 ? rest : { ...rest, fullName },
    ),
    problems,
  };
}
