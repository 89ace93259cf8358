import { z } from "zod";
import type { PlanDraft } from "../../domain/plan.ts";
import { clean, titledList } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { inviteeFor, knownEmails } from "../../people/email-list.ts";
import { membersByAccount } from "../../people/users-here.ts";
import { requireWorkspace } from "../../people/workspaces.ts";
import { assertRole, hasRole, noObserversText, rolesHeldLines } from "../../planning/boards/additions.ts";
import { planInvitations, type InvitationRequest } from "../../planning/invitations/invite.ts";
import { MOST_INVITEES, readRoster } from "../../planning/lists/invitees.ts";
import { type ListedPerson, problemLines } from "../../planning/lists/roster.ts";
import { planTeamGroups } from "../../planning/lists/team-groups.ts";
import { boardsByTeam, withoutBoards } from "../../planning/lists/team.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { boards, column, group, peopleList, workspace, writeFields } from "../support/fields.ts";

const TEXT = 100_000;

/**
 * Which boards each team gets. The schema shows a list, because some clients cannot send an object whose keys are not
 * in the schema. An object is accepted too.
 */
const boardsOfTeams = z
  .union([
    z.array(z.strictObject({ team: z.string().min(1).max(100), boards })).max(100),
    z.record(z.string().max(100), boards),
  ])
  .transform((teams) => (Array.isArray(teams) ? byTeam(teams) : teams));

function byTeam(rows: readonly { readonly team: string; readonly boards: string[] }[]) {
  const all = new Map<string, string[]>();
  for (const { team, boards: own } of rows) all.set(team, [...(all.get(team) ?? []), ...own]);
  return Object.fromEntries(all);
}

export default defineTool({
  name: "invite_members",
  title: "Invite members",
  description: "Invites up to 500 people: pasted emails, CSV `email,role,team[,fullName]`, or a SCIM group.",
  toolset: "membership",
  effect: "grant",
  makes: [
    { op: "invite_workspace_member", direction: "gives" },
    { op: "invite_workspace_member", direction: "gives", grantsAdmin: true },
    { op: "invite_board_member", direction: "gives" },
    { op: "set_workspace_member", direction: "gives" },
    { op: "set_workspace_member", direction: "gives", grantsAdmin: true },
    { op: "set_board_member", direction: "gives" },
    { op: "add_scim_group_member", direction: "gives", along: true },
    { op: "create_scim_group", direction: "gives", along: true },
  ],
  input: z
    .strictObject({
      workspace,
      emails: peopleList(MOST_INVITEES).optional(),
      csv: z.string().regex(/\S/).max(TEXT).optional(),
      column: column.optional(),
      group: group.optional(),
      role: z.enum(["admin", "normal", "observer", "guest"]).default("normal"),
      boards: boards.optional(),
      teams: boardsOfTeams.describe("boards of each team of the list").optional(),
      ...writeFields,
    })
    .refine(
      ({ emails, csv, group: team }) =>
        [emails, csv, team].filter((given) => given !== undefined).length === 1,
      {
        error: "give one of emails, csv and group",
      },
    ),
  async plan(args, context): Promise<PlanDraft> {
    const roster = await readRoster(args, context);
    const all = [...(args.boards ?? []), ...Object.values(args.teams ?? {}).flat()];
    const snapshot = await requireWorkspace({ workspace: args.workspace, boards: all }, context);
    const teams = [...new Set(roster.people.flatMap((invitee) => invitee.teams))];
    const onto = await boardsByTeam(snapshot, args, teams, context);
    // Stores which emails of the SCIM directory belong to which Trello members. A member and a User with the same
    // Atlassian account id are one person. Their emails cannot be compared, because Trello does not show them.
    if (roster.users) await membersByAccount(roster.users, snapshot, context);
    const known = await knownEmails(
      roster.people.map(({ value }) => value),
      snapshot,
      context,
    );
    const rows = roster.people.map((invitee) => {
      const role = (invitee.role ?? args.role) as InvitationRequest["role"];
      const boards = onto(invitee.teams);
      const whom = inviteeFor(invitee.value, known, { role, boards });
      const disputed = known.disputed.has(invitee.value);
      const why = leftOut({ role, boards: boards.length, disputed }, snapshot);
      return { invitee, role, boards, whom, why };
    });
    const fitting = rows.filter(({ why }) => why === null);
    // If the plan tier allows only some roles of the list, the rows with other roles are reported. If it allows no role
    // of the list, the call is refused.
    if (rows.every(({ role }) => !hasRole(role, snapshot.tier))) assertRole("observer", snapshot.tier);
    const planned = await planInvitations(
      snapshot,
      fitting.map(({ invitee, role, boards, whom }) => ({
        whom,
        fullName: invitee.fullName,
        role,
        boards,
      })),
      context,
    );
    const groups =
      args.group === undefined
        ? await planTeamGroups(
            fitting.map(({ invitee }) => invitee),
            context,
          )
        : {};
    const inviting = planned.each.filter((effects) => effects.length > 0);
    const where = clean(snapshot.workspace.displayName);
    return {
      summary: `Invite ${inviting.length} of ${roster.people.length + roster.problems.length} to ${where}`,
      ...combine(
        {
          warnings: [
            ...problemLines(roster.problems),
            ...roster.notes,
            ...rows
              .filter(({ why }) => why !== null)
              .map(({ invitee, why }) => `Line ${invitee.line} skipped: ${why} (${invitee.value})`),
            ...withoutBoards(roster.people, args.teams, context),
            ...alreadyThere(fitting.filter((_, index) => planned.each[index]?.length === 0)),
            ...rolesHeldLines(
              fitting.flatMap(({ invitee, whom, role }) => {
                const held = typeof whom === "string" ? undefined : whom.membership?.memberType;
                return held && (role === "admin" || role === "normal") && held !== role
                  ? [`${invitee.value} is ${held}`]
                  : [];
              }),
              "set_workspace_role",
            ),
          ],
        },
        groups,
        planned,
      ),
    };
  },
});

/** Why a person of the list cannot be invited with this role; null if the person can be invited. */
function leftOut(
  row: { readonly role: InvitationRequest["role"]; readonly boards: number; readonly disputed: boolean },
  { tier }: WorkspaceSnapshot,
): string | null {
  if (row.disputed) return "several members are linked to this email; find_member shows them";
  if (!hasRole(row.role, tier)) return noObserversText(tier);
  if ((row.role === "guest" || row.role === "observer") && row.boards === 0)
    return "a guest or observer needs boards";
  return null;
}

function alreadyThere(rows: readonly { readonly invitee: ListedPerson }[]): readonly string[] {
  const names = rows.map(({ invitee }) => invitee.value);
  return titledList(`Members or invited already, so there is nothing to do for ${rows.length}`, names);
}
