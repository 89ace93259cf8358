import { type Effect, placeOf, workspacePlace } from "../../domain/effect.ts";
import type { PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { plural } from "../../domain/text.ts";
import type { BoardSnapshot, MembershipWithMember, WorkspaceSnapshot } from "../../domain/trello.ts";
import { setBoardMember } from "../../effects/board-members.ts";
import { inviteBoardMember, inviteWorkspaceMember } from "../../effects/invitations.ts";
import { setWorkspaceMember } from "../../effects/workspace-members.ts";
import { labelOf, type Person, withGuestNames } from "../../people/person.ts";
import { silentSources } from "../../people/sources.ts";
import {
  billableGuestLines,
  chargesGuests,
  isStranger,
  onBoardAlready,
  planText,
  seatNote,
  takesSeat,
} from "../boards/additions.ts";
import { roomLines } from "../boards/collaborators.ts";
import { entryLines, oneBoardLines } from "./entry.ts";
import { hiddenAdmins, hiddenAdminsWarning, type HiddenAmong, namesakeLines } from "./hidden-members.ts";

/** The role that a person is invited to. A `guest` or `observer` joins boards only, not the workspace. */
export interface InvitationRequest {
  /** The person, if the email's owner is known; otherwise the email. */
  readonly whom: Person | string;
  readonly fullName?: string | undefined;
  readonly role: "normal" | "admin" | "observer" | "guest";
  readonly boards: readonly BoardSnapshot[];
}

export interface PlannedInvitations extends PlanPart {
  readonly effects: readonly Effect[];
  /**
   * For each person in `requests`, in the same order: the effects that add or invite the person. Empty if the person is
   * already there, because the present role stays.
   */
  readonly each: readonly (readonly Effect[])[];
}

/**
 * Plans invitations to one workspace. A known person is added directly as a member; others are invited by email. All
 * warnings about invitations are made here, so that every tool shows the same warnings. `alongside`: ids of people whom
 * the same plan adds.
 */
export async function planInvitations(
  snapshot: WorkspaceSnapshot,
  requests: readonly InvitationRequest[],
  context: PlanContext,
  alongside: readonly string[] = [],
): Promise<PlannedInvitations> {
  const known = await withNames(requests, snapshot, context);
  const newcomers = requests.filter(isNew);
  const places = [
    ...(newcomers.some(({ role }) => role === "normal") ? [snapshot] : []),
    ...new Set(newcomers.flatMap((newcomer) => boardsFor(newcomer, snapshot))),
  ];
  const hidden = places.length === 0 ? () => [] : await hiddenAdmins(snapshot, places, context);
  const each = requests.map((request) => {
    if (isNew(request)) return inviteNew(snapshot, request, hidden);
    const person = known.get(request);
    return person ? inviteKnown(snapshot, person) : [];
  });
  const joining = requests.filter((each) => isMember(each) && !known.get(each)?.whom.membership);
  const entry = await entryLines(
    snapshot,
    newcomers.map((newcomer) => ({ email: newcomer.whom, isGuest: !isMember(newcomer) })),
    context.reads,
  );
  const seats = snapshot.tier === "free" ? 0 : joining.length;
  return {
    each,
    effects: each.flat(),
    askFirst:
      seats > 0 ||
      requests.some((request) => {
        const whom = known.get(request)?.whom;
        return !isMember(request) && request.boards.length > 0 && (whom === undefined || isStranger(whom));
      }),
    warnings: [
      ...roomLines(snapshot, [...requests.map(whomOf), ...alongside]),
      ...hiddenAdminsWarning(places.flatMap(({ memberships }) => hidden(memberships))),
      ...namesakeLines(newcomers, snapshot),
      ...entry.warnings,
      ...oneBoardLines(newcomers.filter((each) => boardsFor(each, snapshot).length < each.boards.length)),
      ...silentSources(context.reads),
    ],
    untouched: onBoardAlready(
      [...known.values()].map(({ whom, boards }) => ({
        person: whom,
        boards: boards.map(({ board }) => board),
      })),
    ),
    notes: [
      ...entry.notes,
      ...(seats > 0 ? [`Uses ${plural(seats, "paid seat")} (${planText(snapshot.tier)})`] : []),
      ...[...known.values()]
        .filter((request) => needsSeat(request, snapshot))
        .map(({ whom }) => seatNote(labelOf(whom.member, whom.idMember))),
      ...(await billableGuestLines(guestBoards(newcomers, [...known.values()], snapshot), snapshot, context)),
    ],
  };
}

type KnownRequest = InvitationRequest & { readonly whom: Person };
type NewRequest = InvitationRequest & { readonly whom: string };

function whomOf({ whom }: InvitationRequest): string {
  return typeof whom === "string" ? whom : whom.idMember;
}

function isNew(request: InvitationRequest): request is NewRequest {
  return typeof request.whom === "string";
}

/** The requests for known people, with names added for guests, because the person who approves must read a name. */
async function withNames(
  requests: readonly InvitationRequest[],
  snapshot: WorkspaceSnapshot,
  { reads }: PlanContext,
): Promise<ReadonlyMap<InvitationRequest, KnownRequest>> {
  const known = requests.flatMap((request) =>
    typeof request.whom === "string" ? [] : [{ request, whom: request.whom }],
  );
  const people = await withGuestNames(
    known.map(({ whom }) => whom),
    snapshot,
    reads,
  );
  return new Map(
    known.map(({ request, whom }, index) => [request, { ...request, whom: people[index] ?? whom }]),
  );
}

function isMember({ role }: Pick<InvitationRequest, "role">): boolean {
  return role === "normal" || role === "admin";
}

/**
 * The boards of an invitation by email. If guests cost seats, a guest is invited only to the first board: a second one
 * costs a seat, and the invitation cannot agree to that cost (PUT /boards/{id}/members has no allowBillableGuest).
 */
function boardsFor(newcomer: NewRequest, { tier }: WorkspaceSnapshot): InvitationRequest["boards"] {
  return isMember(newcomer) || !chargesGuests(tier) ? newcomer.boards : newcomer.boards.slice(0, 1);
}

function missingBoards({ whom, boards }: KnownRequest): InvitationRequest["boards"] {
  const on = new Set(whom.boards.map(({ id }) => id));
  return boards.filter(({ board }) => !on.has(board.id));
}

/** Whether the boards make a known person a billable guest. A person who joins the workspace is no guest. */
function needsSeat(request: KnownRequest, snapshot: WorkspaceSnapshot): boolean {
  return !isMember(request) && takesSeat(request.whom, missingBoards(request).length, snapshot);
}

/** The effects that add a person with a Trello account as requested. Empty if the person is already there. */
function inviteKnown(snapshot: WorkspaceSnapshot, request: KnownRequest): readonly Effect[] {
  const { whom, role } = request;
  const label = labelOf(whom.member, whom.idMember);
  const target = { idOrganization: snapshot.workspace.id, idMember: whom.idMember };
  const workspace =
    whom.membership || !isMember(request)
      ? []
      : [
          setWorkspaceMember.make({
            target,
            before: null,
            after: { memberType: role },
            label,
            place: workspacePlace(snapshot.workspace),
          }),
        ];
  const billable = needsSeat(request, snapshot);
  const boards = missingBoards(request).map(({ board }) =>
    setBoardMember.make({
      target: { ...target, idBoard: board.id },
      before: null,
      after: { memberType: boardRoleOf(role), ...(billable && { billable: true as const }) },
      label,
      place: placeOf("board", board),
    }),
  );
  return [...workspace, ...boards];
}

/** The effects that invite an email whose owner is not known in the workspace. */
function inviteNew(snapshot: WorkspaceSnapshot, request: NewRequest, hidden: HiddenAmong): readonly Effect[] {
  const idOrganization = snapshot.workspace.id;
  const { whom: email, role } = request;
  const onto = boardsFor(request, snapshot);
  // This server recognizes a ghost (a member without an account) by name. So if no name is given, or another member has
  // the name, the email is used as the name. Trello also uses the email if an invitation has no name.
  const isTaken = [snapshot, ...onto].some(({ memberships }) =>
    memberships.some(({ member }) => member.fullName === request.fullName),
  );
  const fullName = request.fullName === undefined || isTaken ? email : request.fullName;
  const before = (rows: readonly MembershipWithMember[], given: string) => {
    const admins = given === "admin" ? [] : hidden(rows).map(({ idMember }) => idMember);
    return {
      sameName: rows.filter(({ member }) => member.fullName === fullName).map(({ idMember }) => idMember),
      ...(admins.length > 0 && { hiddenAdmins: admins }),
    };
  };
  const workspace = isMember(request)
    ? [
        inviteWorkspaceMember.make({
          target: { idOrganization, email },
          before: before(snapshot.memberships, role),
          after: { memberType: role, fullName },
          label: email,
          place: workspacePlace(snapshot.workspace),
        }),
      ]
    : [];
  const boards = onto.map(({ board, memberships }) =>
    inviteBoardMember.make({
      target: { idOrganization, idBoard: board.id, email },
      before: before(memberships, boardRoleOf(role)),
      after: { memberType: boardRoleOf(role), fullName },
      label: email,
      place: placeOf("board", board),
    }),
  );
  return [...workspace, ...boards];
}

/**
 * The role on boards for a role in the workspace. An admin of the workspace becomes a normal member of the boards.
 * `set_board_role` can make the person an admin of a board.
 */
function boardRoleOf(role: InvitationRequest["role"]): "normal" | "observer" {
  return role === "observer" ? "observer" : "normal";
}

/** The boards to which the plan adds or invites guests. */
function guestBoards(
  newcomers: readonly NewRequest[],
  known: readonly KnownRequest[],
  snapshot: WorkspaceSnapshot,
) {
  const onto = [
    ...newcomers.flatMap((request) => (isMember(request) ? [] : boardsFor(request, snapshot))),
    ...known.flatMap((request) =>
      isMember(request) || request.whom.membership ? [] : missingBoards(request),
    ),
  ];
  return [...new Map(onto.map(({ board }) => [board.id, board])).values()];
}
