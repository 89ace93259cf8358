import { z } from "zod";
import type { PlanDraft } from "../../domain/plan.ts";
import { plural } from "../../domain/text.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { personIn, type PersonIn } from "../../people/find.ts";
import { isGhost } from "../../people/person.ts";
import { readCards } from "../../planning/boards/cards.ts";
import { planRemovals } from "../../planning/boards/removals.ts";
import {
  handoverParts,
  planSuccession,
  type Succession,
  type SuccessorArgs,
  successorOf,
} from "../../planning/boards/succession.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { member, successorFields, workspace, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "remove_from_workspace",
  title: "Remove from workspace",
  description: "Removes one person from a workspace and its boards.",
  toolset: "membership",
  effect: "delete",
  makes: [
    { op: "set_board_member", direction: "gives", along: true },
    { op: "set_board_member", direction: "gives", grantsAdmin: true, along: true },
    { op: "set_card_members", direction: "gives", along: true },
    { op: "set_card_members", direction: "takes", along: true },
    { op: "remove_workspace_member", direction: "takes" },
    { op: "remove_workspace_member_everywhere", direction: "takes" },
    { op: "remove_board_member", direction: "takes" },
  ],
  input: z.strictObject({ workspace, member, ...successorFields, ...writeFields }),
  async plan(args, context): Promise<PlanDraft> {
    const found = await personIn(args, context);
    const { snapshot, person, who, where, part } = found;
    const handover = await handoverOf(args, found, context);
    const removal = { snapshot, person, boards: person.boards, fromWorkspace: true };
    const handed = handoverParts(handover.effects ?? []);
    const what = person.membership
      ? `Remove ${who} from the workspace ${where} and ${person.boards.length} of its boards`
      : `Remove the guest ${who} from ${plural(person.boards.length, "board")} of ${where}`;
    return {
      summary: handed.length > 0 ? `${what}: ${handed.join(", ")}` : what,
      ...combine(part, handover, await planRemovals([removal], context, handover.reassigned), {
        promises: [
          {
            off: "workspaces",
            people: [{ idMember: person.idMember, label: who }],
            workspaces: [{ id: snapshot.workspace.id, name: where }],
          },
        ],
        untouched: [
          isGhost(person)
            ? `Invitations of ${who} outside ${where}`
            : `The account of ${who} and its access outside ${where}`,
        ],
      }),
    };
  },
});

async function handoverOf(
  args: SuccessorArgs,
  { snapshot, person }: PersonIn,
  context: PlanContext,
): Promise<Succession> {
  const successor = await successorOf(args, [person], [snapshot], context);
  if (!successor) return { reassigned: new Set() };
  const removals = [{ snapshot, person, boards: person.boards, fromWorkspace: true }];
  const cardsOf = await readCards(removals, context.reads);
  return planSuccession(successor, { people: [person], cardsOf, removals }, [snapshot], context);
}
