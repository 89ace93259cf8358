import type { Wording } from "../domain/effect.ts";
import { AppError } from "../domain/error.ts";
import type { Reads } from "../domain/reads.ts";
import type { Membership, MembershipWithMember } from "../domain/trello.ts";
import type { Changed, Inverse } from "./kind.ts";

/** The person's membership of the workspace, or null. */
export async function workspaceMembership(
  reads: Reads,
  idOrganization: string,
  idMember: string,
): Promise<MembershipWithMember | null> {
  const snapshot = await reads.trello.workspace(idOrganization);
  return snapshot.memberships.find((row) => row.idMember === idMember) ?? null;
}

/**
 * How a person's role differs from the one that an effect was worked out from (null: not there), or null if it is still
 * the same. `given` is the key that the person gives in any role.
 */
export function roleChange(
  found: Pick<Membership, "memberType"> | null,
  before: { readonly memberType: string } | null,
  given?: string,
): Changed | null {
  if (found?.memberType === before?.memberType) return null;
  return found
    ? { changed: `is there as ${found.memberType} now`, ...(given !== undefined && { given }) }
    : { changed: "is not there any more" };
}

/** `Add Jane Doe to board Roadmap as normal`, or what changes of a role that is held. */
export function roleWording(
  before: { readonly memberType: string } | null,
  after: { readonly memberType: string },
): Wording {
  return before
    ? ["Change ", " in ", ` from ${before.memberType} to ${after.memberType}`]
    : ["Add ", " to ", ` as ${after.memberType}`];
}

/** What brings a person back into a workspace as they were: with the role held, and deactivated if they were. */
export function backInWorkspace(
  target: { readonly idOrganization: string; readonly idMember: string },
  before: { readonly memberType: string; readonly deactivated?: true },
  label: string,
): readonly Inverse[] {
  const role = { memberType: before.memberType };
  const back: Inverse = { op: "set_workspace_member", target, before: null, after: role, label };
  if (!before.deactivated) return [back];
  return [
    back,
    {
      op: "set_workspace_deactivated",
      target,
      before: { deactivated: false },
      after: { deactivated: true },
      label,
    },
  ];
}

/**
 * The person's membership of a board, or null. Looked up in the workspace's snapshot, because that is read once for
 * all of its boards; a board that the snapshot does not show is read by itself: unseen is not the same as absent.
 */
export async function boardMembership(
  reads: Reads,
  target: { readonly idBoard: string; readonly idMember: string; readonly idOrganization: string },
): Promise<Membership | null> {
  const seen =
    target.idOrganization === ""
      ? undefined
      : (await reads.trello.workspace(target.idOrganization)).boards.find(
          (board) => board.id === target.idBoard,
        );
  const memberships = seen?.memberships ?? (await membershipsOfBoard(reads, target.idBoard));
  return memberships.find((row) => row.idMember === target.idMember) ?? null;
}

/** A deleted board has nobody on it. */
async function membershipsOfBoard(reads: Reads, idBoard: string): Promise<readonly Membership[]> {
  try {
    return (await reads.trello.board(idBoard)).memberships;
  } catch (error) {
    if (error instanceof AppError && error.code === "NOT_FOUND") return [];
    throw error;
  }
}
