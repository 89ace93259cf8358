import { z } from "zod";
import type { Effect } from "../../domain/effect.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { clean } from "../../domain/text.ts";
import type { BoardWithMemberships, WorkspaceSnapshot } from "../../domain/trello.ts";
import { setBoardMember } from "../../effects/set-board-member.ts";
import type { PlanContext } from "../../engine/engine.ts";
import { boardsOf } from "../boards.ts";
import { defineTool } from "../define.ts";
import { boards, group, member, role, workspace, writeFields } from "../fields.ts";
import { thePerson } from "../find-people.ts";
import { checkRole } from "../observer.ts";
import { othersOff } from "../others.ts";
import { labelOf, type Person } from "../people.ts";
import { subjectOf } from "../subject.ts";
import { teamOf } from "../team.ts";

const input = z
  .strictObject({
    workspace,
    members: z.array(member).min(1).max(100).optional(),
    group: group.optional(),
    boards,
    role: role.default("normal"),
    removeOthers: z.boolean().optional(),
    ...writeFields,
  })
  .refine(({ members, group: team }) => (members === undefined) !== (team === undefined), {
    error: "give either members or group",
  })
  .refine(({ group: team, removeOthers }) => team !== undefined || !removeOthers, {
    error: "removeOthers brings boards in line with a group, so it needs one",
  });

export default defineTool({
  name: "add_to_boards",
  title: "Add to boards",
  description:
    "Puts members, or a SCIM group's people, onto boards; `removeOthers` takes everybody else off.",
  toolset: "membership",
  effect: "grant",
  input,
  async plan(args, context): Promise<PlanDraft> {
    const snapshot = await context.reads.trello.workspace(args.workspace);
    checkRole(args.role, snapshot.tier);
    const wanted = boardsOf(snapshot, args.boards);
    const { people, absent, warnings } = await whom(args, snapshot, context);
    const rows = people.map((person) => additions(person, wanted, snapshot, args.role));
    const off = args.removeOthers
      ? await othersOff(
          { people: new Set(people.map(({ idMember }) => idMember)), emails: absent },
          wanted,
          snapshot,
          context,
        )
      : { effects: [], people: [], warnings: [], remains: [] };
    return {
      summary: `Add ${people.length === 1 ? labelOf(people[0]?.member ?? null, people[0]?.idMember ?? "") : `${people.length} people`} to ${wanted.length} boards of ${clean(snapshot.workspace.displayName)}${args.removeOthers ? ", and take everybody else off" : ""}`,
      effects: [...rows.flatMap(({ effects }) => effects), ...off.effects],
      warnings: [
        ...warnings,
        ...off.warnings,
        ...(await billableElsewhere(people, wanted, snapshot, context)),
      ],
      notes: rows
        .filter(({ seat }) => seat)
        .map(({ who }) => `${who} becomes a billable guest and takes a paid seat`),
      subjects: await Promise.all([...people, ...off.people].map((person) => subjectOf(person, context))),
      blindSpots: [],
      remains: off.remains,
    };
  },
});

/** Who is to be added; `absent` are emails of the group that nothing links to one member of the workspace. */
async function whom(
  args: z.infer<typeof input>,
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<{
  readonly people: readonly Person[];
  readonly absent: readonly string[];
  readonly warnings: readonly string[];
}> {
  if (args.group !== undefined) {
    const { name, people, missing, disputed } = await teamOf(args.group, snapshot, context);
    return {
      people,
      absent: [...missing, ...disputed],
      warnings: [
        ...listed(missing, `of ${name} are not known in this workspace; invite_members with the group first`),
        ...listed(
          disputed,
          `of ${name} are linked to several members; add them by id, as find_member shows them`,
        ),
      ],
    };
  }
  const people: Person[] = [];
  for (const name of args.members ?? []) people.push(await thePerson(name, [snapshot], context));
  return { people, absent: [], warnings: [] };
}

function listed(emails: readonly string[], what: string): readonly string[] {
  if (emails.length === 0) return [];
  return [`${emails.length} ${what}: ${emails.slice(0, 10).join(", ")}${emails.length > 10 ? ", …" : ""}`];
}

/** What is to be added for one person; a guest on two or more boards of a paid workspace takes a seat. */
function additions(
  person: Person,
  wanted: readonly BoardWithMemberships[],
  snapshot: WorkspaceSnapshot,
  memberType: string,
): { readonly who: string; readonly seat: boolean; readonly effects: readonly Effect[] } {
  const who = labelOf(person.member, person.idMember);
  const on = new Set(person.boards.map(({ id }) => id));
  const missing = wanted.filter(({ id }) => !on.has(id));
  const seat = !person.membership && snapshot.tier !== "free" && on.size <= 1 && on.size + missing.length > 1;
  return {
    who,
    seat,
    effects: missing.map((board) =>
      setBoardMember.make({
        target: { idBoard: board.id, idMember: person.idMember, idOrganization: snapshot.workspace.id },
        before: null,
        after: { memberType, ...(seat && { billable: true as const }) },
        label: who,
        where: `board ${clean(board.name)}`,
      }),
    ),
  };
}

/** Trello's own word on billable guests, asked only where somebody comes as a guest: it may know more than is seen here. */
async function billableElsewhere(
  people: readonly Person[],
  wanted: readonly BoardWithMemberships[],
  snapshot: WorkspaceSnapshot,
  { reads }: PlanContext,
): Promise<readonly string[]> {
  if (snapshot.tier === "free" || people.every(({ membership }) => membership)) return [];
  const counts = await Promise.all(
    wanted.map((board) => reads.trello.newBillableGuests(snapshot.workspace.id, board.id)),
  );
  return wanted.flatMap((board, index) =>
    counts[index]
      ? [`Trello counts ${counts[index]} new billable guests on board ${clean(board.name)}.`]
      : [],
  );
}
