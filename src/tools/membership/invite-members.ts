import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { clean } from "../../domain/text.ts";
import type { BoardSnapshot, WorkspaceSnapshot } from "../../domain/trello.ts";
import type { PlanContext } from "../../engine/engine.ts";
import { boardsOf } from "../boards.ts";
import { defineTool } from "../define.ts";
import { boards, group, workspace, writeFields } from "../fields.ts";
import { inviteKnown, inviteNew, type Wish } from "../invite.ts";
import { knownEmails } from "../known-emails.ts";
import type { Person } from "../people.ts";
import { type Invitee, MOST_INVITEES, type Roster, withoutDoubles } from "../roster.ts";
import { readCsv } from "../roster-csv.ts";
import { readEmails } from "../roster-emails.ts";
import { peopleOfGroup, theScimGroup } from "../scim-group.ts";
import { scimEmail, scimName } from "../scim-user.ts";

const TEXT = 100_000;

export default defineTool({
  name: "invite_members",
  title: "Invite members",
  description: "Invites up to 500 people: pasted emails, CSV `email,role,team[,fullName]`, or a SCIM group.",
  toolset: "membership",
  effect: "create",
  input: z
    .strictObject({
      workspace,
      emails: z.union([z.string().max(TEXT), z.array(z.string().max(300)).max(MOST_INVITEES)]).optional(),
      csv: z.string().max(TEXT).optional(),
      group: group.optional(),
      role: z.enum(["admin", "normal", "observer", "guest"]).default("normal"),
      boards: boards.optional(),
      teams: z.record(z.string().max(100), boards).optional(),
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
    const { trello } = context.reads;
    const roster = await rosterOf(args, context);
    checkSize(roster);
    const snapshot = await trello.workspace(args.workspace);
    const onto = await boardsByTeam(snapshot, args, (refs) => trello.boards(refs));
    const { people, disputed } = await knownEmails(
      roster.invitees.map(({ email }) => email),
      snapshot,
      context,
    );
    const rows = roster.invitees.map((invitee) => {
      const several = disputed.has(invitee.email);
      const role = (invitee.role ?? args.role) as Wish["role"];
      const wish = { email: invitee.email, fullName: invitee.fullName, role, boards: onto(invitee.team) };
      const person = people.get(invitee.email);
      const idle = (role === "guest" || role === "observer") && wish.boards.length === 0;
      return {
        invitee,
        person,
        idle,
        several,
        effects:
          idle || several ? [] : person ? inviteKnown(snapshot, person, wish) : inviteNew(snapshot, wish),
      };
    });
    const inviting = rows.filter(({ effects }) => effects.length > 0);
    const where = clean(snapshot.workspace.displayName);
    return {
      summary: `Invite ${inviting.length} of ${roster.invitees.length + roster.problems.length} to ${where}`,
      effects: inviting.flatMap(({ effects }) => effects),
      warnings: [
        ...roster.problems.map(
          ({ line, text, why }) => `Line ${line} left out: ${why}${text ? ` (${text})` : ""}`,
        ),
        ...rows
          .filter(({ idle }) => idle)
          .map(
            ({ invitee }) =>
              `Line ${invitee.line} left out: a guest or observer needs boards (${invitee.email})`,
          ),
        ...rows
          .filter(({ several }) => several)
          .map(
            ({ invitee }) =>
              `Line ${invitee.line} left out: several members are linked to this email (${invitee.email}); see find_member`,
          ),
        ...alreadyThere(
          rows.filter(({ idle, several, effects }) => !idle && !several && effects.length === 0),
        ),
        ...unknownAdmins(snapshot, rows),
      ],
      subjects: [],
      blindSpots: [],
    };
  },
});

async function rosterOf(
  args: {
    readonly emails?: string | readonly string[] | undefined;
    readonly csv?: string | undefined;
    readonly group?: string | undefined;
  },
  { reads }: PlanContext,
): Promise<Roster> {
  if (args.csv !== undefined) return readCsv(args.csv);
  if (args.group === undefined) return readEmails(args.emails ?? "");
  const users = await peopleOfGroup(await theScimGroup(args.group, reads), reads);
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
  if (count > 0 && invitees.length > 0) return;
  throw new AppError("INPUT_INVALID", "There is no email address in that list.", {
    next: "Give emails separated by commas or lines, or CSV with the header email,role,team.",
    details: { problems: problems.slice(0, 20) },
  });
}

/** The boards that a person of a team is put on: those for everyone and those of the team, each read once. */
async function boardsByTeam(
  snapshot: WorkspaceSnapshot,
  args: {
    readonly boards?: readonly string[] | undefined;
    readonly teams?: Readonly<Record<string, readonly string[]>> | undefined;
  },
  read: (ids: readonly string[]) => Promise<readonly BoardSnapshot[]>,
): Promise<(team: string | undefined) => readonly BoardSnapshot[]> {
  const teams = new Map(
    Object.entries(args.teams ?? {}).map(([name, refs]) => [
      name.trim().toLowerCase(),
      boardsOf(snapshot, refs).map(({ id }) => id),
    ]),
  );
  const everyone = boardsOf(snapshot, args.boards ?? []).map(({ id }) => id);
  const ids = [...new Set([...everyone, ...[...teams.values()].flat()])];
  const snapshots = new Map((await read(ids)).map((board) => [board.board.id, board]));
  return (team) =>
    [...new Set([...everyone, ...(teams.get(team?.trim().toLowerCase() ?? "") ?? [])])].flatMap(
      (id) => snapshots.get(id) ?? [],
    );
}

function alreadyThere(rows: readonly { readonly invitee: Invitee }[]): readonly string[] {
  if (rows.length === 0) return [];
  const names = rows.slice(0, 10).map(({ invitee }) => invitee.email);
  return [
    `Already there, nothing to do for ${rows.length}: ${names.join(", ")}${rows.length > 10 ? ", …" : ""}`,
  ];
}

/** Whether Trello lowers an admin who is invited as normal is not documented; so it is said where it could happen. */
function unknownAdmins(
  snapshot: WorkspaceSnapshot,
  rows: readonly { readonly person: Person | undefined; readonly effects: readonly unknown[] }[],
): readonly string[] {
  const proven = new Set(rows.flatMap(({ person }) => (person ? [person.idMember] : [])));
  const admins = snapshot.memberships.filter(
    ({ memberType, idMember }) => memberType === "admin" && !proven.has(idMember),
  );
  const strangers = rows.some(({ person, effects }) => !person && effects.length > 0);
  return strangers && admins.length > 1
    ? [
        `${admins.length} admins of the workspace have emails that Trello hides; do not list an admin here as normal.`,
      ]
    : [];
}
