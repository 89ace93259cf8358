import type { PlanContext } from "../../domain/planning.ts";
import type { ScimUser } from "../../domain/scim.ts";
import { clean, listNames } from "../../domain/text.ts";
import type { BoardSnapshot, WorkspaceSnapshot } from "../../domain/trello.ts";
import { knownEmails } from "../../people/email-list.ts";
import { labelOf, type Person, withGuestNames } from "../../people/person.ts";
import { peopleOfGroup, requireScimGroup } from "../../people/scim-groups.ts";
import { scimEmail, scimName } from "../../people/scim-users.ts";
import { boardsOf } from "../../people/boards.ts";
import type { ListedPerson } from "./roster.ts";

/** A SCIM Group whose people are a team of a workspace. */
export interface Team {
  readonly name: string;
  readonly people: readonly Person[];
  /** Emails that no source links to a person of the workspace. */
  readonly missing: readonly string[];
  /**
   * For a missing email: the one member with the same name. Trello hides emails, so this member may be that person.
   */
  readonly namesakes: ReadonlyMap<string, string>;
  /** Emails that are linked to more than one member. None of these members is chosen. */
  readonly disputed: readonly string[];
}

/** Finds the active people of a SCIM Group in a workspace, by email. */
export async function teamOf(
  group: string,
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<Team> {
  const found = await requireScimGroup(group, context.reads);
  const active = (await peopleOfGroup(found, context.reads)).filter((user) => user.active !== false);
  const users = new Map(active.map((user) => [scimEmail(user) ?? clean(user.userName, 254), user]));
  const { people, disputed } = await knownEmails([...users.keys()], snapshot, context);
  const missing = [...users.keys()].filter((name) => !people.has(name) && !disputed.has(name));
  const proven = new Set([...people.values()].map(({ idMember }) => idMember));
  const labels = namesOf(snapshot, proven);
  return {
    name: clean(found.displayName),
    people: await withGuestNames([...new Set(people.values())], snapshot, context.reads),
    missing,
    namesakes: new Map(
      missing.flatMap((email) => {
        const label = labels.get(keyOf(users.get(email) as ScimUser));
        return label ? [[email, label] as const] : [];
      }),
    ),
    disputed: [...disputed.keys()],
  };
}

/**
 * Lines about the people of a team who are not added, with what to do about each. A member must not be invited a
 * second time.
 */
export function notAddedLines({ name, missing, namesakes, disputed }: Team): readonly string[] {
  const strangers = missing.filter((email) => !namesakes.has(email));
  return [
    ...listed(
      [...namesakes].map(([email, label]) => `${email} as ${label}`),
      `of ${name} have names of members whose emails Trello hides, so they may be these members. Add them by id or username`,
    ),
    ...listed(
      strangers,
      `of ${name} are not found here by email or name. Search with find_member; invite those who are not members with invite_members`,
    ),
    ...listed(
      disputed,
      `of ${name} are linked to several members. Find the right member with find_member and add that member by id`,
    ),
  ];
}

/**
 * The labels of members by name, if only one member has that name. `proven` members are not included, because their
 * emails are known.
 */
function namesOf(
  { memberships }: WorkspaceSnapshot,
  proven: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const labels = new Map<string, string | null>();
  for (const { idMember, member } of memberships) {
    const key = clean(member.fullName).toLowerCase();
    if (key === "" || member.memberType === "ghost") continue;
    labels.set(key, labels.has(key) || proven.has(idMember) ? null : labelOf(member, idMember));
  }
  return new Map([...labels].flatMap(([key, label]) => (label === null ? [] : [[key, label] as const])));
}

function keyOf(user: ScimUser): string {
  return clean(scimName(user)).toLowerCase();
}

function listed(emails: readonly string[], what: string): readonly string[] {
  if (emails.length === 0) return [];
  return [`${emails.length} ${what}: ${listNames(emails)}`];
}

/**
 * The boards for one person: the boards for everyone and the boards of the person's teams. Each board is read once.
 */
export async function boardsByTeam(
  snapshot: WorkspaceSnapshot,
  args: {
    readonly boards?: readonly string[] | undefined;
    readonly teams?: Readonly<Record<string, readonly string[]>> | undefined;
  },
  read: (ids: readonly string[]) => Promise<readonly BoardSnapshot[]>,
): Promise<(names: readonly string[]) => readonly BoardSnapshot[]> {
  const teams = new Map(
    Object.entries(args.teams ?? {}).map(([name, refs]) => [
      teamKey(name),
      boardsOf(snapshot, refs).map(({ id }) => id),
    ]),
  );
  const everyone = boardsOf(snapshot, args.boards ?? []).map(({ id }) => id);
  const ids = [...new Set([...everyone, ...[...teams.values()].flat()])];
  const snapshots = new Map((await read(ids)).map((board) => [board.board.id, board]));
  return (names) =>
    [...new Set([...everyone, ...names.flatMap((name) => teams.get(teamKey(name)) ?? [])])].flatMap(
      (id) => snapshots.get(id) ?? [],
    );
}

/** One warning for each team that the list names but `teams` does not: that team brings its people onto no board. */
export function withoutBoards(
  people: readonly ListedPerson[],
  teams: Readonly<Record<string, readonly string[]>> = {},
): readonly string[] {
  const mapped = new Set(Object.keys(teams).map(teamKey));
  const unmapped = new Map<string, { readonly name: string; count: number }>();
  for (const team of people.flatMap(({ teams: names }) => names)) {
    if (mapped.has(teamKey(team))) continue;
    const row = unmapped.get(teamKey(team)) ?? { name: team, count: 0 };
    row.count += 1;
    unmapped.set(teamKey(team), row);
  }
  return [...unmapped.values()].map(
    ({ name, count }) =>
      `The team ${name} has no boards in \`teams\`, so ${count} of the list get no team boards. Add the team to \`teams\`.`,
  );
}

function teamKey(name: string): string {
  return name.trim().toLowerCase();
}
