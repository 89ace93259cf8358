import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft, PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import type { Roster } from "../../domain/roster.ts";
import { clean, listNames, plural, titledList } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { inviteeFor, knownEmails } from "../../people/email-list.ts";
import { blindSpotsOf, borderLines } from "../../people/person.ts";
import { readWorkspaces } from "../../people/readable.ts";
import { silentSources } from "../../people/sources.ts";
import { requireWorkspace } from "../../people/workspaces.ts";
import { boardsOfTeam, teamBoardsIn } from "../../people/team-boards.ts";
import { type InvitationRequest, planInvitations } from "../../planning/invitations/invite.ts";
import { planTeamGroups } from "../../planning/lists/team-groups.ts";
import { planTeamMoves } from "../../planning/lists/team-moves.ts";
import { boardsByTeam } from "../../planning/lists/team.ts";
import { planRosterLeavers } from "../../planning/offboarding/roster-leavers.ts";
import { combine } from "../../planning/plan-part.ts";
import { reviewedPeople, type ReviewedPerson } from "../../reviews/people.ts";
import { requireReview } from "../../reviews/review.ts";
import { rosterChanges } from "../../reviews/roster-changes.ts";
import type { Joiner } from "../../reviews/roster-joiners.ts";
import { readNamedRosters } from "../../rosters/named.ts";
import { textRoster } from "../../rosters/text.ts";
import { defineTool } from "../define.ts";
import { column, workspace, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "plan_roster_changes",
  title: "Plan roster changes",
  description:
    "Plans what a roster changes: invites joiners, moves people between teams (team_boards), offboards leavers. People who are not certain are named and not changed.",
  toolset: "reviews",
  effect: "delete",
  makes: [
    { op: "invite_workspace_member", direction: "gives" },
    { op: "invite_workspace_member", direction: "gives", grantsAdmin: true },
    { op: "invite_board_member", direction: "gives" },
    { op: "set_workspace_member", direction: "gives" },
    { op: "set_workspace_member", direction: "gives", grantsAdmin: true },
    { op: "set_board_member", direction: "gives" },
    { op: "add_scim_group_member", direction: "gives", along: true },
    { op: "create_scim_group", direction: "gives", along: true },
    { op: "remove_scim_group_member", direction: "takes", along: true },
    { op: "remove_board_member", direction: "takes" },
    { op: "remove_workspace_member", direction: "takes" },
    { op: "remove_workspace_member_everywhere", direction: "takes" },
    { op: "set_enterprise_deactivated", direction: "takes", along: true },
    { op: "set_scim_active", direction: "takes", along: true },
    { op: "set_application_active", direction: "takes", along: true },
  ],
  input: z
    .strictObject({
      roster: z.string().trim().min(1).max(60).describe("scim or the name of a connection").optional(),
      csv: z.string().min(1).max(5_000_000).describe("complete: email,name,team,status").optional(),
      column: column.optional(),
      compareWith: z
        .string()
        .min(1)
        .max(60)
        .describe("id of a review that compared with the same roster")
        .optional(),
      workspace,
      ...writeFields,
    })
    .refine(({ roster, csv }) => (roster === undefined) !== (csv === undefined), {
      error: "give either roster or csv",
    }),
  async plan(args, context): Promise<PlanDraft> {
    const { reads } = context;
    const roster = await rosterOf(args, context);
    const earlier =
      args.compareWith === undefined ? null : await earlierRoster(args.compareWith, roster, context);
    const { snapshots, unread } = await readWorkspaces(reads);
    const people = await reviewedPeople(snapshots, earlier ? [roster, earlier] : [roster], context);
    const teams = [...context.teamBoards.keys()];
    const { joiners, movers, leavers, unsure } = rosterChanges({
      people,
      roster,
      earlier,
      // A pasted roster has no name, so it cannot be compared with an earlier roster.
      lastSize: args.roster === undefined ? null : await context.rosterSizes.last(args.roster),
      owner: (await reads.trello.me()).id,
      mostGonePercent: context.rosterRules.mostGonePercent,
      isTeam: (name) => boardsOfTeam(name, context).length > 0,
      teamsHeld: (person) => teams.filter((team) => holds(person, team, context)),
    });
    if (args.roster !== undefined) await context.rosterSizes.learn(args.roster, roster.people.length);
    const joining = await planJoiners(joiners, { snapshots, workspace: args.workspace }, context);
    const moves = await planTeamMoves(
      movers.map(({ person, from, to }) => ({
        email: person.emails[0] ?? null,
        places: person.places,
        from,
        to,
      })),
      context,
    );
    const moved = movers.filter((_, index) =>
      moves.moving.some(({ places }) => places === movers[index]?.person.places),
    );
    const leaving = await planRosterLeavers(
      leavers.map(({ person }) => person),
      snapshots,
      context,
    );
    const whole = combine(
      {
        notes: [
          ...joining.invited.map(
            ({ why, certainty, teams: own }) =>
              `Joins${own.length > 0 ? ` ${listNames(own)}` : ""}, ${certainty}: ${why}`,
          ),
          ...moved.map(({ why }) => `Moves, certain: ${why}`),
          ...leavers.map(({ person, why }) => `Leaves, certain: ${person.label}: ${why}`),
        ],
        warnings: [
          ...titledList(`Not certain who is meant, so nothing is done for ${unsure.length}`, unsure),
          ...(roster.notes ?? []),
        ],
        untouched: unsure,
        blindSpots: [
          ...unread,
          ...(await blindSpotsOf(snapshots, reads)),
          ...silentSources(reads),
          ...(await borderLines(reads)),
        ],
        notReached: unread,
      },
      joining,
      moves,
      leaving,
    );
    const counts = [
      plural(joining.invited.length, "joiner"),
      plural(moved.length, "mover"),
      plural(leavers.length, "leaver"),
    ];
    return { ...whole, summary: `${clean(roster.name)}: ${counts.join(", ")}` };
  },
});

async function rosterOf(
  args: {
    readonly roster?: string | undefined;
    readonly csv?: string | undefined;
    readonly column?: string | undefined;
  },
  { reads }: PlanContext,
): Promise<Roster> {
  if (args.csv !== undefined) return textRoster(args.csv, args.column);
  const [roster] = await readNamedRosters([args.roster ?? ""], reads);
  if (!roster) throw new Error("internal error: the named roster was not read");
  return roster;
}

async function earlierRoster(id: string, { name }: Roster, context: PlanContext): Promise<Roster> {
  const { rosters } = await requireReview(id, context);
  const found = rosters.find((roster) => roster.name === name);
  if (found) return found;
  throw new AppError("INPUT_INVALID", `The review ${clean(id, 60)} did not use the roster ${clean(name)}.`, {
    next: `Give the id of a review that used this roster. The rosters of the named review: ${listNames(rosters.map((roster) => roster.name)) || "none"}.`,
  });
}

/** Whether a person is already on all boards of a team, in the workspaces to which the person belongs. */
function holds({ places }: ReviewedPerson, team: string, context: PlanContext): boolean {
  const boards = places.flatMap(({ snapshot, boards: on }) =>
    teamBoardsIn(snapshot, [team], context).map(({ id }) => on.some((board) => board.id === id)),
  );
  return boards.length > 0 && boards.every(Boolean);
}

const ROLES = ["admin", "observer", "guest"] as const;

async function planJoiners(
  joiners: readonly Joiner[],
  {
    snapshots,
    workspace: named,
  }: { readonly snapshots: readonly WorkspaceSnapshot[]; readonly workspace?: string | undefined },
  context: PlanContext,
): Promise<PlanPart & { readonly invited: readonly Joiner[] }> {
  if (joiners.length === 0) return { invited: [] };
  const teams = [...new Set(joiners.flatMap((joiner) => joiner.teams))];
  const boards = snapshots.flatMap((each) => teamBoardsIn(each, teams, context).map(({ id }) => id));
  const snapshot = await requireWorkspace({ workspace: named, boards }, context);
  const onto = await boardsByTeam(snapshot, {}, teams, context);
  const known = await knownEmails(
    joiners.map(({ email }) => email),
    snapshot,
    context,
  );
  const rows = joiners.map((joiner) => {
    const { email, row, teams: own } = joiner;
    const role: InvitationRequest["role"] = ROLES.find((each) => each === row.role) ?? "normal";
    const onBoards = onto(own);
    const why = known.disputed.has(email)
      ? "several members are linked to this email"
      : (role === "guest" || role === "observer") && onBoards.length === 0
        ? "a guest or observer needs boards, and no team of the row has boards"
        : null;
    return { joiner, role, onBoards, why };
  });
  const fitting = rows.filter(({ why }) => why === null);
  const requests = fitting.map(({ joiner: { email, row }, role, onBoards }): InvitationRequest => {
    const whom = inviteeFor(email, known, { role, boards: onBoards });
    return { whom, fullName: row.name || undefined, role, boards: onBoards };
  });
  const planned = await planInvitations(snapshot, requests, context);
  const invited = fitting.flatMap(({ joiner }, index) =>
    (planned.each[index]?.length ?? 0) > 0 ? [joiner] : [],
  );
  const mapped = invited.map(({ email, teams: own }, index) => ({
    line: index + 1,
    kind: "email" as const,
    value: email,
    teams: own.filter((team) => boardsOfTeam(team, context).length > 0),
  }));
  const without = teams.filter((team) => boardsOfTeam(team, context).length === 0);
  const groups = await planTeamGroups(mapped, context);
  const warnings = [
    ...rows.flatMap(({ joiner, why }) => (why === null ? [] : [`Not invited: ${joiner.email}: ${why}.`])),
    ...(without.length === 0
      ? []
      : [
          `team_boards of the policy file has no boards for ${listNames(without)}, so new people of these teams are added to no board.`,
        ]),
  ];
  return { ...combine(groups, planned, { warnings }), invited };
}
