import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import { unreadLines } from "../../domain/wire.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { personIn } from "../../people/find.ts";
import { labelOf } from "../../people/person.ts";
import { type NewAssignee, newAssigneeOf, reassign, type Reassignment } from "../../planning/boards/cards.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { member, workspace, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "reassign_cards",
  title: "Reassign cards",
  description: "Hands a member's open cards in a workspace to another member, or to nobody.",
  toolset: "offboarding",
  effect: "delete",
  makes: [
    { op: "set_card_members", direction: "gives" },
    { op: "set_card_members", direction: "takes" },
    // The undo of such a run puts people back on cards and takes others off.
    { op: "add_card_member", direction: "gives" },
    { op: "remove_card_member", direction: "takes" },
  ],
  input: z.strictObject({
    workspace,
    member,
    reassignTo: member.describe("member or nobody"),
    ...writeFields,
  }),
  async plan(args, context): Promise<PlanDraft> {
    const { snapshot, person, who, part } = await personIn(args, context);
    const assignee = await newAssigneeOf(args.reassignTo, [snapshot], context);
    if (assignee?.idMember === person.idMember) {
      throw new AppError("INPUT_INVALID", "Cards cannot be handed to the member who has them already.", {
        next: "Set reassignTo to another person, or to nobody.",
      });
    }
    const cards = await context.reads.trello.cardsOf(person.idMember);
    const reassignment = reassign(person, cards, assignee, [snapshot]);
    return {
      summary: handText(who, assignee, reassignment),
      ...combine(part, reassignment, {
        untouched: ["Archived cards keep their members"],
        blindSpots: unreadLines(cards, "card"),
      }),
    };
  },
});

/** The summary: `Hand 2 open cards of Ada (@ada) to Bo (@bo) and leave 1 unassigned`. */
function handText(who: string, assignee: NewAssignee, { handed, reassigned }: Reassignment): string {
  const cards = (count: number) => `${count === 1 ? "1 open card" : `${count} open cards`} of ${who}`;
  const unassigned = reassigned.size - handed;
  if (!assignee) return `Leave ${cards(unassigned)} unassigned`;
  const hand = `Hand ${cards(handed)} to ${labelOf(assignee.member, assignee.idMember)}`;
  return unassigned === 0 ? hand : `${hand} and leave ${unassigned} unassigned`;
}
