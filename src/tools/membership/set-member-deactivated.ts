import { workspacePlace } from "../../domain/effect.ts";
import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { clean, listNames, plural } from "../../domain/text.ts";
import { setWorkspaceDeactivated } from "../../effects/workspace-members.ts";
import { onlyAdminOf } from "../../people/boards.ts";
import { personIn } from "../../people/find.ts";
import { defineTool } from "../define.ts";
import { member, workspace, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "set_member_deactivated",
  title: "Deactivate in workspace",
  description: "Deactivates or reactivates a member in a paid workspace; cards stay.",
  toolset: "membership",
  effect: "delete",
  makes: [
    { op: "set_workspace_deactivated", direction: "gives" },
    { op: "set_workspace_deactivated", direction: "takes" },
  ],
  input: z.strictObject({ workspace, member, deactivated: z.boolean(), ...writeFields }),
  async plan(args, context): Promise<PlanDraft> {
    const { snapshot, person, who, where, part } = await personIn(args, context);
    if (snapshot.tier === "free") {
      throw new AppError("INPUT_INVALID", "A Free workspace cannot deactivate members.", {
        next: "Use remove_from_workspace instead.",
      });
    }
    if (!person.membership) {
      throw new AppError("CONFLICT", `${who} is a guest, not a member of the workspace.`, {
        next: "Use remove_from_boards instead.",
      });
    }
    const before = { deactivated: person.membership.deactivated };
    const alone = args.deactivated ? onlyAdminOf(snapshot, person.idMember) : [];
    return {
      ...part,
      ...(alone.length > 0 && {
        warnings: [
          ...(part.warnings ?? []),
          `No other admin who can act is on ${plural(alone.length, "board")}: ${listNames(
            alone.map(({ name }) => clean(name, 60)),
            5,
          )}`,
        ],
      }),
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
      notes: args.deactivated ? [] : ["Takes a paid seat of the workspace"],
      untouched: args.deactivated
        ? ["The person's cards and boards: the person stays listed on them, but has no access"]
        : [],
    };
  },
});
