import { workspacePlace } from "../../domain/effect.ts";
import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { clean } from "../../domain/text.ts";
import { setWorkspaceDeactivated } from "../../effects/workspace-members.ts";
import { requirePerson } from "../../people/find.ts";
import { labelOf, subjectOf } from "../../people/person.ts";
import { defineTool } from "../define.ts";
import { member, workspace, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "set_member_deactivated",
  title: "Deactivate in workspace",
  description: "Deactivates or reactivates a member in a paid workspace; cards stay.",
  toolset: "membership",
  effect: "delete",
  input: z.strictObject({ workspace, member, deactivated: z.boolean(), ...writeFields }),
  async plan(args, context): Promise<PlanDraft> {
    const snapshot = await context.reads.trello.workspace(args.workspace);
    if (snapshot.tier === "free") {
      throw new AppError("INPUT_INVALID", "A Free workspace cannot deactivate members.", {
        next: "Use remove_from_workspace instead.",
      });
    }
    const person = await requirePerson(args.member, [snapshot], context);
    const who = labelOf(person.member, person.idMember);
    if (!person.membership) {
      throw new AppError("CONFLICT", `${who} is a guest, not a member of the workspace.`, {
        next: "Use remove_from_boards instead.",
      });
    }
    const where = clean(snapshot.workspace.displayName);
    const before = { deactivated: person.membership.deactivated };
    return {
      summary: `${args.deactivated ? "Deactivate" : "Reactivate"} ${who} in ${where}`,
      effects:
        before.deactivated === args.deactivated
          ? []
          : [
              setWorkspaceDeactivated.make({
                target: { idOrganization: snapshot.workspace.id, idMember: person.idMember },
                before,
                after: { deactivated: args.deactivated },
                label: who,
                place: workspacePlace(snapshot.workspace),
              }),
            ],
      warnings: [],
      notes: args.deactivated ? [] : ["Takes a paid seat of the workspace"],
      subjects: [await subjectOf(person, context)],
      blindSpots: [],
      remains: args.deactivated ? ["Card assignments and board memberships, without access"] : [],
    };
  },
});
