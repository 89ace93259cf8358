import { clean, plural } from "../domain/text.ts";
import type { Board, WorkspaceSnapshot } from "../domain/trello.ts";
import type { Person } from "./person.ts";

/** Says in one sentence who sees a board without being on it. */
export function seenByText({ prefs }: Board, snapshot: WorkspaceSnapshot | null): string {
  const where = snapshot ? clean(snapshot.workspace.displayName) : "its workspace";
  const members = snapshot?.memberships.filter((row) => !row.deactivated && !row.unconfirmed).length;
  switch (prefs?.permissionLevel) {
    case "private":
      return "private: only its own members see it, and workspace admins if the plan tier allows that";
    case "org":
      return `org: every member of ${where} sees it${members === undefined ? "" : `, ${plural(members, "person", "people")} now`}`;
    case "enterprise":
      return "enterprise: every member of the enterprise sees it";
    case "public":
      return "public: everyone on the internet who has its address sees it";
    default:
      return "Trello does not say who sees the board without being on it";
  }
}

/** Open boards that a person sees without being on them, by visibility. Guests and deactivated members see none. */
export function seenWithoutMembership(
  { membership, boards }: Pick<Person, "membership" | "boards">,
  snapshot: WorkspaceSnapshot,
): { readonly org: number; readonly public: number } {
  const on = new Set(boards.map(({ id }) => id));
  const others = snapshot.boards.filter(({ id, closed }) => !closed && !on.has(id));
  const count = (level: string) => others.filter(({ prefs }) => prefs?.permissionLevel === level).length;
  const isInside = membership !== null && !membership.deactivated && !membership.unconfirmed;
  return { org: isInside ? count("org") : 0, public: count("public") };
}
