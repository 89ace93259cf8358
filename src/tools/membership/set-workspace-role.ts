import { workspacePlace } from "../../domain/effect.ts";
import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { plural } from "../../domain/text.ts";
import { removeWorkspaceMember, setWorkspaceMember } from "../../effects/workspace-members.ts";
import { type PersonIn, personIn } from "../../people/find.ts";
import { GUEST_TEXT, seatNote, takesSeat } from "../../planning/boards/additions.ts";
import { planInvitations } from "../../planning/invitations/invite.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { member, workspace, workspaceRole, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "set_workspace_role",
  title: "Set workspace role",
  description: "Changes a person's role in a workspace; a `guest` keeps only the boards.",
  toolset: "membership",
  effect: "delete",
  makes: [
    { op: "set_workspace_member", direction: "gives" },
    { op: "set_workspace_member", direction: "gives", grantsAdmin: true },
    { op: "remove_workspace_member", direction: "takes" },
  ],
  input: z.strictObject({
    workspace,
    member,
    role: z.enum([...workspaceRole.options, "guest"]),
    ...writeFields,
  }),
  async plan(args, context): Promise<PlanDraft> {
    const found = await personIn(args, context);
    const { snapshot, person, who, where, part } = found;
    if (args.role === "guest") return guestPlan(found);
    const summary = `Make ${who} ${args.role} of ${where}`;
    // A guest is added to the workspace with the same effects that invite_member plans. So a paid seat is counted and
    // approved in the same way.
    if (!person.membership) {
      const request = { whom: person, role: args.role, boards: [] };
      return { summary, ...combine(part, await planInvitations(snapshot, [request], context)) };
    }
    const before = { memberType: person.membership.memberType };
    return {
      ...part,
      summary,
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

/**
 * Makes a plan that removes a member from the workspace but from none of its boards. The person is a guest afterwards.
 */
function guestPlan({ snapshot, person, who, where, part }: PersonIn): PlanDraft {
  const { membership, boards, idMember } = person;
  const summary = `Make ${who} a guest of ${where}, on ${plural(boards.length, "board")}`;
  if (!membership) return { ...part, summary: `${who} is a guest of ${where}`, effects: [] };
  if (boards.length === 0) {
    throw new AppError("CONFLICT", `${who} is on no board of ${where}, and a guest must be on a board.`, {
      next: "Put the person onto a board with add_to_boards first, or use remove_from_workspace.",
    });
  }
  const takes = takesSeat({ membership: null, boards: [] }, openBoards(boards, snapshot), snapshot);
  return {
    ...part,
    summary,
    effects: [
      removeWorkspaceMember.make({
        target: { idOrganization: snapshot.workspace.id, idMember },
        before: {
          memberType: membership.memberType,
          ...(membership.deactivated && { deactivated: true as const }),
        },
        after: null,
        label: who,
        place: workspacePlace(snapshot.workspace),
      }),
    ],
    notes: takes ? [`${seatNote(who)}, instead of the member's seat`] : [],
    untouched: [`${plural(boards.length, "board")} of ${who} and the person's roles on them. ${GUEST_TEXT}`],
  };
}

function openBoards(boards: PersonIn["person"]["boards"], snapshot: PersonIn["snapshot"]): number {
  const open = new Set(snapshot.boards.filter(({ closed }) => !closed).map(({ id }) => id));
  return boards.filter(({ id }) => open.has(id)).length;
}
