import { z } from "zod";
import type { PlanDraft } from "../../domain/plan.ts";
import { plural } from "../../domain/text.ts";
import { unreadLines } from "../../domain/wire.ts";
import { personIn } from "../../people/find.ts";
import { labelOf } from "../../people/person.ts";
import { countCards, type NewAssignee } from "../../planning/boards/cards.ts";
import { handoverParts, planSuccession, successorOf } from "../../planning/boards/succession.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { member, successorFields, workspace, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "reassign_cards",
  title: "Reassign cards",
  description: "Hands a member's open cards in a workspace to another member, or to nobody.",
  toolset: "offboarding",
  effect: "delete",
  makes: [
    { op: "set_board_member", direction: "gives", along: true },
    { op: "set_card_members", direction: "gives" },
    { op: "set_card_members", direction: "takes" },
    // Undoing this tool's run adds the old assignees to the cards again and takes the new assignee off them.
    { op: "add_card_member", direction: "gives" },
    { op: "remove_card_member", direction: "takes" },
  ],
  input: z.strictObject({
    workspace,
    member,
    reassignTo: member.describe("member or nobody"),
    addToBoards: successorFields.addToBoards,
    ...writeFields,
  }),
  async plan(args, context): Promise<PlanDraft> {
    const { snapshot, person, who, part } = await personIn(args, context);
    const successor = await successorOf(args, [person], [snapshot], context);
    if (!successor) throw new Error("unreachable: reassignTo is required");
    const cards = await context.reads.trello.cardsOf(person.idMember);
    const cardsOf = Object.assign(() => cards, { blindSpots: unreadLines(cards, "card") });
    const handover = await planSuccession(
      successor,
      { people: [person], cardsOf, removals: [] },
      [snapshot],
      context,
    );
    return {
      summary: handText(who, successor.assignee, handover.effects ?? []),
      ...combine(part, handover, { untouched: ["Archived cards keep their members"] }),
    };
  },
});

/** The summary of the plan: `Hand 2 open cards of Ada (@ada) to Bo (@bo)`, and what happens to the other cards. */
function handText(who: string, assignee: NewAssignee, effects: NonNullable<PlanDraft["effects"]>): string {
  const { handed, kept, unassigned } = countCards(effects);
  const cards = (count: number) => `${plural(count, "open card")} of ${who}`;
  if (!assignee) {
    if (kept === 0) return `Leave ${cards(unassigned)} unassigned`;
    if (unassigned === 0) return `Leave ${cards(kept)} with the other members of those cards`;
    return `Leave ${cards(unassigned)} unassigned, and leave ${kept} with the other members of those cards`;
  }
  const rest = handoverParts(effects).filter((text) => !text.endsWith("handed over"));
  const more = rest.length > 0 ? `; ${rest.join(", ")}` : "";
  return `Hand ${cards(handed)} to ${labelOf(assignee.member, assignee.idMember)}${more}`;
}
