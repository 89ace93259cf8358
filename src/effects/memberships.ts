import type { Wording } from "../domain/effect.ts";
import { AppError } from "../domain/error.ts";
import type { Reads } from "../domain/reads.ts";
import type { Membership, MembershipWithMember } from "../domain/trello.ts";
import type { Changed, Inverse } from "./define-effect.ts";

/** The person's membership in the workspace; null if the person is not in it. */
export async function workspaceMembership(
  reads: Reads,
  idOrganization: string,
  idMember: string,
): Promise<MembershipWithMember | null> {
  const snapshot = await reads.trello.workspace(idOrganization);
  return snapshot.memberships.find((row) => row.idMember === idMember) ?? null;
}

/**
 * How the person's present role differs from `before`, the role at planning time; null if the role is the same. A role
 * is null if the person is not a member. `given`: the key (a fact such as "the person is on the board", see
 * effects/keys.ts) that is already true if the person has any role now.
 */
export function roleChange(
  found: Pick<Membership, "memberType"> | null,
  before: { readonly memberType: string } | null,
  given?: string,
): Changed | null {
  if (found?.memberType === before?.memberType) return null;
  return found
    ? { changed: `has the role ${found.memberType} there now`, ...(given !== undefined && { given }) }
    : { changed: "is no longer a member there" };
}

/**
 * The words for an effect that gives a person a role, or changes the role, such as `Add Jane Doe to board Roadmap as
 * normal`.
 */
export function roleWording(
  before: { readonly memberType: string } | null,
  after: { readonly memberType: string },
): Wording {
  return before
    ? ["Change ", " in ", ` from ${before.memberType} to ${after.memberType}`]
    : ["Add ", " to ", ` as ${after.memberType}`];
}

/**
 * The effects that bring a person back into a workspace with the earlier role. If the person was deactivated before,
 * the last effect deactivates the person again.
 */
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
 * The person's membership in a board; null if the person is not on the board. The data of the workspace is used first,
 * because it contains the workspace's boards. If the board is missing there, the board itself is read, because it may
 * still exist.
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

/** A deleted board has no members. */
async function membershipsOfBoard(reads: Reads, idBoard: string): Promise<readonly Membership[]> {
  try {
    return (await reads.trello.board(idBoard)).memberships;
  } catch (error) {
    if (error instanceof AppError && error.code === "NOT_FOUND") return [];
    throw error;
  }
}
