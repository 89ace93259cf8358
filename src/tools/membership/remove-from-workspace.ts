import { z } from "zod";
import type { PlanDraft } from "../../domain/plan.ts";
import { personIn } from "../../people/find.ts";
import { fromWorkspace } from "../../planning/boards/removals.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { member, workspace, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "remove_from_workspace",
  title: "Remove from workspace",
  description: "Takes one person out of a workspace and off its boards.",
  toolset: "membership",
  effect: "delete",
  input: z.strictObject({ workspace, member, ...writeFields }),
  async plan(args, context): Promise<PlanDraft> {
    const { snapshot, person, who, where, part } = await personIn(args, context);
    return {
      summary: person.membership
        ? `Remove ${who} from the workspace ${where} and ${person.boards.length} of its boards`
        : `Remove the guest ${who} from ${person.boards.length} boards of ${where}`,
      ...combine(part, {
        effects: await fromWorkspace(snapshot, person, context),
        warnings: person.boards.length > 0 ? [CARDS_LOST] : [],
        untouched: [`The account of ${who} and its access outside ${where}`],
      }),
    };
  },
});

/** Said where cards are not captured, because that would cost a request more. */
export const CARDS_LOST =
  "Leaving a board takes the person off its cards; offboard_member remembers which, so that they can be restored.";
