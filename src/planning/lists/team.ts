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

/** A SCIM Group as a team of a workspace. */
export interface Team {
  readonly name: string;
  readonly people: readonly Person[];
  /** Emails that nothing links to a person of the workspace. */
  readonly missing: readonly string[];
  /** For a missing email: the one member with the same name, who may be that person with a hidden email. */
  readonly namesakes: ReadonlyMap<string, string>;
  /** Emails that are linked to more than one member, so none of them is chosen. */
  readonly disputed: readonly string[];
}

/** The active people of a SCIM Group in a workspace, joined by email. */
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

/** The people of a team who are not added, and what to do about each. Members must not be invited a second time. */
export function notAddedLines({ name, missing, namesakes, disputed }: Team): readonly string[] {
  const strangers = missing.filter((email) => !namesakes.has(email));
  return [
    ...listed(
      [...namesakes].map(([email, label]) => `${email} as ${label}`),
      `of ${name} may be members whose emails Trello hides, by their names; add them by id or username`,
    ),
    ...listed(
      strangers,
      `of ${name} are not known here by email or name; look with find_member, and invite those who are not in with invite_members and their emails`,
    ),
    ...listed(
      disputed,
      `of ${name} are linked to several members; add them by id, as find_member shows them`,
    ),
  ];
}

/** Labels of members by name, if one member alone has that name. `proven` members are left out: their emails are known. */
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

/** The boards that a person is put on: those for everyone and those of their teams. Each board is read once. */
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

/** One warning for each team that the list names and `teams` does not: it brings no one onto boards. */
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
      `No boards are given for the team ${name} (${count} of the list); name them in teams.`,
  );
}

function teamKey(name: string): string {
  return name.trim().toLowerCase();
}
