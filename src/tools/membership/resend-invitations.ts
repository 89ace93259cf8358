import { type Effect, placeOf, workspacePlace } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { plural } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { inviteBoardMember, inviteWorkspaceMember } from "../../effects/invitations.ts";
import { chosenInvitations } from "../../planning/invitations/choose.ts";
import { defineTool } from "../define.ts";
import { invitationChoice } from "../support/fields.ts";

export default defineTool({
  name: "resend_invitations",
  title: "Resend invitations",
  description:
    "Sends pending invitations again: emails, one member, all `expired`, or `all` of named workspaces.",
  toolset: "membership",
  effect: "grant",
  makes: [
    { op: "invite_workspace_member", direction: "gives" },
    { op: "invite_workspace_member", direction: "gives", grantsAdmin: true },
    { op: "invite_board_member", direction: "gives" },
    { op: "invite_board_member", direction: "gives", grantsAdmin: true },
  ],
  input: invitationChoice,
  async plan(args, context): Promise<PlanDraft> {
    const { places, where, warnings } = await chosenInvitations(args, context);
    const sendable = places.map(({ snapshot, chosen }) => ({
      snapshot,
      rows: chosen.flatMap((row) => (row.email && row.idMember ? [{ ...row, email: row.email }] : [])),
    }));
    const count = sendable.reduce((sum, { rows }) => sum + rows.length, 0);
    const hidden = places.reduce((sum, { chosen }) => sum + chosen.length, 0) - count;
    const why = `${plural(hidden, "person was", "people were")} invited by others, and Trello does not show their emails.`;
    if (hidden > 0 && count === 0) {
      throw new AppError("CONFLICT", `None of these people can be invited again: ${why}`, {
        next: "Ask for their emails and invite these people with invite_member.",
      });
    }
    const effects = await Promise.all(sendable.map(({ snapshot, rows }) => again(rows, snapshot, context)));
    return {
      summary: `Invite ${plural(count, "person", "people")} again to ${where}`,
      effects: effects.flat(),
      warnings: [...warnings, ...(hidden > 0 ? [why] : [])],
    };
  },
});

/**
 * The effects that send the same invitations again: to the workspace, or to a guest's boards. Each new invitation has
 * the role of the old invitation, because Trello needs a role in the request.
 */
async function again(
  invitations: readonly { readonly email: string; readonly idMember: string | null }[],
  { workspace, memberships, boards }: WorkspaceSnapshot,
  { reads }: PlanContext,
): Promise<readonly Effect[]> {
  const idOrganization = workspace.id;
  const before = { sameName: [] };
  const inside = new Map(memberships.map((row) => [row.idMember, row]));
  const guests = new Map(
    invitations.flatMap(({ email, idMember }) =>
      idMember === null || inside.has(idMember) ? [] : [[idMember, email] as const],
    ),
  );
  const waitsOn = boards.filter((board) =>
    board.memberships.some(({ idMember, unconfirmed }) => unconfirmed && guests.has(idMember)),
  );
  // The workspace's data contains no names of invited guests. The data of their boards does, so the boards are read.
  const snapshots = await reads.trello.boards(waitsOn.map(({ id }) => id));
  return [
    ...invitations.flatMap(({ email, idMember }) => {
      const held = inside.get(idMember ?? "");
      if (!held) return [];
      return inviteWorkspaceMember.make({
        target: { idOrganization, email },
        before,
        after: { memberType: held.memberType, fullName: held.member.fullName },
        label: email,
        place: workspacePlace(workspace),
      });
    }),
    ...snapshots.flatMap(({ board, memberships: rows }) =>
      rows.flatMap(({ idMember, unconfirmed, memberType, member }) => {
        const email = guests.get(idMember);
        if (email === undefined || !unconfirmed) return [];
        return inviteBoardMember.make({
          target: { idOrganization, idBoard: board.id, email },
          before,
          after: { memberType, fullName: member.fullName },
          label: email,
          place: placeOf("board", board),
        });
      }),
    ),
  ];
}
