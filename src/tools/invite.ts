import type { Effect } from "../domain/effect.ts";
import { clean } from "../domain/text.ts";
import type { BoardSnapshot, WorkspaceSnapshot } from "../domain/trello.ts";
import { inviteBoardMember } from "../effects/invite-board-member.ts";
import { inviteWorkspaceMember } from "../effects/invite-workspace-member.ts";
import { setBoardMember } from "../effects/set-board-member.ts";
import { setWorkspaceMember } from "../effects/set-workspace-member.ts";
import { labelOf, type Person } from "./people.ts";

/** Whom to invite and to what. A `guest` or `observer` comes onto boards only, not into the workspace. */
export interface Wish {
  readonly email: string;
  readonly fullName?: string | undefined;
  readonly role: "normal" | "admin" | "observer" | "guest";
  readonly boards: readonly BoardSnapshot[];
}

/** What brings an existing member or guest to what was wished; nothing where it is so already. Roles held stay. */
export function inviteKnown(
  snapshot: WorkspaceSnapshot,
  person: Person,
  wish: Omit<Wish, "email">,
): readonly Effect[] {
  const who = labelOf(person.member, person.idMember);
  const target = { idOrganization: snapshot.workspace.id, idMember: person.idMember };
  const on = new Set(person.boards.map(({ id }) => id));
  const workspace =
    person.membership || wish.role === "guest" || wish.role === "observer"
      ? []
      : [
          setWorkspaceMember.make({
            target,
            before: null,
            after: { memberType: wish.role },
            label: who,
            where: `workspace ${clean(snapshot.workspace.displayName)}`,
          }),
        ];
  const boards = wish.boards
    .filter(({ board }) => !on.has(board.id))
    .map(({ board }) =>
      setBoardMember.make({
        target: { ...target, idBoard: board.id },
        before: null,
        after: { memberType: boardRoleOf(wish.role) },
        label: who,
        where: `board ${clean(board.name)}`,
      }),
    );
  return [...workspace, ...boards];
}

/** Invitations for an email that nobody in the workspace is known to have. */
export function inviteNew(snapshot: WorkspaceSnapshot, wish: Wish): readonly Effect[] {
  const idOrganization = snapshot.workspace.id;
  // Without a name of its own the email stands in for it, so that the ghost can be told apart until the person signs up.
  const isTaken = [snapshot, ...wish.boards].some(({ memberships }) =>
    memberships.some(({ member }) => member.fullName === wish.fullName),
  );
  const fullName = wish.fullName === undefined || isTaken ? wish.email : wish.fullName;
  const sameName = (rows: WorkspaceSnapshot["memberships"]) =>
    rows.filter(({ member }) => member.fullName === fullName).map(({ idMember }) => idMember);
  const workspace =
    wish.role === "guest" || wish.role === "observer"
      ? []
      : [
          inviteWorkspaceMember.make({
            target: { idOrganization, email: wish.email },
            before: { sameName: sameName(snapshot.memberships) },
            after: { memberType: wish.role, fullName },
            label: wish.email,
            where: `workspace ${clean(snapshot.workspace.displayName)}`,
          }),
        ];
  const boards = wish.boards.map(({ board, memberships }) =>
    inviteBoardMember.make({
      target: { idOrganization, idBoard: board.id, email: wish.email },
      before: { sameName: sameName(memberships) },
      after: { memberType: boardRoleOf(wish.role), fullName },
      label: wish.email,
      where: `board ${clean(board.name)}`,
    }),
  );
  return [...workspace, ...boards];
}

/** An admin of the workspace does not become admin of each board: that is asked for by `set_board_role`. */
function boardRoleOf(role: Wish["role"]): "normal" | "observer" {
  return role === "observer" ? "observer" : "normal";
}
