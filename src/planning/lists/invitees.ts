import { AppError } from "../../domain/error.ts";
import type { PlanContext } from "../../domain/planning.ts";
import type { ScimUser } from "../../domain/scim.ts";
import { clean } from "../../domain/text.ts";
import { peopleOfGroup, requireScimGroup } from "../../people/scim-groups.ts";
import { scimEmail, scimName } from "../../people/scim-users.ts";
import { boardsOfTeam } from "../../people/team-boards.ts";
import { readPeople } from "./paste.ts";
import { OF_INVITATION } from "./table.ts";
import {
  assertListSize,
  type ListedPerson,
  type ListProblem,
  type PeopleList,
  withoutDuplicates,
  withoutGone,
  withOwnNames,
} from "./roster.ts";

/** One call can invite at most 500 people. */
export const MOST_INVITEES = 500;

/** A list of people to invite. `users`: the Users, if the list is a SCIM Group. */
export interface InviteeList extends PeopleList {
  readonly users?: readonly ScimUser[];
}

/**
 * Reads the people to invite from pasted text, a table or a SCIM Group, each by email. Throws INPUT_INVALID if there
 * are none or too many.
 */
export async function readRoster(
  args: {
    readonly emails?: string | readonly string[] | undefined;
    readonly csv?: string | undefined;
    readonly column?: string | undefined;
    readonly group?: string | undefined;
  },
  context: PlanContext,
): Promise<InviteeList> {
  const roster: InviteeList =
    args.group === undefined
      ? withoutGone(
          readEmails(args.csv ?? args.emails ?? "", { column: args.column, table: args.csv !== undefined }),
        )
      : await rosterOfGroup(args.group, context);
  assertListSize(roster, MOST_INVITEES);
  return roster;
}

/** The emails of a list. An entry without an email is reported as a problem, because Trello invites only by email. */
export function readEmails(
  input: string | readonly string[],
  how: { readonly column?: string | undefined; readonly table?: boolean } = {},
): PeopleList {
  const list = readPeople(input, { ...how, also: OF_INVITATION });
  const emails = list.people.filter(({ kind }) => kind === "email");
  const head = list.people.find(({ heads, apart }, index) => heads && (index === 0 || apart));
  if (head && emails.length > 0) throw mayBeHeader(head);
  const others = list.people.filter(({ kind }) => kind !== "email");
  return {
    ...list,
    people: withOwnNames(emails),
    problems: [...list.problems, ...others.map(notByEmail)].toSorted((a, b) => a.line - b.line),
  };
}

/**
 * The error if a line that is no email, @username or id stands above lines with people. That line may be a heading or
 * the start of a signature. Then the people below it may not be meant, for example because they are managers.
 */
export function mayBeHeader({ line, value }: ListedPerson): AppError {
  const text = clean(value, 80);
  return new AppError(
    "INPUT_INVALID",
    `Line ${line} (${text}) is not an email, @username or id. It may be a header or a signature, so it is not certain that the people below it are meant.`,
    {
      next: "If all people below that line are meant, call again without the line. Otherwise call again with only the people who are meant.",
    },
  );
}

function notByEmail({ line, kind, value }: ListedPerson): ListProblem {
  return { line, text: clean(kind === "username" ? `@${value}` : value, 80), why: "not an email address" };
}

async function rosterOfGroup(group: string, context: PlanContext): Promise<InviteeList> {
  const { reads } = context;
  const found = await requireScimGroup(group, reads);
  const all = await peopleOfGroup(found, reads);
  const teams = boardsOfTeam(found.displayName, context).length > 0 ? [found.displayName] : [];
  const users = all.filter(({ active }) => active);
  const rows = users.map((user, index) => ({ line: index + 1, user, email: scimEmail(user) }));
  const list = withoutDuplicates({
    people: rows.flatMap(({ line, user, email }) =>
      email === null
        ? []
        : [{ line, kind: "email" as const, value: email, fullName: clean(scimName(user)), teams }],
    ),
    problems: rows.flatMap(({ line, user, email }) =>
      email === null ? [{ line, text: clean(user.userName, 80), why: "the User has no email address" }] : [],
    ),
    notes: [],
  });
  return { ...list, people: withOwnNames(list.people), users };
}
