import type { Reads } from "../../domain/reads.ts";
import type { InvitationAction } from "../../domain/trello.ts";
import { labelOf } from "../../people/person.ts";
import type { Invitation } from "./sent.ts";

/** An invitation and the workspace to which it belongs. */
export type PlacedInvitation = Invitation & { readonly idOrganization: string };

/**
 * Adds the senders of invitations that this server did not send. It reads them from Trello's action feed, but only if a
 * workspace has such an invitation. If the feed no longer shows who sent an invitation, the sender stays unknown.
 */
export async function withInviters<Row extends PlacedInvitation>(
  rows: readonly Row[],
  { trello }: Pick<Reads, "trello">,
): Promise<{ readonly rows: readonly Row[]; readonly notes: readonly string[] }> {
  const unknown = rows.filter(({ isOurs, idMember }) => !isOurs && idMember !== null);
  const ids = [...new Set(unknown.map(({ idOrganization }) => idOrganization))];
  if (ids.length === 0) return { rows, notes: [] };
  const feeds = await trello.invitationActions(ids);
  const feedOf = new Map(ids.map((id, index) => [id, feeds[index] ?? null]));
  const told = rows.map((row) =>
    row.isOurs ? row : { ...row, invitedBy: inviterIn(feedOf.get(row.idOrganization) ?? [], row) },
  );
  const left = told.filter(({ isOurs, invitedBy }) => !isOurs && invitedBy === null);
  const refused = left.filter(({ idOrganization }) => feedOf.get(idOrganization) === null).length;
  return {
    rows: told,
    notes: [
      ...(refused > 0
        ? [
            `Invitations whose sender is not known: ${refused}. Trello does not let this account read the workspace's action feed.`,
          ]
        : []),
      ...(left.length > refused
        ? [
            `Invitations whose sender is not known: ${left.length - refused}. This server did not send them, and the 1,000 newest entries of Trello's action feed do not show who did.`,
          ]
        : []),
    ],
  };
}

/**
 * Finds the sender of an invitation in the feed, whose newest rows come first. A row that says "invited" is preferred
 * to a row that only says "added".
 */
function inviterIn(feed: readonly InvitationAction[], { idMember }: Invitation): string | null {
  const about = feed.filter((action) => action.idMember === idMember && action.idInviter !== idMember);
  const found = about.find(({ type }) => type.startsWith("unconfirmed")) ?? about[0];
  if (!found?.idInviter) return null;
  const { fullName, username } = found.inviter ?? {};
  return labelOf(username ? { fullName: fullName ?? "", username } : null, found.idInviter);
}
