import { z } from "zod";
import type { PlanDraft } from "../../domain/plan.ts";
import { clean } from "../../domain/text.ts";
import { requirePerson } from "../../people/find.ts";
import { blindSpotsOf, labelOf, subjectOf } from "../../people/person.ts";
import { boardsOf } from "../../planning/boards/find.ts";
import { fromBoards } from "../../planning/boards/removals.ts";
import { defineTool } from "../define.ts";
import { boards, member, workspace, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "remove_from_boards",
  title: "Remove from boards",
  description: "Takes one person off named boards, or all boards of a workspace.",
  toolset: "membership",
  effect: "delete",
  input: z.strictObject({ workspace, member, boards: boards.optional(), ...writeFields }),
  async plan(args, context): Promise<PlanDraft> {
    const snapshot = await context.reads.trello.workspace(args.workspace);
    const person = await requirePerson(args.member, [snapshot], context);
    const wanted = args.boards ? new Set(boardsOf(snapshot, args.boards).map(({ id }) => id)) : null;
    const leaving = person.boards.filter(({ id }) => !wanted || wanted.has(id));
    const who = labelOf(person.member, person.idMember);
    const staying = person.boards.length - leaving.length;
    return {
      summary: `Remove ${who} from ${leaving.length} boards of ${clean(snapshot.workspace.displayName)}`,
      effects: fromBoards(snapshot, person, leaving),
      warnings: [],
      subjects: [await subjectOf(person, context)],
      blindSpots: await blindSpotsOf([snapshot], context.reads),
      remains: [
        ...(person.membership
          ? [`${who} stays in the workspace ${clean(snapshot.workspace.displayName)}`]
          : []),
        ...(staying > 0 ? [`${who} stays on ${staying} other boards there`] : []),
      ],
    };
  },
});
