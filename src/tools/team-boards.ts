import type { BoardSnapshot, WorkspaceSnapshot } from "../domain/trello.ts";
import { boardsOf } from "./boards.ts";
import type { Invitee } from "./roster.ts";

/** The boards that a person of a team is put on: those for everyone and those of the team, each read once. */
export async function boardsByTeam(
  snapshot: WorkspaceSnapshot,
  args: {
    readonly boards?: readonly string[] | undefined;
    readonly teams?: Readonly<Record<string, readonly string[]>> | undefined;
  },
  read: (ids: readonly string[]) => Promise<readonly BoardSnapshot[]>,
): Promise<(team: string | undefined) => readonly BoardSnapshot[]> {
  const teams = new Map(
    Object.entries(args.teams ?? {}).map(([name, refs]) => [
      teamKey(name),
      boardsOf(snapshot, refs).map(({ id }) => id),
    ]),
  );
  const everyone = boardsOf(snapshot, args.boards ?? []).map(({ id }) => id);
  const ids = [...new Set([...everyone, ...[...teams.values()].flat()])];
  const snapshots = new Map((await read(ids)).map((board) => [board.board.id, board]));
  return (team) =>
    [...new Set([...everyone, ...(teams.get(teamKey(team ?? "")) ?? [])])].flatMap(
      (id) => snapshots.get(id) ?? [],
    );
}

/** Teams that a list names and `teams` does not: nobody comes onto boards for them, one warning each. */
export function withoutBoards(
  invitees: readonly Invitee[],
  teams: Readonly<Record<string, readonly string[]>> = {},
): readonly string[] {
  const mapped = new Set(Object.keys(teams).map(teamKey));
  const unmapped = new Map<string, { readonly name: string; people: number }>();
  for (const { team } of invitees) {
    if (team === undefined || mapped.has(teamKey(team))) continue;
    const row = unmapped.get(teamKey(team)) ?? { name: team, people: 0 };
    row.people += 1;
    unmapped.set(teamKey(team), row);
  }
  return [...unmapped.values()].map(
    ({ name, people }) =>
      `No boards are given for the team ${name} (${people} of the list); name them in teams.`,
  );
}

function teamKey(name: string): string {
  return name.trim().toLowerCase();
}
