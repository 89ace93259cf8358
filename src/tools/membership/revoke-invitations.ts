import { placeOf, workspacePlace } from "../../domain/effect.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { clean, listNames, plural } from "../../domain/text.ts";
import { revokeInvitation } from "../../effects/invitations.ts";
import { blindSpotsOf } from "../../people/person.ts";
import { chosenInvitations } from "../../planning/invitations/choose.ts";
import { defineTool } from "../define.ts";
import { invitationChoice } from "../support/fields.ts";

export default defineTool({
  name: "revoke_invitations",
  title: "Revoke invitations",
  description: "Revokes pending invitations: by email, one by name or id, or all expired.",
  toolset: "membership",
  effect: "delete",
  makes: [{ op: "revoke_invitation", direction: "takes" }],
  input: invitationChoice,
  async plan(args, context): Promise<PlanDraft> {
    const { snapshot, chosen, warnings } = await chosenInvitations(args, context);
    const idOrganization = snapshot.workspace.id;
    const where = clean(snapshot.workspace.displayName);
    const effects = chosen.flatMap(({ idMember, email, name }) => {
      if (!idMember) return [];
      const who = email ?? name;
      const target = { idOrganization, idMember, email: email ?? "" };
      const membership = snapshot.memberships.find((row) => row.idMember === idMember);
      const fullName = membership?.member.fullName ?? who;
      const boards = snapshot.boards.flatMap((board) => {
        const row = board.memberships.find((candidate) => candidate.idMember === idMember);
        return row
          ? [
              revokeInvitation.make({
                target: { ...target, idBoard: board.id },
                before: { memberType: row.memberType, fullName },
                after: null,
                label: who,
                place: placeOf("board", board),
              }),
            ]
          : [];
      });
      const toWorkspace = membership
        ? [
            revokeInvitation.make({
              target: { ...target, idBoard: "" },
              before: { memberType: membership.memberType, fullName },
              after: null,
              label: who,
              place: workspacePlace(snapshot.workspace),
            }),
          ]
        : [];
      return [...boards, ...toWorkspace];
    });
    return {
      summary: `Revoke ${plural(chosen.length, "invitation")} to ${where}: ${listNames(
        chosen.map(({ email, name }) => email ?? name),
        3,
      )}`,
      effects,
      warnings,
      subjects: chosen.map(({ idMember, email }) => ({
        ...(idMember && { idMember }),
        ...(email && { email }),
      })),
      blindSpots: await blindSpotsOf([snapshot], context.reads),
    };
  },
});
