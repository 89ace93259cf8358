import { boardsTakenAlong, type Effect } from "../domain/effect.ts";
import type { AdminsLeft } from "../domain/plan.ts";
import type { BegunEffect } from "../domain/run.ts";
import { clean, listNames } from "../domain/text.ts";
import type { Membership, WorkspaceSnapshot } from "../domain/trello.ts";
import type { GuardFacts, Refusal } from "./rules.ts";

interface Roles {
  /**
   * For each person whose role the plan changes in a workspace or board: whether the person is an admin there after the
   * plan. The key is `PLACE/MEMBER`: the id of the workspace or board, and the id of the member.
   */
  readonly after: ReadonlyMap<string, boolean>;
}

/** Refuses a plan that would leave a workspace without an active admin. */
export function lastWorkspaceAdmin({ effects, workspaces }: GuardFacts): Refusal | null {
  const roles = rolesAfter(effects);
  for (const [id, snapshot] of workspaces) {
    if (!losesLastAdmin(id, snapshot.memberships, roles, () => true)) continue;
    const others = snapshot.memberships
      .filter(
        (row) =>
          row.memberType === "normal" &&
          canAct(row) &&
          roles.after.get(`${id}/${row.idMember}`) === undefined,
      )
      .slice(0, 3)
      .map((row) => `@${row.member.username}`);
    return {
      guard: "last_admin",
      message: `The workspace ${clean(snapshot.workspace.displayName)} would be left without an admin.`,
      next:
        others.length > 0
          ? `Make another person admin first, for example ${others.join(", ")}.`
          : "Invite another admin first.",
    };
  }
  return null;
}

/** Refuses a plan that would leave a board without an active admin. */
export function lastBoardAdmin({ effects, workspaces }: GuardFacts): Refusal | null {
  const roles = rolesAfter(effects);
  const left = [...workspaces.values()].flatMap((snapshot: WorkspaceSnapshot) =>
    // Closed boards are checked too. Trello refuses to remove their last admin, so the run would stop halfway.
    snapshot.boards.filter((board) => losesLastAdmin(board.id, board.memberships, roles, canJoin(snapshot))),
  );
  if (left.length === 0) return null;
  const names = listNames(
    left.map((board) => clean(board.name)),
    5,
  );
  return {
    guard: "last_admin",
    message: `${left.length === 1 ? "A board" : `${left.length} boards`} would be left without an admin: ${names}.`,
    next: "Make another person admin there first, then try again. offboard_member and remove_from_workspace do that if you set reassignTo and addToBoards: true.",
  };
}

/** For each workspace and board that loses an admin: the active admins who stay. */
export function adminsLeftBy({
  effects,
  workspaces,
}: Pick<GuardFacts, "effects" | "workspaces">): Readonly<Record<string, AdminsLeft>> {
  const { after } = rolesAfter(effects);
  const left: Record<string, AdminsLeft> = {};
  for (const snapshot of workspaces.values()) {
    const { workspace, memberships, boards } = snapshot;
    const places = [
      { place: "workspace", id: workspace.id, name: workspace.displayName, memberships },
      ...boards.map((board) => ({ place: "board", ...board }) as const),
    ] as const;
    for (const { place, id, name, memberships: rows } of places) {
      const admins = rows.filter((row) => row.memberType === "admin" && canAct(row));
      if (admins.every(({ idMember }) => after.get(`${id}/${idMember}`) !== false)) continue;
      const stays = ({ idMember, memberType }: Membership) =>
        after.get(`${id}/${idMember}`) ?? memberType === "admin";
      const staying = rows.filter((row) => canAct(row) && stays(row)).map(({ idMember }) => idMember);
      const made = [
        ...staying.filter((idMember) => after.get(`${id}/${idMember}`)),
        ...newAdmins(id, rows, after, place === "board" ? canJoin(snapshot) : () => true),
      ];
      const members = staying.filter((idMember) => !made.includes(idMember));
      left[id] = { place, name: clean(name), members, ...(made.length > 0 && { made }) };
    }
  }
  return left;
}

/**
 * Refuses a plan in one case: runs that have already started may remove every admin who would remain after the plan.
 * Without this check, each of two plans made at the same time could rely on the admin whom the other plan removes.
 */
export function othersTakeAdmins(
  left: Readonly<Record<string, AdminsLeft>>,
  begun: readonly BegunEffect[],
): Refusal | null {
  const isAdmin = new Map<string, boolean>();
  const mayLose = new Set<string>();
  for (const { effect, settled } of begun) {
    for (const [key, is] of rolesAfter([effect]).after) {
      // The effect that makes a person an admin may still fail. So this person does not count as an admin yet.
      if (settled || !is) isAdmin.set(key, is);
      if (!settled && !is) mayLose.add(key);
    }
  }
  // The plan may make a person admin again whom an earlier run has removed. That removal does not matter, because it
  // came first. Only a removal that may still happen counts.
  const lost = Object.entries(left).filter(
    ([id, { members, made = [] }]) =>
      members.every((idMember) => isAdmin.get(`${id}/${idMember}`) === false) &&
      made.every((idMember) => mayLose.has(`${id}/${idMember}`)),
  );
  if (lost.length === 0) return null;
  const names = listNames(
    lost.map(([, { place, name }]) => `${place} ${name}`),
    5,
  );
  return {
    guard: "last_admin",
    message: `Another run, which has already begun, takes the admin role from the other admins of ${names}.`,
    next: "Wait until that run has ended, then try again. list_runs shows it.",
  };
}

function losesLastAdmin(
  id: string,
  memberships: readonly Membership[],
  { after }: Roles,
  isAble: (idMember: string) => boolean,
): boolean {
  const admins = memberships.filter((row) => row.memberType === "admin" && canAct(row));
  const loses = admins.some((row) => after.get(`${id}/${row.idMember}`) === false);
  if (!loses) return false;
  const stays = admins.some((row) => after.get(`${id}/${row.idMember}`) !== false);
  const joins = memberships.some((row) => canAct(row) && after.get(`${id}/${row.idMember}`) === true);
  return !stays && !joins && newAdmins(id, memberships, after, isAble).length === 0;
}

/** The people whom the plan adds as admins to a workspace or board, if they can be active admins there. */
function newAdmins(
  id: string,
  memberships: readonly Membership[],
  after: Roles["after"],
  isAble: (idMember: string) => boolean,
): readonly string[] {
  const there = new Set(memberships.map(({ idMember }) => idMember));
  return [...after].flatMap(([key, is]) => {
    const idMember = key.startsWith(`${id}/`) ? key.slice(id.length + 1) : "";
    return is && idMember !== "" && !there.has(idMember) && isAble(idMember) ? [idMember] : [];
  });
}

/** Whether a person could be an active admin of a board in the workspace. Guests can be. */
function canJoin({ memberships }: WorkspaceSnapshot): (idMember: string) => boolean {
  return (idMember) => memberships.every((row) => row.idMember !== idMember || canAct(row));
}

/** Whether an admin is active. An admin who was only invited, or is deactivated, does not count. */
function canAct(row: Membership): boolean {
  return !row.deactivated && !row.unconfirmed;
}

function rolesAfter(effects: readonly Effect[]): Roles {
  const after = new Map<string, boolean>();
  for (const effect of effects) {
    const { resource, target, after: state } = effect;
    if (!target.idMember) continue;
    const id =
      resource === "board_membership"
        ? target.idBoard
        : resource === "workspace_membership"
          ? target.idOrganization
          : undefined;
    if (!id) continue;
    after.set(`${id}/${target.idMember}`, memberTypeOf(state) === "admin");
    for (const { idBoard } of boardsTakenAlong(effect)) after.set(`${idBoard}/${target.idMember}`, false);
  }
  return { after };
}

function memberTypeOf(state: Effect["after"]): string | null {
  return state && typeof state === "object" && "memberType" in state && typeof state.memberType === "string"
    ? state.memberType
    : null;
}
