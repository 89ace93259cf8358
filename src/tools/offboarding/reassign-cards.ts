import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { requirePerson } from "../../people/find.ts";
import { blindSpotsOf, labelOf, subjectOf } from "../../people/person.ts";
import { handover, successorOf } from "../../planning/boards/cards.ts";
import { defineTool } from "../define.ts";
import { member, workspace, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "reassign_cards",
  title: "Reassign cards",
  description: "Hands a member's open cards in a workspace to another, or to nobody.",
  toolset: "offboarding",
  effect: "delete",
  input: z.strictObject({
    workspace,
    member,
    reassignTo: member.describe("member or nobody"),
    ...writeFields,
  }),
  async plan(args, context): Promise<PlanDraft> {
    const { trello } = context.reads;
    const snapshot = await trello.workspace(args.workspace);
    const person = await requirePerson(args.member, [snapshot], context);
    const successor = await successorOf(args.reassignTo, [snapshot], context);
    if (successor?.idMember === person.idMember) {
      throw new AppError("INPUT_INVALID", "Cards cannot be handed to the member who has them.", {
        next: "Give reassignTo somebody else, or nobody.",
      });
    }
    const { effects, warnings } = handover(person, await trello.cardsOf(person.idMember), successor, [
      snapshot,
    ]);
    const who = labelOf(person.member, person.idMember);
    return {
      summary: `Hand ${effects.length} open cards of ${who} to ${successor ? labelOf(successor.member, successor.idMember) : "nobody"}`,
      effects,
      warnings,
      subjects: [await subjectOf(person, context)],
      blindSpots: await blindSpotsOf([snapshot], context.reads),
      remains: ["Archived cards keep their members"],
    };
  },
});
