import type { PlanContext } from "../../domain/planning.ts";
import { clean, plural, titledList } from "../../domain/text.ts";
import type { BoardSnapshot, WorkspaceSnapshot } from "../../domain/trello.ts";
import { labelOf, type Person, withGuestNames } from "../../people/person.ts";
import { peopleOfGroup, requireScimGroup } from "../../people/scim-groups.ts";
import { userEmail, usersHere } from "../../people/users-here.ts";
import { boardsOf } from "../../people/boards.ts";
import { boardsOfTeam, teamBoardsIn } from "../../people/team-boards.ts";
import type { ListedPerson } from "./roster.ts";

/** The people of a SCIM Group who are in a workspace. */
export interface Team {
  readonly name: string;
  /** The people who were found in the workspace. `identifiedBy` is set if a person was found by full name only. */
  readonly people: readonly Person[];
  /**
   * Emails of people of the Group who were not found in the workspace, neither by account id or email nor by full name.
   */
  readonly missing: readonly string[];
  /** Emails that belong to several members. For such an email, no member is chosen. */
  readonly disputed: readonly string[];
  /** The people who were found by full name only, as `a@example.com as Ada (@ada)`. */
  readonly named: readonly string[];
}

/** Finds the active people of a SCIM Group in a workspace: by account id, by email, or by full name. */
export async function teamOf(
  group: string,
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<Team> {
  const found = await requireScimGroup(group, context.reads);
  const users = (await peopleOfGroup(found, context.reads)).filter(({ active }) => active !== false);
  const { certain, named, missing, disputed } = await usersHere(users, snapshot, context);
  const people = new Map([...certain.values(), ...named.values()].map((person) => [person.idMember, person]));
  return {
    name: clean(found.displayName),
    people: await withGuestNames([...people.values()], snapshot, context.reads),
    missing: missing.map(userEmail),
    disputed: disputed.map(userEmail),
    named: [...named].map(
      ([user, { member, idMember }]) => `${userEmail(user)} as ${labelOf(member, idMember)}`,
    ),
  };
}

/**
 * Lines about people of the Group who were found by full name only, were not found, or are linked to several members.
 * Each line says the next step.
 */
export function teamLines({ name, missing, disputed, named }: Team): readonly string[] {
  return [
    ...titledList(
      `In ${name}, ${plural(named.length, "person is", "people are")} found by the full name alone, because Trello hides emails. Check that each is the right person`,
      named,
    ),
    ...titledList(
      `In ${name}, ${plural(missing.length, "person is", "people are")} not found here by account, email or name. Search with find_member; invite those who are not members with invite_members`,
      missing,
    ),
    ...titledList(
      `In ${name}, ${plural(disputed.length, "person is", "people are")} linked to several members. Find the right member with find_member and add that member by id`,
      disputed,
    ),
  ];
}

/**
 * Returns the boards of a person: those for all people and those of the person's teams. The boards of a team are those
 * that the call names; otherwise those in the policy file. `names`: all teams in the list, so that each board is read
 * only once.
 */
export async function boardsByTeam(
  snapshot: WorkspaceSnapshot,
  args: {
    readonly boards?: readonly string[] | undefined;
    readonly teams?: Readonly<Record<string, readonly string[]>> | undefined;
  },
  names: readonly string[],
  context: PlanContext,
): Promise<(names: readonly string[]) => readonly BoardSnapshot[]> {
  const teams = new Map(
    Object.entries(args.teams ?? {}).map(([name, refs]) => [
      teamKey(name),
      boardsOf(snapshot, refs).map(({ id }) => id),
    ]),
  );
  for (const name of names) {
    if (teams.has(teamKey(name))) continue;
    teams.set(
      teamKey(name),
      teamBoardsIn(snapshot, [name], context).map(({ id }) => id),
    );
  }
  const everyone = boardsOf(snapshot, args.boards ?? []).map(({ id }) => id);
  const ids = [...new Set([...everyone, ...[...teams.values()].flat()])];
  const snapshots = new Map((await context.reads.trello.boards(ids)).map((board) => [board.board.id, board]));
  return (own) =>
    [...new Set([...everyone, ...own.flatMap((name) => teams.get(teamKey(name)) ?? [])])].flatMap(
      (id) => snapshots.get(id) ?? [],
    );
}

/**
 * Warns about each team without boards: neither `teams` in the call nor the policy file has the team. The people of
 * this team then get no team boards.
 */
export function withoutBoards(
  people: readonly ListedPerson[],
  teams: Readonly<Record<string, readonly string[]>> = {},
  context: Pick<PlanContext, "teamBoards">,
): readonly string[] {
  const mapped = new Set(Object.keys(teams).map(teamKey));
  const unmapped = new Map<string, { readonly name: string; count: number }>();
  for (const team of people.flatMap(({ teams: names }) => names)) {
    if (mapped.has(teamKey(team)) || boardsOfTeam(team, context).length > 0) continue;
    const row = unmapped.get(teamKey(team)) ?? { name: team, count: 0 };
    row.count += 1;
    unmapped.set(teamKey(team), row);
  }
  return [...unmapped.values()].map(
    ({ name, count }) =>
      `The team ${name} has no boards in \`teams\`, so its people (${count}) get no team boards. Add the team to \`teams\`.`,
  );
}

function teamKey(name: string): string {
  return name.trim().toLowerCase();
}
