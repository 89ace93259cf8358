import { type Effect, placeOf, workspacePlace } from "../../domain/effect.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { listNames, plural } from "../../domain/text.ts";
import { revokeInvitation } from "../../effects/invitations.ts";
import { blindSpotsOf } from "../../people/person.ts";
import { chosenInvitations, type InvitationPlace } from "../../planning/invitations/choose.ts";
import { withInviters } from "../../planning/invitations/inviters.ts";
import type { Invitation } from "../../planning/invitations/sent.ts";
import { defineTool } from "../define.ts";
import { invitationChoice } from "../support/fields.ts";

export default defineTool({
  name: "revoke_invitations",
  title: "Revoke invitations",
  description:
    "Revokes pending invitations: of `emails`, of one `member`, every `expired` one, or `all` in the workspaces that you name.",
  toolset: "membership",
  effect: "delete",
  makes: [{ op: "revoke_invitation", direction: "takes" }],
  input: invitationChoice,
  async plan(args, context): Promise<PlanDraft> {
    const { places, where, warnings } = await chosenInvitations(args, context);
    const chosen = places.flatMap((place) => place.chosen);
    const placed = places.flatMap(({ snapshot, chosen: rows }) =>
      rows.map((row) => ({ ...row, idOrganization: snapshot.workspace.id })),
    );
    const { rows } = await withInviters(placed, context.reads);
    const effects = places.flatMap(revocations);
    return {
      summary: `Revoke ${plural(chosen.length, "invitation")} to ${where}: ${listNames(
        chosen.map(({ email, name }) => email ?? name),
        3,
      )}`,
      effects,
      warnings: [
        ...warnings,
        ...(rows.length > 0 ? [`Sent: ${listNames(rows.map(sentText), 10, { separator: "; " })}`] : []),
        ...(effects.some(({ reversible }) => !reversible)
          ? [
              "If an invitation is marked as not reversible, this server does not know its email. To invite that person again, call invite_member with the email.",
            ]
          : []),
      ],
      subjects: chosen.map(({ idMember, email }) => ({
        ...(idMember && { idMember }),
        ...(email && { email }),
      })),
      blindSpots: await blindSpotsOf(
        places.map(({ snapshot }) => snapshot),
        context.reads,
      ),
    };
  },
});

/** An invitation in words, with its date and sender if they are known: `late@x.org on 2026-10-01 by Ada (@ada)`. */
function sentText({ email, name, invitedAt, invitedBy }: Invitation): string {
  const when = invitedAt === null ? "date not known" : `on ${invitedAt.slice(0, 10)}`;
  return `${email ?? `${name} (email not known)`} ${when} by ${invitedBy ?? "an unknown person"}`;
}

/**
 * The effects that revoke a person's invitations: one for the workspace, and one for each board that the person has not
 * joined.
 */
function revocations({ snapshot, chosen }: InvitationPlace): readonly Effect[] {
  const { workspace, memberships, boards } = snapshot;
  return chosen.flatMap(({ idMember, email, name }) => {
    if (!idMember) return [];
    const who = email ?? name;
    const target = { idOrganization: workspace.id, idMember, email: email ?? "" };
    const membership = memberships.find((row) => row.idMember === idMember);
    const isGhost = membership?.member.memberType === "ghost";
    const fullName = membership?.member.fullName ?? name;
    const toBoards = boards.flatMap((board) =>
      board.memberships
        .filter((row) => row.idMember === idMember && (isGhost || row.unconfirmed))
        .map(({ memberType }) =>
          revokeInvitation.make({
            target: { ...target, idBoard: board.id },
            before: { memberType, fullName },
            after: null,
            label: who,
            place: placeOf("board", board),
          }),
        ),
    );
    if (!membership) return toBoards;
    const toWorkspace = revokeInvitation.make({
      target: { ...target, idBoard: "" },
      before: { memberType: membership.memberType, fullName },
      after: null,
      label: who,
      place: workspacePlace(workspace),
    });
    return [...toBoards, toWorkspace];
  });
}
