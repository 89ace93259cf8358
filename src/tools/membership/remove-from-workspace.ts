import { z } from "zod";
import type { Effect } from "../../domain/effect.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { clean } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { removeBoardMember } from "../../effects/remove-board-member.ts";
import { removeWorkspaceMember } from "../../effects/remove-workspace-member.ts";
import { removeWorkspaceMemberEverywhere } from "../../effects/remove-workspace-member-everywhere.ts";
import type { PlanContext } from "../../engine/engine.ts";
import { defineTool } from "../define.ts";
import { member, workspace, writeFields } from "../fields.ts";
import { thePerson } from "../find-people.ts";
import { blindSpotsOf, labelOf, type Person } from "../people.ts";
import { subjectOf } from "../subject.ts";

export default defineTool({
  name: "remove_from_workspace",
  title: "Remove from workspace",
  description:
    "Takes one person out of a workspace and off all of its boards, guests included. The account itself stays.",
  toolset: "membership",
  effect: "delete",
  input: z.strictObject({ workspace, member, ...writeFields }),
  async plan(args, context): Promise<PlanDraft> {
    const snapshot = await context.reads.trello.workspace(args.workspace);
    const person = await thePerson(args.member, [snapshot], context);
    const who = labelOf(person.member, person.idMember);
    const where = clean(snapshot.workspace.displayName);
    return {
      summary: `Remove ${who} from the workspace ${where} and ${person.boards.length} of its boards`,
      effects: await removal(snapshot, person, context),
      warnings: [],
      subjects: [await subjectOf(person, context)],
      blindSpots: blindSpotsOf(snapshot),
      remains: [`The account of ${who} and its access outside ${where}`],
    };
  },
});

/**
 * One request where the plan tier has it; else boards first, then the workspace: left on two or more boards after
 * leaving the workspace, a person can become a billable guest.
 */
async function removal(
  snapshot: WorkspaceSnapshot,
  person: Person,
  context: PlanContext,
): Promise<readonly Effect[]> {
  const { idMember, membership, boards } = person;
  const idOrganization = snapshot.workspace.id;
  const who = labelOf(person.member, idMember);
  const workspaceLabel = `${who} from workspace ${clean(snapshot.workspace.displayName)}`;
  const refused = (await context.fact(`refuses_all:${idOrganization}`)) === true;
  if (
    membership &&
    boards.length > 0 &&
    !refused &&
    (snapshot.tier === "premium" || snapshot.tier === "enterprise")
  ) {
    const captured = boards.map(({ id, name, memberType }) => ({ idBoard: id, name, memberType }));
    return [
      removeWorkspaceMemberEverywhere.make({
        target: { idOrganization, idMember },
        before: { memberType: membership.memberType, boards: captured },
        after: null,
        label: workspaceLabel,
      }),
    ];
  }
  const fromBoards = boards.map((board) =>
    removeBoardMember.make({
      target: { idBoard: board.id, idMember, idOrganization },
      before: { memberType: board.memberType },
      after: null,
      label: `${who} from board ${board.name}`,
    }),
  );
  if (!membership) return fromBoards;
  return [
    ...fromBoards,
    removeWorkspaceMember.make({
      target: { idOrganization, idMember },
      before: { memberType: membership.memberType },
      after: null,
      label: workspaceLabel,
    }),
  ];
}
