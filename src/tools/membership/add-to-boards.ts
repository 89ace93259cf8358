import { z } from "zod";
import type { Effect } from "../../domain/effect.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { clean } from "../../domain/text.ts";
import type { BoardWithMemberships, WorkspaceSnapshot } from "../../domain/trello.ts";
import { setBoardMember } from "../../effects/set-board-member.ts";
import { boardsOf } from "../boards.ts";
import { defineTool } from "../define.ts";
import { boards, member, role, workspace, writeFields } from "../fields.ts";
import { thePerson } from "../find-people.ts";
import { checkRole } from "../observer.ts";
import { labelOf, type Person } from "../people.ts";

export default defineTool({
  name: "add_to_boards",
  title: "Add to boards",
  description:
    "Puts people of a workspace, or its guests, onto boards. A guest who costs a seat needs confirmation.",
  toolset: "membership",
  effect: "grant",
  input: z.strictObject({
    workspace,
    members: z.array(member).min(1).max(100),
    boards: boards,
    role: role.default("normal"),
    ...writeFields,
  }),
  async plan(args, context): Promise<PlanDraft> {
    const snapshot = await context.reads.trello.workspace(args.workspace);
    checkRole(args.role, snapshot.tier);
    const wanted = boardsOf(snapshot, args.boards);
    const people: Person[] = [];
    for (const name of args.members) people.push(await thePerson(name, [snapshot], context));
    const rows = people.map((person) => additions(person, wanted, snapshot, args.role));
    const billable = rows.filter(({ seat }) => seat);
    // Trello's own word, asked only where somebody comes as a guest: it may know of more than can be seen here.
    const asked = people.some(({ membership }) => !membership) && snapshot.tier !== "free" ? wanted : [];
    const others = await Promise.all(
      asked.map(async (board) => ({
        board,
        count: await context.reads.trello.newBillableGuests(snapshot.workspace.id, board.id),
      })),
    );
    return {
      summary: `Add ${people.length === 1 ? labelOf(people[0]?.member ?? null, people[0]?.idMember ?? "") : `${people.length} people`} to ${wanted.length} boards of ${clean(snapshot.workspace.displayName)}`,
      effects: rows.flatMap(({ effects }) => effects),
      warnings: others
        .filter(({ count }) => count > 0)
        .map(
          ({ board, count }) => `Trello counts ${count} new billable guests on board ${clean(board.name)}.`,
        ),
      notes: billable.map(({ who }) => `${who} becomes a billable guest and takes a paid seat`),
      subjects: people.map(({ idMember }) => ({ idMember })),
      blindSpots: [],
    };
  },
});

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
