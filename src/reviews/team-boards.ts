import type { Finding } from "../domain/review.ts";
import type { RosterPerson } from "../domain/roster.ts";
import { clean, folded, listNames } from "../domain/text.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import { boardsOfTeam, teamBoardsIn } from "../people/team-boards.ts";
import { finding, placeOf, type ReviewWorld } from "./finding.ts";
import type { Match } from "./match.ts";
import { hasAccess, type ReviewedPlace } from "./people.ts";
import { teamsOf } from "./roster-joiners.ts";

/**
 * Finds people whose boards differ from the boards of their team, as `team_boards` of the policy file lists them.
 * Either a board of the team is missing, or the person is on a board that only other teams have.
 * A person is checked only if it is certain which row of the roster is theirs, this row is active, and the policy lists
 * boards for one of the row's teams. There is one finding for each person and workspace.
 */
export function teamFindings(world: ReviewWorld): readonly Finding[] {
  if (world.teamBoards.size === 0) return [];
  const boardsIn = createBoards(world);
  return world.people.flatMap((person) => {
    const rows = world.matches.of(person.idMember).filter(isUsable);
    const teams = [...new Set(rows.flatMap(({ row }) => teamsOf(row)))];
    const known = teams.filter((team) => boardsOfTeam(team, world).length > 0);
    const says = rows.map(saysText).join(" ");
    if (known.length === 0) return [];
    return person.places.filter(hasAccess).flatMap((place) => {
      const lines = mismatches(place, known, boardsIn(place.snapshot));
      if (lines.length === 0) return [];
      const workspace = place.snapshot.workspace.id;
      const evidence = [says, ...lines];
      return [finding("team_board_mismatch", { person, places: [placeOf(place)], workspace, evidence })];
    });
  });
}

function isUsable({ row, confidence }: Match): boolean {
  return confidence === "certain" && row.status === "active" && teamsOf(row).length > 0;
}

function saysText({ roster, row, by }: Match): string {
  return `${roster.name} has the person in ${listNames(teamsOf(row))} (${row.row}, matched by ${by}).`;
}

interface TeamBoards {
  readonly team: string;
  readonly boards: readonly { readonly id: string; readonly name: string }[];
}

/**
 * For each team of the policy file, its open boards in one workspace. The boards are searched for once in each
 * workspace.
 */
function createBoards(world: ReviewWorld): (snapshot: WorkspaceSnapshot) => readonly TeamBoards[] {
  const found = new Map<WorkspaceSnapshot, readonly TeamBoards[]>();
  return (snapshot) => {
    const known =
      found.get(snapshot) ??
      [...world.teamBoards.keys()].map((team) => ({ team, boards: teamBoardsIn(snapshot, [team], world) }));
    found.set(snapshot, known);
    return known;
  };
}

function mismatches(
  { person, boards }: ReviewedPlace,
  own: NonNullable<RosterPerson["teams"]>,
  all: readonly TeamBoards[],
): readonly string[] {
  const keys = new Set(own.map((team) => folded(team, 254)));
  const isOwn = ({ team }: TeamBoards) => keys.has(folded(team, 254));
  const wanted = new Map(
    all.filter(isOwn).flatMap(({ boards: some }) => some.map(({ id, name }) => [id, name])),
  );
  const on = new Set(boards.map(({ id }) => id));
  // A guest does not have to be on every board of a team, so no board is missing for a guest.
  const missing = person.membership === null ? [] : [...wanted].filter(([id]) => !on.has(id));
  const extra = all
    .filter((each) => !isOwn(each))
    .flatMap(({ team, boards: some }) =>
      some.filter(({ id }) => on.has(id) && !wanted.has(id)).map((board) => ({ team, board })),
    );
  const named = (names: readonly string[]) => listNames([...new Set(names)].map((name) => clean(name)));
  return [
    ...(missing.length > 0 ? [`Not on the team's board: ${named(missing.map(([, name]) => name))}.`] : []),
    ...(extra.length > 0
      ? [
          `On a board of another team only: ${named(extra.map(({ board, team }) => `${board.name} (${team})`))}.`,
        ]
      : []),
  ];
}
