import { type Effect, placeOf, workspacePlace } from "../../domain/effect.ts";
import type { PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { listNames } from "../../domain/text.ts";
import type { BoardWithMemberships, WorkspaceSnapshot } from "../../domain/trello.ts";
import { removeBoardMember } from "../../effects/board-members.ts";
import { removeWorkspaceMember, removeWorkspaceMemberEverywhere } from "../../effects/workspace-members.ts";
import { provenEmail } from "../../people/emails.ts";
import { labelOf, nameGuests, peopleOf, type Person, subjectOf } from "../../people/person.ts";

/** Ids of a person's cards by board: captured where a removal is to be undone to the last card. */
export type CardsByBoard = ReadonlyMap<string, readonly string[]>;

const NO_CARDS: CardsByBoard = new Map();

/** Takes a person off boards and leaves the workspace alone. */
export function fromBoards(
  snapshot: WorkspaceSnapshot,
  person: Person,
  boards: Person["boards"] = person.boards,
  cards: CardsByBoard = NO_CARDS,
): readonly Effect[] {
  const who = labelOf(person.member, person.idMember);
  // A guest on two or more boards of a paid workspace costs a seat, and would cost one again when restored.
  const billable = !person.membership && snapshot.tier !== "free" && person.boards.length > 1;
  return boards.map(({ id, name, memberType }) => {
    const held = cards.get(id);
    return removeBoardMember.make({
      target: { idBoard: id, idMember: person.idMember, idOrganization: snapshot.workspace.id },
      before: { memberType, ...(billable && { billable: true as const }), ...(held && { cards: held }) },
      after: null,
      label: who,
      place: placeOf("board", { id, name }),
    });
  });
}

/**
 * Takes a person out of a workspace and off its boards: in one request where the plan tier has it; else boards first,
 * then the workspace, because left on two or more boards after leaving it a person can become a billable guest.
 */
export async function fromWorkspace(
  snapshot: WorkspaceSnapshot,
  person: Person,
  context: PlanContext,
  cards: CardsByBoard = NO_CARDS,
): Promise<readonly Effect[]> {
  const { membership, boards, idMember } = person;
  if (!membership) return fromBoards(snapshot, person, boards, cards);
  const idOrganization = snapshot.workspace.id;
  const label = labelOf(person.member, idMember);
  const place = workspacePlace(snapshot.workspace);
  const before = {
    memberType: membership.memberType,
    ...(membership.deactivated && { deactivated: true as const }),
  };
  const refused = (await context.fact(`refuses_all:${idOrganization}`)) === true;
  if (boards.length > 0 && !refused && (snapshot.tier === "premium" || snapshot.tier === "enterprise")) {
    const captured = boards.map(({ id, name, memberType }) => {
      const held = cards.get(id);
      return { idBoard: id, name, memberType, ...(held && { cards: held }) };
    });
    return [
      removeWorkspaceMemberEverywhere.make({
        target: { idOrganization, idMember },
        before: { ...before, boards: captured },
        after: null,
        label,
        place,
      }),
    ];
  }
  return [
    ...fromBoards(snapshot, person, boards, cards),
    removeWorkspaceMember.make({ target: { idOrganization, idMember }, before, after: null, label, place }),
  ];
}

/** Who is to stay on boards: people, and emails of more who are to stay and whom nothing links to a member. */
export interface Staying {
  readonly people: ReadonlySet<string>;
  readonly emails: readonly string[];
}

/**
 * Takes everybody off boards who is not to stay. Two kinds of people stay all the same, and that is said: the token's
 * own account, and, where somebody who is to stay was not found, everyone who might be that one.
 */
export async function othersOff(
  staying: Staying,
  boards: readonly BoardWithMemberships[],
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<PlanPart> {
  const { reads } = context;
  const me = await reads.trello.me();
  const wanted = new Set(boards.map(({ id }) => id));
  const others = peopleOf(snapshot, await nameGuests(snapshot, reads))
    .map((person) => ({ person, on: person.boards.filter(({ id }) => wanted.has(id)) }))
    .filter(
      ({ person, on }) => on.length > 0 && !staying.people.has(person.idMember) && person.idMember !== me.id,
    );
  const leaving: typeof others = [];
  const unsure: Person[] = [];
  for (const other of others) {
    if (await mayBeOneOf(staying.emails, other.person, context)) unsure.push(other.person);
    else leaving.push(other);
  }
  const meThere = boards.some((board) => board.memberships.some(({ idMember }) => idMember === me.id));
  return {
    effects: leaving.flatMap(({ person, on }) => fromBoards(snapshot, person, on)),
    subjects: await Promise.all(leaving.map(({ person }) => subjectOf(person, context))),
    warnings:
      unsure.length > 0
        ? [
            `${unsure.length} people stay, because their emails are not known and they may be among those who were not found: ${named(unsure)}`,
          ]
        : [],
    untouched:
      meThere && !staying.people.has(me.id)
        ? ["The account that this server works with stays on its boards"]
        : [],
  };
}

async function mayBeOneOf(emails: readonly string[], person: Person, context: PlanContext): Promise<boolean> {
  if (emails.length === 0) return false;
  const proven = await provenEmail(person, context);
  return proven === null || emails.includes(proven.email.toLowerCase());
}

function named(people: readonly Person[]): string {
  return listNames(people.map(({ member, idMember }) => labelOf(member, idMember)));
}
