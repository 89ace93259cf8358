import { z } from "zod";
import type { PlanDraft } from "../../domain/plan.ts";
import { personIn } from "../../people/find.ts";
import { planRemovals } from "../../planning/boards/removals.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { member, workspace, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "remove_from_workspace",
  title: "Remove from workspace",
  description: "Removes one person from a workspace and its boards.",
  toolset: "membership",
  effect: "delete",
  makes: [
    { op: "remove_workspace_member", direction: "takes" },
    { op: "remove_workspace_member_everywhere", direction: "takes" },
    { op: "remove_board_member", direction: "takes" },
  ],
  input: z.strictObject({ workspace, member, ...writeFields }),
  async plan(args, context): Promise<PlanDraft> {
    const { snapshot, person, who, where, part } = await personIn(args, context);
    return {
      summary: person.membership
        ? `Remove ${who} from the workspace ${where} and ${person.boards.length} of its boards`
        : `Remove the guest ${who} from ${person.boards.length} boards of ${where}`,
      ...combine(
        part,
        await planRemovals([{ snapshot, person, boards: person.boards, fromWorkspace: true }], context),
        {
          promises: [
            {
              off: "workspaces",
              people: [{ idMember: person.idMember, label: who }],
              workspaces: [{ id: snapshot.workspace.id, name: where }],
            },
          ],
          untouched: [`The account of ${who} and its access outside ${where}`],
        },
      ),
    };
  },
});
