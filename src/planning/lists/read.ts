import { AppError } from "../../domain/error.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { clean, listNames } from "../../domain/text.ts";
import { peopleOfGroup, requireScimGroup } from "../../people/scim-groups.ts";
import { scimEmail, scimName } from "../../people/scim-users.ts";
import { readCsv } from "./csv.ts";
import { readEmails } from "./emails.ts";
import { MOST_INVITEES, type Roster, type RosterProblem, withoutDoubles } from "./roster.ts";

/** Who is to be invited, as one of three lists says it: INPUT_INVALID where it names nobody or too many. */
export async function givenRoster(
  args: {
    readonly emails?: string | readonly string[] | undefined;
    readonly csv?: string | undefined;
    readonly group?: string | undefined;
  },
  context: PlanContext,
): Promise<Roster> {
  const roster = await read(args, context);
  checkSize(roster);
  return roster;
}

async function read(args: Parameters<typeof givenRoster>[0], { reads }: PlanContext): Promise<Roster> {
  if (args.csv !== undefined) return readCsv(args.csv);
  if (args.group === undefined) return readEmails(args.emails ?? "");
  const users = await peopleOfGroup(await requireScimGroup(args.group, reads), reads);
  const rows = users
    .filter(({ active }) => active)
    .map((user, index) => ({ line: index + 1, user, email: scimEmail(user) }));
  return withoutDoubles({
    invitees: rows.flatMap(({ line, user, email }) =>
      email === null ? [] : [{ line, email, fullName: clean(scimName(user)) }],
    ),
    problems: rows.flatMap(({ line, user, email }) =>
      email === null ? [{ line, text: clean(user.userName, 80), why: "the User has no email address" }] : [],
    ),
  });
}

function checkSize({ invitees, problems }: Roster): void {
  const count = invitees.length + problems.length;
  if (count > MOST_INVITEES) {
    throw new AppError("INPUT_INVALID", `The list has ${count} people; one call takes ${MOST_INVITEES}.`, {
      next: "Split it and call once for each part.",
    });
  }
  if (invitees.length > 0) return;
  throw new AppError("INPUT_INVALID", nobody(problems), {
    next: "Give emails separated by commas or lines, or CSV with the header email,role,team.",
    details: { problems: problems.slice(0, 20) },
  });
}

/** Why a whole list comes to nothing, with the first of what is wrong in it. */
function nobody(problems: readonly RosterProblem[]): string {
  if (problems.length === 0) return "There is no email address in that list.";
  const wrong = [...new Set(problems.map(({ line, why }) => `line ${line}: ${why}`))];
  return `Nobody of that list can be invited. ${listNames(wrong, 3, { separator: "; " })}.`;
}
