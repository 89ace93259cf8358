import { type Effect, placeOf } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { plural } from "../../domain/text.ts";
import type { BoardWithMemberships, Membership, WorkspaceSnapshot } from "../../domain/trello.ts";
import { setBoardMember } from "../../effects/board-members.ts";
import { requirePerson } from "../../people/find.ts";
import { labelOf, peopleOf, type Person, statusOf, subjectOf } from "../../people/person.ts";
import { combine } from "../plan-part.ts";
import { additions } from "./additions.ts";
import { type CardsOf, countCards, isOn, type NewAssignee, openCards, reassign } from "./cards.ts";
import { guestLines, personComing } from "./coming.ts";
import type { Removal } from "./removals.ts";

/** The person who takes over cards and boards of people who leave, and whether boards are taken over too. */
export interface Successor {
  readonly assignee: NewAssignee;
  /** Whether the plan also adds the new assignee to the boards of the cards. */
  readonly addToBoards: boolean;
}

/** The arguments about handing over cards and boards, which several tools have. */
export interface SuccessorArgs {
  readonly reassignTo?: string | undefined;
  readonly addToBoards?: boolean | undefined;
}

/**
 * Reads `reassignTo` (the word `nobody`, or one certain member) and `addToBoards`. null if the caller does not ask to
 * hand anything over. With `addToBoards`, the new assignee may be outside the workspaces.
 */
export async function successorOf(
  { reassignTo, addToBoards = false }: SuccessorArgs,
  leavers: readonly Pick<Person, "idMember">[],
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<Successor | null> {
  const isNobody = reassignTo?.toLowerCase() === "nobody";
  if (addToBoards && (reassignTo === undefined || isNobody)) {
    throw new AppError("INPUT_INVALID", "addToBoards needs a person who takes over the boards.", {
      next: "Set reassignTo to that person, or leave addToBoards out.",
    });
  }
  if (reassignTo === undefined) return null;
  if (isNobody) return { assignee: null, addToBoards };
  const [first] = snapshots;
  const assignee =
    addToBoards && snapshots.length === 1 && first
      ? (await personComing(reassignTo, true, first, context)).person
      : await requirePerson(reassignTo, snapshots, context);
  if (leavers.some(({ idMember }) => idMember === assignee.idMember)) {
    throw new AppError("INPUT_INVALID", "The cards cannot be handed to a person from whom they are taken.", {
      next: "Set reassignTo to a person who stays, or to nobody.",
    });
  }
  return { assignee, addToBoards };
}

/** People whose cards, and perhaps boards, the plan hands over to another person. */
export interface Leaving {
  readonly people: readonly Person[];
  readonly cardsOf: CardsOf;
  /** The boards and workspaces that the plan takes from these people. Empty if the plan takes only cards from them. */
  readonly removals: readonly Removal[];
}

export interface Succession extends PlanPart {
  /** The ids of the cards that the plan takes from the people who leave. */
  readonly reassigned: ReadonlySet<string>;
}

/**
 * Hands the open cards of people who leave to the new assignee. With `addToBoards`, the new assignee first joins the
 * boards of those cards. If all admins of such a board leave, the new assignee becomes an admin of the board.
 */
export async function planSuccession(
  { assignee, addToBoards }: Successor,
  { people, cardsOf, removals }: Leaving,
  snapshots: readonly WorkspaceSnapshot[],
  context: PlanContext,
): Promise<Succession> {
  const joining: PlanPart[] = [];
  const joins = new Set<string>();
  if (assignee && addToBoards) {
    const cards = people.flatMap(({ idMember }) => cardsOf(idMember));
    const ofCards = openCards(cards, snapshots).map(({ board }) => board);
    for (const snapshot of snapshots) {
      const orphans = boardsWithoutAdmin(removals.filter((removal) => removal.snapshot === snapshot));
      const boards = snapshot.boards.filter((board) => ofCards.includes(board) || orphans.has(board.id));
      if (boards.length > 0) joining.push(await join(assignee, { boards, orphans, snapshot }, context));
      for (const { id } of boards) joins.add(id);
    }
  }
  const leaving = new Set(people.map(({ idMember }) => idMember));
  const each = people.map((person) =>
    reassign(person, cardsOf(person.idMember), assignee, snapshots, { leaving, joins }),
  );
  return {
    ...combine(...joining, ...each, {
      blindSpots: cardsOf.blindSpots,
      subjects: assignee ? [{ ...(await subjectOf(assignee, context)), gains: true }] : [],
    }),
    reassigned: new Set(each.flatMap(({ reassigned }) => [...reassigned])),
  };
}

/** Ids of the boards that would have no active admin, because all their admins leave. */
function boardsWithoutAdmin(removals: readonly Removal[]): ReadonlySet<string> {
  const leaving = new Set(
    removals.flatMap(({ person, boards }) => boards.map(({ id }) => `${id}/${person.idMember}`)),
  );
  const canAct = (row: Membership) => row.memberType === "admin" && !row.deactivated && !row.unconfirmed;
  const isOrphan = ({ id, memberships }: BoardWithMemberships) => {
    const admins = memberships.filter(canAct);
    return admins.length > 0 && admins.every(({ idMember }) => leaving.has(`${id}/${idMember}`));
  };
  const boards = removals[0]?.snapshot.boards ?? [];
  return new Set(boards.filter(isOrphan).map(({ id }) => id));
}

/**
 * Plans to add the new assignee to boards of one workspace. On a board that would otherwise have no admin, the new
 * assignee becomes an admin.
 */
async function join(
  assignee: Person,
  to: {
    readonly boards: readonly BoardWithMemberships[];
    readonly orphans: ReadonlySet<string>;
    readonly snapshot: WorkspaceSnapshot;
  },
  context: PlanContext,
): Promise<PlanPart> {
  const { boards, orphans, snapshot } = to;
  const here = peopleOf(snapshot).find(({ idMember }) => idMember === assignee.idMember);
  const person: Person = here
    ? { ...here, member: here.member ?? assignee.member }
    : { idMember: assignee.idMember, member: assignee.member, membership: null, boards: [] };
  const status = statusOf(person);
  const label = labelOf(person.member, person.idMember);
  const missing = boards.filter((board) => !isOn(board, person));
  const raised = boards.flatMap((board) => {
    const role = person.boards.find(({ id }) => id === board.id)?.memberType;
    return role !== undefined && role !== "admin" && orphans.has(board.id) ? [{ board, role }] : [];
  });
  if (missing.length + raised.length > 0 && (status === "deactivated" || status === "ghost")) {
    throw new AppError(
      "INPUT_INVALID",
      `${label} cannot take over boards, because the person is ${status}.`,
      {
        next: "Set reassignTo to an active member, or leave addToBoards out.",
      },
    );
  }
  const roleOn = (idBoard: string) => (orphans.has(idBoard) ? "admin" : "normal");
  return combine(missing.length > 0 ? await additions([person], missing, snapshot, roleOn, context) : {}, {
    effects: raised.map(({ board, role }) =>
      setBoardMember.make({
        target: { idBoard: board.id, idMember: person.idMember, idOrganization: snapshot.workspace.id },
        before: { memberType: role },
        after: { memberType: "admin" },
        label,
        place: placeOf("board", board),
      }),
    ),
    warnings: missing.length > 0 ? guestLines([{ person, isOutside: here === undefined }], snapshot) : [],
  });
}

/**
 * What a plan hands over, as parts of a sentence such as `3 cards handed over` or `1 board joined by the new assignee`.
 * The words are the same before and after the run. Each card and board counts once.
 */
export function handoverParts(effects: readonly Effect[]): readonly string[] {
  const { handed, kept, unassigned } = countCards(effects);
  const boards = effects.filter(setBoardMember.is);
  const admin = boards.filter(({ after }) => roleIn(after) === "admin").length;
  const joined = boards.length - admin;
  return [
    ...(handed > 0 ? [`${plural(handed, "card")} handed over`] : []),
    ...(kept > 0 ? [`${plural(kept, "card")} kept by their other members`] : []),
    ...(unassigned > 0 ? [`${plural(unassigned, "card")} left without a person`] : []),
    ...(joined > 0 ? [`${plural(joined, "board")} joined by the new assignee`] : []),
    ...(admin > 0 ? [`${plural(admin, "board")} with the new assignee as admin`] : []),
  ];
}

function roleIn(after: Effect["after"]): unknown {
  return after !== null && typeof after === "object" && "memberType" in after ? after["memberType"] : null;
}
