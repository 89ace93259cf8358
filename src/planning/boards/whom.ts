import { emailOf } from "../../domain/email.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { listNames } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { knownEmails } from "../../people/email-list.ts";
import { type Person, subjectOf } from "../../people/person.ts";
import { findListed, type NotFound } from "../lists/found.ts";
import { readPeople } from "../lists/paste.ts";
import { assertListSize, type PeopleList, problemLines, withoutGone } from "../lists/roster.ts";
import { teamLines, teamOf } from "../lists/team.ts";
import { guestLines, personComing } from "./coming.ts";

/** The most people of one call. */
export const MOST_PEOPLE = 100;

/** The people that a call wants on boards: one person, a list, or a SCIM Group. */
export interface WhomArgs {
  readonly member?: string | undefined;
  readonly members?: string | readonly string[] | undefined;
  readonly column?: string | undefined;
  readonly group?: string | undefined;
  /** Whether all people whom the call does not name must be removed from the boards. */
  readonly removeOthers?: boolean | undefined;
}

/** An email that belongs to no known member, so it is invited. */
export interface Newcomer {
  readonly email: string;
  readonly fullName?: string | undefined;
}

/** The people to add to boards, each once. */
export interface Whom extends PlanPart {
  readonly people: readonly Person[];
  /** People to invite by email. */
  readonly newcomers: readonly Newcomer[];
  /** Emails of a Group that belong to no member of the workspace, or to several. */
  readonly absent: readonly string[];
}

/** Finds the people that a call names. An email that belongs to no known member is invited. */
export async function whomOf(
  args: WhomArgs,
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<Whom> {
  if (args.group === undefined) return listed(args, snapshot, context);
  const team = await teamOf(args.group, snapshot, context);
  return {
    people: team.people,
    newcomers: [],
    absent: [...team.missing, ...team.disputed],
    warnings: teamLines(team),
    subjects: await gaining(team.people, context),
  };
}

async function listed(args: WhomArgs, snapshot: WorkspaceSnapshot, context: PlanContext): Promise<Whom> {
  if (args.member !== undefined) {
    const found = await comingOrNew(args.member, true, snapshot, context);
    if (found.person === null)
      return { people: [], newcomers: [found], absent: [], warnings: newLines([found]) };
    return {
      people: [found.person],
      newcomers: [],
      absent: [],
      subjects: await gaining([found.person], context),
      warnings: guestLines([found], snapshot),
    };
  }
  const list = withoutGone(readPeople(args.members ?? "", { column: args.column }));
  assertListSize(list, MOST_PEOPLE);
  const { found, missed } = await findListed(
    list,
    (query) => comingOrNew(query, false, snapshot, context),
    [snapshot],
    context,
  );
  if (args.removeOthers) assertAllCertain(list, missed);
  const coming = found.flatMap((each) => (each.person === null ? [] : [each]));
  const people = [...new Map(coming.map(({ person }) => [person.idMember, person])).values()];
  const names = new Map(list.people.map(({ value, fullName }) => [value, fullName]));
  const newcomers = found.flatMap((each) =>
    each.person === null ? [{ email: each.email, fullName: names.get(each.email) }] : [],
  );
  return {
    people,
    newcomers,
    absent: [],
    subjects: await gaining(people, context),
    warnings: [
      ...missed.map(({ query, why }) => `Skipped: ${query}: ${why}.`),
      ...problemLines(list.problems),
      ...list.notes,
      ...guestLines(coming, snapshot),
      ...newLines(newcomers),
    ],
  };
}

type Found =
  | { readonly person: Person; readonly isOutside: boolean }
  | { readonly person: null; readonly email: string };

/**
 * Finds the one person, or returns the email to invite. The email is returned in two cases: no person is found, or the
 * only person found is a ghost (an invited person without an account) that this server created by inviting this email.
 * In all other cases, throws the same errors as `requirePerson`.
 */
async function comingOrNew(
  query: string,
  names: boolean,
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<Found> {
  try {
    return await personComing(query, names, snapshot, context);
  } catch (thrown) {
    const email = emailOf(query);
    if (!(thrown instanceof AppError) || email === null) throw thrown;
    if (thrown.code === "NOT_FOUND") return { person: null, email };
    if (thrown.code !== "AMBIGUOUS") throw thrown;
    const invited = (await knownEmails([email], snapshot, context)).invited.get(email);
    const candidates = thrown.details["candidates"] as readonly { readonly id: string }[] | undefined;
    if (!invited || !candidates?.every(({ id }) => id === invited.idMember)) throw thrown;
    return { person: null, email };
  }
}

/**
 * Throws INPUT_INVALID if it is unclear which person an entry of the list means. With removeOthers, the plan removes
 * everyone who is not on the list. So a person whose entry was not understood would be removed from the boards too.
 */
function assertAllCertain({ problems }: PeopleList, missed: readonly NotFound[]): void {
  const unsure = [
    ...missed.map(({ query, why }) => `${query}: ${why}`),
    ...problems.map(({ line, why }) => `line ${line}: ${why}`),
  ];
  if (unsure.length === 0) return;
  throw new AppError(
    "INPUT_INVALID",
    `removeOthers needs a list in which every entry is certain. Not certain: ${listNames(unsure, 5, { separator: "; " })}.`,
    {
      next: "Search for each of these people with find_member. Then call again with ids, @usernames or emails.",
    },
  );
}

function newLines(newcomers: readonly Newcomer[]): readonly string[] {
  if (newcomers.length === 0) return [];
  const emails = listNames(newcomers.map(({ email }) => email));
  return [
    `Invited by email, as guests of the boards: ${emails}. Trello hides emails, so one of these people may already be a member: if so, name that person by @username instead.`,
  ];
}

/**
 * Marks people who are only added by the plan. They lose nothing, so the guards (checks of the policy) do not look at
 * them.
 */
async function gaining(people: readonly Person[], context: PlanContext) {
  return Promise.all(
    people.map(async (person) => ({ ...(await subjectOf(person, context)), gains: true as const })),
  );
}
