import { workspacePlace } from "../../domain/effect.ts";
import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { setWorkspaceMember } from "../../effects/workspace-members.ts";
import { personIn } from "../../people/find.ts";
import { defineTool } from "../define.ts";
import { member, workspace, workspaceRole, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "set_workspace_role",
  title: "Set workspace role",
  description: "Changes a member's role in a workspace.",
  toolset: "membership",
  effect: "grant",
  makes: [
    { op: "set_workspace_member", direction: "gives" },
    { op: "set_workspace_member", direction: "gives", grantsAdmin: true },
  ],
  input: z.strictObject({ workspace, member, role: workspaceRole, ...writeFields }),
  async plan(args, context): Promise<PlanDraft> {
    const { snapshot, person, who, where, part } = await personIn(args, context);
    if (!person.membership) {
      throw new AppError("CONFLICT", `${who} is a guest: on boards, but not in the workspace.`, {
        next: "Invite the person to the workspace with invite_member first.",
      });
    }
    const before = { memberType: person.membership.memberType };
    return {
      ...part,
      summary: `Make ${who} ${args.role} of ${where}`,
      effects:
        before.memberType === args.role
          ? []
          : [
              setWorkspaceMember.make({
                target: { idOrganization: snapshot.workspace.id, idMember: person.idMember },
                before,
                after: { memberType: args.role },
                label: who,
                place: workspacePlace(snapshot.workspace),
              }),
            ],
    };
  },
});
