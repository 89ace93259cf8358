import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { clean } from "../../domain/text.ts";
import { inviteWorkspaceMember } from "../../effects/invite-workspace-member.ts";
import { defineTool } from "../define.ts";
import { chosenInvitations, invitationChoice } from "../waiting-invitations.ts";

export default defineTool({
  name: "resend_invitations",
  title: "Resend invitations",
  description: "Invites people again who have not come: by email, or all that expired.",
  toolset: "membership",
  effect: "update",
  input: invitationChoice,
  async plan(args, context): Promise<PlanDraft> {
    const { snapshot, chosen, warnings } = await chosenInvitations(args, context);
    const where = clean(snapshot.workspace.displayName);
    const sendable = chosen.flatMap((row) =>
      row.email && row.idMember ? [{ ...row, email: row.email }] : [],
    );
    const hidden = chosen.length - sendable.length;
    const why = `${hidden} were invited by others, and Trello does not show their emails.`;
    if (hidden > 0 && sendable.length === 0) {
      throw new AppError("CONFLICT", `None of them can be invited again: ${why}`, {
        next: "Ask for their emails and invite them with invite_member.",
      });
    }
    return {
      summary: `Invite ${sendable.length} people again to ${where}`,
      effects: sendable.map(({ email, idMember, role }) => {
        const membership = snapshot.memberships.find((row) => row.idMember === idMember);
        return inviteWorkspaceMember.make({
          target: { idOrganization: snapshot.workspace.id, email },
          before: { sameName: [] },
          // The same role as held: the request sets it too.
          after: { memberType: role, fullName: membership?.member.fullName ?? email },
          label: email,
          where: `workspace ${where}`,
        });
      }),
      warnings: [...warnings, ...(hidden > 0 ? [why] : [])],
      subjects: [],
      blindSpots: [],
    };
  },
});
