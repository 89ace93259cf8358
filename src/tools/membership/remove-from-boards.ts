import { z } from "zod";
import type { PlanDraft } from "../../domain/plan.ts";
import { clean, plural, titledList } from "../../domain/text.ts";
import { personIn } from "../../people/find.ts";
import { boardsOf } from "../../people/boards.ts";
import { planRemovals } from "../../planning/boards/removals.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { boards, member, workspace, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "remove_from_boards",
  title: "Remove from boards",
  description: "Removes one person from named boards, or from all boards of a workspace.",
  toolset: "membership",
  effect: "delete",
  makes: [{ op: "remove_board_member", direction: "takes" }],
  input: z.strictObject({ workspace, member, boards: boards.optional(), ...writeFields }),
  async plan(args, context): Promise<PlanDraft> {
    const { snapshot, person, who, where, part } = await personIn(args, context);
    const named = args.boards ? boardsOf(snapshot, args.boards) : null;
    const wanted = named && new Set(named.map(({ id }) => id));
    const off = (named ?? []).filter(({ id }) => !person.boards.some((on) => on.id === id));
    const leaving = person.boards.filter(({ id }) => !wanted || wanted.has(id));
    const staying = person.boards.length - leaving.length;
    return {
      summary: `Remove ${who} from ${plural(leaving.length, "board")} of ${where}`,
      ...combine(
        part,
        await planRemovals([{ snapshot, person, boards: leaving, fromWorkspace: false }], context),
        {
          untouched: [
            ...titledList(
              `${who} is not on these boards, so there is nothing to do`,
              off.map(({ name }) => clean(name)),
            ),
            ...(person.membership ? [`${who} stays in the workspace ${where}`] : []),
            ...(staying > 0 ? [`${who} stays on ${plural(staying, "other board")} there`] : []),
          ],
        },
      ),
    };
  },
});
