import { type Effect, placeOf } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { clean, folded, listNames } from "../../domain/text.ts";
import { addScimGroupMember, createScimGroup } from "../../effects/scim-groups.ts";
import { everyUser } from "../../people/scim-directory.ts";
import { findScimGroup } from "../../people/scim-groups.ts";
import { findUserShowing, scimName } from "../../people/scim-users.ts";
import { askOptional } from "../../people/sources.ts";
import type { ListedPerson } from "./roster.ts";

/**
 * Up to 20 Users are looked up one by one. For more, the directory is read page by page, because that needs fewer
 * requests.
 */
const ONE_BY_ONE = 20;

/** A team in a list, with the emails of its people in lower case. */
interface ListedTeam {
  readonly name: string;
  readonly emails: readonly string[];
}

/** The User of an email. */
interface FoundUser {
  readonly id: string;
  readonly label: string;
}

/**
 * Plans to add the people of a list to the SCIM Groups of their teams, and to create missing Groups. If a person has no
 * SCIM User, the person is left out and the plan says that. Nothing is planned if no directory is configured, or if
 * this server may not change it.
 */
export async function planTeamGroups(
  people: readonly ListedPerson[],
  context: PlanContext,
): Promise<PlanPart> {
  const teams = teamsOf(people);
  if (teams.length === 0 || !context.reads.scim) return {};
  if (!context.mayChangeDirectory) {
    return {
      untouched: [
        "The SCIM Groups of the teams stay as they are, because this server may change only the allowed workspaces",
      ],
    };
  }
  const users = await usersWith([...new Set(teams.flatMap(({ emails }) => emails))], context);
  if (!users) return {};
  const parts = [];
  for (const team of teams) parts.push(await intoGroup(team, users, context));
  const without = new Set(teams.flatMap(({ emails }) => emails.filter((email) => !users.has(email))));
  return {
    effects: parts.flatMap(({ effects }) => effects ?? []),
    warnings: [...withoutUserLines([...without]), ...parts.flatMap(({ warnings }) => warnings ?? [])],
  };
}

function withoutUserLines(emails: readonly string[]): readonly string[] {
  if (emails.length === 0) return [];
  return [
    `Not added to the SCIM Group of their team, because they have no active SCIM User: ${listNames(emails, 5)}. Use scim_create_user with the Group.`,
  ];
}

function teamsOf(people: readonly ListedPerson[]): readonly ListedTeam[] {
  const teams = new Map<string, { readonly name: string; readonly emails: string[] }>();
  for (const { value, kind, teams: names } of people) {
    if (kind !== "email") continue;
    for (const name of names) {
      const team = teams.get(folded(name, 254)) ?? { name: name.trim(), emails: [] };
      team.emails.push(value.toLowerCase());
      teams.set(folded(name, 254), team);
    }
  }
  return [...teams.values()];
}

/** The active SCIM Users with the given emails; null if the directory does not answer. */
async function usersWith(
  emails: readonly string[],
  { reads }: PlanContext,
): Promise<ReadonlyMap<string, FoundUser> | null> {
  const found = new Map<string, FoundUser>();
  const put = (
    email: string,
    user: { readonly id: string; readonly active: boolean | null },
    name: string,
  ) => {
    if (user.active !== false) found.set(email, { id: user.id, label: `${clean(name)} <${email}>` });
  };
  if (emails.length > ONE_BY_ONE) {
    const all = await askOptional(reads, "scim", everyUser);
    if (!all) return null;
    for (const email of emails) {
      const user = all.users.get(all.byEmail.get(email) ?? "");
      if (user) put(email, user, user.name);
    }
    return found;
  }
  for (const email of emails) {
    const user = await askOptional(reads, "scim", () => findUserShowing(email, reads));
    if (user) put(email, user, scimName(user));
  }
  return found;
}

/** Plans to add the people of one team to its Group. */
async function intoGroup(
  { name, emails }: ListedTeam,
  users: ReadonlyMap<string, FoundUser>,
  { reads }: PlanContext,
): Promise<PlanPart> {
  const known = emails.flatMap((email) => users.get(email) ?? []);
  if (known.length === 0) return {};
  try {
    const group = await findScimGroup({ groupName: name }, reads);
    const inside = new Set(group?.members.map(({ value }) => value));
    const joining = known.filter(({ id }) => !inside.has(id));
    const effects: readonly Effect[] = group
      ? joining.map(({ id, label }) =>
          addScimGroupMember.make({
            target: { groupId: group.id, scimId: id },
            before: null,
            after: null,
            label,
            place: placeOf("group", { id: group.id, name: group.displayName }),
          }),
        )
      : [
          createScimGroup.make({
            target: { groupName: name },
            before: null,
            after: { members: joining.map(({ id }) => id) },
            label: clean(name),
          }),
        ];
    return { effects };
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "AMBIGUOUS") throw thrown;
    return {
      warnings: [
        `The team ${clean(name)} joins no Group, because several Groups have that name. Use scim_update_group with the id of the right Group.`,
      ],
    };
  }
}
