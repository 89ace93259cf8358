import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { personIn } from "../../people/find.ts";
import { labelOf } from "../../people/person.ts";
import { newAssigneeOf, reassign } from "../../planning/boards/cards.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { member, workspace, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "reassign_cards",
  title: "Reassign cards",
  description: "Hands a member's open cards in a workspace to another, or to nobody.",
  toolset: "offboarding",
  effect: "delete",
  makes: [
    { op: "set_card_members", direction: "gives" },
    { op: "set_card_members", direction: "takes" },
    // Undoing a run of it puts people back on cards and takes others off.
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
      throw new AppError("INPUT_INVALID", "Cards cannot be handed to the member who has them.", {
        next: "Set reassignTo to another person, or to nobody.",
      });
    }
    const cards = await context.reads.trello.cardsOf(person.idMember);
    const reassignment = reassign(person, cards, assignee, [snapshot]);
    return {
      summary: `Hand ${reassignment.reassigned.size} open cards of ${who} to ${assignee ? labelOf(assignee.member, assignee.idMember) : "nobody"}`,
      ...combine(part, reassignment, { untouched: ["Archived cards keep their members"] }),
    };
  },
});
