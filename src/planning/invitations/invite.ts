import type { Effect } from "../../domain/effect.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { clean, listNames } from "../../domain/text.ts";
import type { BoardSnapshot, MembershipWithMember, WorkspaceSnapshot } from "../../domain/trello.ts";
import { setBoardMember } from "../../effects/board-members.ts";
import { inviteBoardMember, inviteWorkspaceMember } from "../../effects/invitations.ts";
import { setWorkspaceMember } from "../../effects/workspace-members.ts";
import { labelOf, type Person, withGuestNames } from "../../people/person.ts";
import { silentSources } from "../../people/sources.ts";
import { billableElsewhere, chargesGuests, seatNote, takesSeat } from "../boards/additions.ts";
import { hiddenAdmins, hiddenAdminsWarning, type HiddenAmong } from "./hidden-admins.ts";

/** What somebody is invited to. A `guest` or `observer` comes onto boards only, not into the workspace. */
export interface Wish {
  /** Somebody who is known, or the email of whoever is not. */
  readonly whom: Person | string;
  readonly fullName?: string | undefined;
  readonly role: "normal" | "admin" | "observer" | "guest";
  readonly boards: readonly BoardSnapshot[];
}

export interface Invitations {
  /** What each wish comes to, in the order given; nothing where it is so already. Roles held stay. */
  readonly effects: readonly (readonly Effect[])[];
  readonly warnings: readonly string[];
  /** Paid seats. */
  readonly notes: readonly string[];
}

/**
 * Plans invitations to one workspace: who is known is added as the member that they are, anybody else is invited by
 * email. Everything that is true of one invitation is told here, so that every tool that invites tells it.
 */
export async function invitations(
  snapshot: WorkspaceSnapshot,
  wishes: readonly Wish[],
  context: PlanContext,
): Promise<Invitations> {
  const known = await named(wishes, snapshot, context);
  const strangers = wishes.filter(isStranger);
  const places = [
    ...(strangers.some(({ role }) => role === "normal") ? [snapshot] : []),
    ...new Set(strangers.flatMap((stranger) => boardsFor(stranger, snapshot))),
  ];
  const hidden = places.length === 0 ? () => [] : await hiddenAdmins(snapshot, places, context);
  return {
    effects: wishes.map((wish) => {
      if (isStranger(wish)) return inviteNew(snapshot, wish, hidden);
      const person = known.get(wish);
      return person ? inviteKnown(snapshot, person) : [];
    }),
    warnings: [
      ...hiddenAdminsWarning(places.flatMap(({ memberships }) => hidden(memberships))),
      ...namesakes(strangers, snapshot),
      ...oneBoardOnly(
        strangers.filter((stranger) => boardsFor(stranger, snapshot).length < stranger.boards.length),
      ),
      ...silentSources(context.reads),
      ...(await billableElsewhere(guestBoards(strangers, [...known.values()], snapshot), snapshot, context)),
    ],
    notes: [...known.values()]
      .filter((wish) => seat(wish, snapshot))
      .map(({ whom }) => seatNote(labelOf(whom.member, whom.idMember))),
  };
}

type Known = Wish & { readonly whom: Person };
type Stranger = Wish & { readonly whom: string };

function isStranger(wish: Wish): wish is Stranger {
  return typeof wish.whom === "string";
}

/** The wishes for people who are known; whoever decides on a guest should read a name. */
async function named(
  wishes: readonly Wish[],
  snapshot: WorkspaceSnapshot,
  { reads }: PlanContext,
): Promise<ReadonlyMap<Wish, Known>> {
  const known = wishes.flatMap((wish) => (typeof wish.whom === "string" ? [] : [{ wish, whom: wish.whom }]));
  const people = await withGuestNames(
    known.map(({ whom }) => whom),
    snapshot,
    reads,
  );
  return new Map(known.map(({ wish, whom }, index) => [wish, { ...wish, whom: people[index] ?? whom }]));
}

function isMember({ role }: Pick<Wish, "role">): boolean {
  return role === "normal" || role === "admin";
}

/**
 * A stranger's boards. Unlike a member's, an invitation by email cannot say that a seat may be spent (PUT
 * /boards/{id}/members has no allowBillableGuest), so Trello would refuse a guest's second board.
 */
function boardsFor(stranger: Stranger, { tier }: WorkspaceSnapshot): Wish["boards"] {
  return isMember(stranger) || !chargesGuests(tier) ? stranger.boards : stranger.boards.slice(0, 1);
}

function missingBoards({ whom, boards }: Known): Wish["boards"] {
  const on = new Set(whom.boards.map(({ id }) => id));
  return boards.filter(({ board }) => !on.has(board.id));
}

/** Whether the boards make a known person a billable guest; who comes into the workspace is none. */
function seat(wish: Known, { tier }: WorkspaceSnapshot): boolean {
  return !isMember(wish) && takesSeat(wish.whom, missingBoards(wish).length, tier);
}

/** What brings an existing member or guest to what was wished; nothing where it is so already. */
function inviteKnown(snapshot: WorkspaceSnapshot, wish: Known): readonly Effect[] {
  const { whom, role } = wish;
  const label = labelOf(whom.member, whom.idMember);
  const target = { idOrganization: snapshot.workspace.id, idMember: whom.idMember };
  const workspace =
    whom.membership || !isMember(wish)
      ? []
      : [
          setWorkspaceMember.make({
            target,
            before: null,
            after: { memberType: role },
            label,
            where: `workspace ${clean(snapshot.workspace.displayName)}`,
          }),
        ];
  const billable = seat(wish, snapshot);
  const boards = missingBoards(wish).map(({ board }) =>
    setBoardMember.make({
      target: { ...target, idBoard: board.id },
      before: null,
      after: { memberType: boardRoleOf(role), ...(billable && { billable: true as const }) },
      label,
      where: `board ${clean(board.name)}`,
    }),
  );
  return [...workspace, ...boards];
}

/** Invitations for an email that nobody in the workspace is known to have. */
function inviteNew(snapshot: WorkspaceSnapshot, wish: Stranger, hidden: HiddenAmong): readonly Effect[] {
  const idOrganization = snapshot.workspace.id;
  const { whom: email, role } = wish;
  const onto = boardsFor(wish, snapshot);
  // Without a name of its own the email stands in for it, so that the ghost can be told apart until the person signs up.
  const isTaken = [snapshot, ...onto].some(({ memberships }) =>
    memberships.some(({ member }) => member.fullName === wish.fullName),
  );
  const fullName = wish.fullName === undefined || isTaken ? email : wish.fullName;
  const before = (rows: readonly MembershipWithMember[], given: string) => {
    const admins = given === "admin" ? [] : hidden(rows).map(({ idMember }) => idMember);
    return {
      sameName: rows.filter(({ member }) => member.fullName === fullName).map(({ idMember }) => idMember),
      ...(admins.length > 0 && { hiddenAdmins: admins }),
    };
  };
  const workspace = isMember(wish)
    ? [
        inviteWorkspaceMember.make({
          target: { idOrganization, email },
          before: before(snapshot.memberships, role),
          after: { memberType: role, fullName },
          label: email,
          where: `workspace ${clean(snapshot.workspace.displayName)}`,
        }),
      ]
    : [];
  const boards = onto.map(({ board, memberships }) =>
    inviteBoardMember.make({
      target: { idOrganization, idBoard: board.id, email },
      before: before(memberships, boardRoleOf(role)),
      after: { memberType: boardRoleOf(role), fullName },
      label: email,
      where: `board ${clean(board.name)}`,
    }),
  );
  return [...workspace, ...boards];
}

/** An admin of the workspace does not become admin of each board: that is asked for by `set_board_role`. */
function boardRoleOf(role: Wish["role"]): "normal" | "observer" {
  return role === "observer" ? "observer" : "normal";
}

/** Boards onto which somebody comes as a guest. */
function guestBoards(strangers: readonly Stranger[], known: readonly Known[], snapshot: WorkspaceSnapshot) {
  const onto = [
    ...strangers.flatMap((wish) => (isMember(wish) ? [] : boardsFor(wish, snapshot))),
    ...known.flatMap((wish) => (isMember(wish) || wish.whom.membership ? [] : missingBoards(wish))),
  ];
  return [...new Map(onto.map(({ board }) => [board.id, board])).values()];
}

/** Strangers by email who have the name of exactly one member: perhaps the same person, whose email Trello hides. */
function namesakes(strangers: readonly Stranger[], { memberships }: WorkspaceSnapshot): readonly string[] {
  const same = strangers.flatMap(({ whom, fullName }) => {
    const found = memberships.filter(
      ({ member }) => member.memberType !== "ghost" && fullName !== undefined && member.fullName === fullName,
    );
    const [only] = found;
    return only && found.length === 1 ? [`${whom} as ${labelOf(only.member, only.idMember)}`] : [];
  });
  return same.length === 0 ? [] : [`May be in already, by their names: ${listNames(same)}`];
}

function oneBoardOnly(guests: readonly Stranger[]): readonly string[] {
  if (guests.length === 0) return [];
  const emails = guests.map(({ whom }) => whom);
  return [
    `Onto the first of their boards only, for a guest's second board takes a paid seat, which an invitation by email cannot ask for; use add_to_boards afterwards: ${listNames(emails)}`,
  ];
}
