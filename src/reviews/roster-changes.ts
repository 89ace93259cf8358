import { AppError } from "../domain/error.ts";
import type { Roster } from "../domain/roster.ts";
import { folded, listNames } from "../domain/text.ts";
import { statusOf } from "../people/person.ts";
import { type Match, matchRosters } from "./match.ts";
import type { ReviewedPerson } from "./people.ts";
import { type Joiner, joinersOf, teamsOf } from "./roster-joiners.ts";

/** A member whose team on the roster differs from the member's team in Trello today. */
export interface Mover {
  readonly person: ReviewedPerson;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly why: string;
}

/** A person who loses access. */
export interface RosterLeaver {
  readonly person: ReviewedPerson;
  readonly why: string;
}

/**
 * What must change so that Trello agrees with a roster. `joiners`, `movers` and `leavers` contain only people for whom
 * the change is certain.
 */
export interface RosterChanges {
  readonly joiners: readonly Joiner[];
  readonly movers: readonly Mover[];
  readonly leavers: readonly RosterLeaver[];
  /** Sentences about people for whom it is not certain what should happen. Nothing is planned for them. */
  readonly unsure: readonly string[];
}

export interface RosterQuestion {
  readonly people: readonly ReviewedPerson[];
  readonly roster: Roster;
  /** The same roster at an earlier time; null if there is none. */
  readonly earlier: Roster | null;
  /** How many people the roster had when a plan was last made from it; null if that is unknown. */
  readonly lastSize: number | null;
  /** The account that this server uses. It is never removed. */
  readonly owner: string;
  /**
   * The limit, in percent, for two numbers: how many of the people leave at once, and how many people fewer the roster
   * has than before. Above the limit, the roster itself may be wrong, so no plan is made.
   */
  readonly mostGonePercent: number;
  /** Teams that have boards. */
  readonly isTeam: (name: string) => boolean;
  /** The teams of a person in Trello today. A person is in a team if the person is on all boards of the team. */
  readonly teamsHeld: (person: ReviewedPerson) => readonly string[];
}

/**
 * Compares a roster with the people in Trello. POLICY_DENIED if the roster was not read completely, or if so many
 * people are missing from it that it may be incomplete.
 */
export function rosterChanges(question: RosterQuestion): RosterChanges {
  const { people, roster, earlier } = question;
  assertUsable(question);
  const unsure: string[] = [];
  const matches = matchRosters(people, [roster]);
  const before = earlier && matchRosters(people, [earlier]);
  const present = people.filter(isPresent);
  const leavers: RosterLeaver[] = [];
  const movers: Mover[] = [];
  const isAbsent = createAbsence(roster);
  const reading: Reading = { question, unsure };
  for (const person of present) {
    const [match] = matches.of(person.idMember);
    const [earlierMatch] = before?.of(person.idMember) ?? [];
    const why = match ? closedWhy(match, person, unsure) : isAbsent(person, earlierMatch, reading);
    if (why !== null && person.idMember === question.owner)
      unsure.push(`${person.label}: this server's own account is not removed. ${why}`);
    else if (why !== null) leavers.push({ person, why });
    const mover = match && moverOf(person, match, earlierMatch, reading);
    if (mover) movers.push(mover);
  }
  const sure = present.filter(({ idMember }) => matches.of(idMember)[0]?.confidence === "certain").length;
  assertFewGone(leavers, sure, question);
  const taken = new Set(people.flatMap(({ idMember }) => matches.of(idMember).map(({ row }) => row)));
  const joiners = joinersOf(taken, question, unsure);
  return { joiners, movers, leavers, unsure: [...matches.unclear, ...unsure] };
}

interface Reading {
  readonly question: RosterQuestion;
  readonly unsure: string[];
}

function denied(message: string, next: string): AppError {
  return new AppError("POLICY_DENIED", message, { next, details: { guard: "roster" } });
}

function assertUsable({ roster, earlier, lastSize, mostGonePercent }: RosterQuestion): void {
  const { name, people, gaps } = roster;
  if (people.length === 0)
    throw denied(`${name} has no people, so no plan is made.`, "Check the roster and its settings.");
  if (gaps.length > 0)
    throw denied(
      `${name} was not read completely, so no plan is made: ${listNames(gaps, 3, { separator: " " })}`,
      "Correct the roster, or try again later.",
    );
  const had = earlier?.people.length ?? lastSize ?? 0;
  const when = earlier ? "in the earlier review" : "when a plan was last made of it";
  if (had - people.length > 1 && 100 * (had - people.length) > mostGonePercent * had)
    throw denied(
      `${name} has ${people.length} people and had ${had} ${when}, so the list may be incomplete. The policy allows at most ${mostGonePercent} percent fewer at once. No plan is made.`,
      "Check the roster. If it is right, ask the administrator to raise limits.percent_of_workspace in the policy file.",
    );
}

/** Throws if too many people would leave at once. One person may always leave. */
function assertFewGone(
  leavers: readonly RosterLeaver[],
  sure: number,
  { roster, mostGonePercent }: RosterQuestion,
): void {
  const known = new Set(leavers.map(({ person }) => person.idMember)).size + sure;
  if (leavers.length <= 1 || 100 * leavers.length <= mostGonePercent * known) return;
  throw denied(
    `According to ${roster.name}, ${leavers.length} of ${known} known people would leave at once, and the policy allows ${mostGonePercent} percent. The roster may be incomplete. No plan is made.`,
    "Check the roster. If it is right, offboard people with offboard_member, or ask the administrator to raise limits.percent_of_workspace in the policy file.",
  );
}

/** Whether the person has access that could be taken away. A deactivated member has none. */
function isPresent({ places }: ReviewedPerson): boolean {
  return places.some(({ person, boards }) =>
    person.membership === null ? boards.length > 0 : statusOf(person) !== "deactivated",
  );
}

/** Why the row of a person shows that the person leaves. null if the row does not show it for certain. */
function closedWhy(
  { row, roster, by, confidence }: Match,
  { label }: ReviewedPerson,
  unsure: string[],
): string | null {
  if (row.status !== "gone" && row.status !== "blocked") return null;
  const says = `${roster.name} says ${row.says ?? row.status} (${row.row}, matched by ${by}).`;
  if (confidence === "certain") return says;
  unsure.push(`${label} may have left, but this is not certain: ${says}`);
  return null;
}

/**
 * Why a person without a row on the roster leaves. This is certain only if all emails of the person are known and none
 * of them is on the roster.
 */
function createAbsence(roster: Roster) {
  const listed = new Set(roster.people.flatMap(({ emails, weakEmails = [] }) => [...emails, ...weakEmails]));
  const domains = new Set(
    roster.people.flatMap(({ status, emails }) => (status === "active" ? emails.map(domainOf) : [])),
  );
  return (
    { emails, disputed, places, label }: ReviewedPerson,
    before: Match | undefined,
    { question: { earlier }, unsure }: Reading,
  ): string | null => {
    if (emails.length === 0 || [...emails, ...disputed].some((email) => listed.has(email))) return null;
    const absent = `${emails.join(", ")} is not on ${roster.name}`;
    if (earlier !== null) {
      if (before?.confidence !== "certain") return null;
      return `${absent} any more. In the earlier review, the person was on this roster (${before.row.row}, matched by ${before.by}).`;
    }
    const isOwn = emails.some((email) => domains.has(domainOf(email)));
    if (isOwn && places.some(({ person }) => person.membership !== null))
      return `${absent}, which was read completely.`;
    unsure.push(`${label}: ${absent}, but is a guest or has an email of another domain, so nothing is done.`);
    return null;
  };
}

function domainOf(email: string): string {
  return email.slice(email.lastIndexOf("@") + 1);
}

const keysOf = (teams: readonly string[]) => new Set(teams.map((team) => folded(team, 254)));

/**
 * The member's change from one team to another. null if the member's row on the roster is not active, names no team or
 * names the same teams. Also null if it is not certain that the row belongs to the member, or which teams changed.
 */
function moverOf(
  person: ReviewedPerson,
  { row, roster, by, confidence }: Match,
  before: Match | undefined,
  { question, unsure }: Reading,
): Mover | null {
  const to = teamsOf(row);
  if (confidence !== "certain" || row.status !== "active" || to.length === 0) return null;
  const own = keysOf(to);
  const without = (teams: readonly string[]) => teams.filter((team) => !own.has(folded(team, 254)));
  const held = keysOf(question.teamsHeld(person));
  const earlier =
    question.earlier === null ? null : before?.confidence === "certain" ? teamsOf(before.row) : [];
  // If there is no earlier roster, the boards in Trello decide: a person on all boards of a team counts as its member.
  const isThere = earlier === null && to.some((team) => held.has(folded(team, 254)));
  const from = isThere ? [] : without(earlier ?? question.teamsHeld(person));
  if (from.length === 0) return null;
  const says = `${roster.name} has ${person.label} in ${listNames(to)} (${row.row}, matched by ${by}), and ${earlier === null ? "the person is now on the boards of" : "the earlier review had the person in"} ${listNames(from)}.`;
  const unknown = to.filter((team) => !question.isTeam(team));
  if (unknown.length > 0 || (earlier === null && from.length > 1)) {
    const reason =
      unknown.length > 0
        ? `team_boards of the policy file has no team ${listNames(unknown)}`
        : "it is not certain which team was left";
    unsure.push(`${says} Nothing is done, because ${reason}.`);
    return null;
  }
  return { person, from, to, why: says };
}
