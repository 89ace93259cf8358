import { clean, plural } from "../domain/text.ts";
import type { Board, WorkspaceSnapshot } from "../domain/trello.ts";
import type { Person } from "./person.ts";

/** One sentence about who can see a board without being a member of it. */
export function seenByText({ prefs }: Board, snapshot: WorkspaceSnapshot | null): string {
  const where = snapshot ? clean(snapshot.workspace.displayName) : "its workspace";
  const members = snapshot?.memberships.filter((row) => !row.deactivated && !row.unconfirmed).length;
  switch (prefs?.permissionLevel) {
    case "private":
      return "private: only members of the board see it, and workspace admins if the Trello plan allows that";
    case "org":
      return `org: every member of ${where} sees the board${members === undefined ? "" : `, ${plural(members, "person", "people")} now`}`;
    case "enterprise":
      return "enterprise: every member of the enterprise sees the board";
    case "public":
      return "public: everyone on the internet who has the address sees the board";
    default:
      return "Trello does not show who sees the board without being a member of it";
  }
}

/** One sentence about a person who is not a member of a board: whether the person can see it, join it and edit it. */
export function accessWithoutMembershipText(
  { prefs }: Board,
  { membership }: Pick<Person, "membership">,
  { workspace, tier }: WorkspaceSnapshot,
): string {
  const where = clean(workspace.displayName);
  switch (prefs?.permissionLevel) {
    case "private":
      return membership?.memberType === "admin" && tier !== "free"
        ? "The board is private, and admins of the workspace see it on paid Trello plans."
        : "The board is private, so the person does not see it.";
    case "org":
      return canAct(membership)
        ? `So the person has no role there; every member of ${where} sees the board, because of its visibility${joinText(prefs.selfJoin)}.`
        : `Only active members of ${where} see the board, so the person does not see it.`;
    case "enterprise":
      return "Every member of the enterprise sees the board, because of its visibility.";
    case "public":
      return "The board is public, so the person sees it, as everyone does.";
    default:
      return "Trello does not say whether the board's visibility lets the person see it.";
  }
}

function joinText(selfJoin: boolean | null | undefined): string {
  if (typeof selfJoin !== "boolean") return "";
  return selfJoin
    ? ", and may join it and edit it then"
    : ", but cannot edit or join the board without being added";
}

function canAct(membership: Person["membership"]): boolean {
  return membership !== null && !membership.deactivated && !membership.unconfirmed;
}

/** Open boards that a person can see without being a member of them. Guests and deactivated members can see none. */
export function seenWithoutMembership(
  { membership, boards }: Pick<Person, "membership" | "boards">,
  snapshot: WorkspaceSnapshot,
): { readonly org: number; readonly public: number; readonly mayJoin?: number } {
  const on = new Set(boards.map(({ id }) => id));
  const others = snapshot.boards.filter(({ id, closed }) => !closed && !on.has(id));
  const count = (level: string) => others.filter(({ prefs }) => prefs?.permissionLevel === level).length;
  if (!canAct(membership)) return { org: 0, public: count("public") };
  const ofWorkspace = others.filter(({ prefs }) => prefs?.permissionLevel === "org");
  const isTold = ofWorkspace.every(({ prefs }) => typeof prefs?.selfJoin === "boolean");
  const mayJoin = ofWorkspace.filter(({ prefs }) => prefs?.selfJoin === true).length;
  return { org: count("org"), public: count("public"), ...(isTold && { mayJoin }) };
}
