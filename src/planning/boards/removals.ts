import { type Effect, placeOf, workspacePlace } from "../../domain/effect.ts";
import type { PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import type { Reads } from "../../domain/reads.ts";
import { listNames, plural } from "../../domain/text.ts";
import type { BoardWithMemberships, WorkspaceSnapshot } from "../../domain/trello.ts";
import { rememberingCards, removeBoardMember } from "../../effects/board-members.ts";
import { removeCardMember } from "../../effects/cards.ts";
import { removeWorkspaceMember, removeWorkspaceMemberEverywhere } from "../../effects/workspace-members.ts";
import { provenEmail } from "../../people/emails.ts";
import { labelOf, nameGuests, peopleOf, type Person, subjectOf } from "../../people/person.ts";
import { combine } from "../plan-part.ts";
import { readCards } from "./cards.ts";

/** A person who leaves some boards, or leaves the workspace and all of its boards. */
export interface Removal {
  readonly snapshot: WorkspaceSnapshot;
  readonly person: Person;
  /** The boards that the person leaves. */
  readonly boards: Person["boards"];
  /** Whether the person also leaves the workspace. False for a guest, who is on boards only. */
  readonly fromWorkspace: boolean;
}

/** Returns the ids of the cards that the person loses by leaving a board. */
type CardsOn = (idBoard: string) => readonly string[];

/**
 * Plans to remove people from boards and workspaces, for every tool that does this.
 * A person who leaves a board is also taken off its cards. The plan stores which cards these are and warns about them,
 * so restore_member can put the person back on them. `reassigned`: ids of cards that another effect takes from the
 * person first.
 * All removals from boards come before all removals from workspaces, because effects of one kind are sent together. If
 * the removal from a board fails, the person is not removed from the workspace.
 */
export async function planRemovals(
  removals: readonly Removal[],
  context: PlanContext,
  reassigned: ReadonlySet<string> = new Set(),
): Promise<PlanPart> {
  const cardsOf = await readCards(removals, context.reads);
  const effects: Effect[] = [];
  const losing = new Map<string, number>();
  for (const removal of removals) {
    const { person, boards, snapshot } = removal;
    const held = cardsOf(person.idMember).filter(({ id }) => !reassigned.has(id));
    const cardsOn: CardsOn = (idBoard) => held.filter((card) => card.idBoard === idBoard).map(({ id }) => id);
    const count = boards.flatMap(({ id }) => cardsOn(id)).length;
    const who = labelOf(person.member, person.idMember);
    if (count > 0) losing.set(who, (losing.get(who) ?? 0) + count);
    effects.push(
      ...(removal.fromWorkspace
        ? await offWorkspace(snapshot, person, context, cardsOn)
        : offBoards(snapshot, person, boards, cardsOn)),
    );
  }
  const first = effects.filter(removeBoardMember.is);
  return {
    effects: [...first, ...effects.filter((effect) => !removeBoardMember.is(effect))],
    warnings: cardsLines(losing, reassigned.size > 0),
    blindSpots: cardsOf.blindSpots,
  };
}

/**
 * Completes removals that were planned without cards, for example by an undo: adds the cards that the people lose, and
 * warnings about these cards. If another effect of the plan takes a person off a card first, that card does not count
 * as lost.
 */
export async function withCards(effects: readonly Effect[], reads: Reads): Promise<PlanPart> {
  const leaving = effects.filter(removeBoardMember.is).map(({ target, label }) => ({
    person: { idMember: target["idMember"] ?? "" },
    boards: [{ id: target["idBoard"] ?? "" }],
    label,
  }));
  const cardsOf = await readCards(leaving, reads);
  const taken = new Set(
    effects.filter(removeCardMember.is).map(({ target }) => `${target["idCard"]}/${target["from"]}`),
  );
  const losing = new Map<string, number>();
  const capturing = effects.map((effect) => {
    if (!removeBoardMember.is(effect)) return effect;
    const { idMember = "", idBoard } = effect.target;
    const cards = cardsOf(idMember).filter(
      (card) => card.idBoard === idBoard && !taken.has(`${card.id}/${idMember}`),
    );
    if (cards.length === 0) return effect;
    losing.set(effect.label, (losing.get(effect.label) ?? 0) + cards.length);
    return rememberingCards(
      effect,
      cards.map(({ id }) => id),
    );
  });
  return { effects: capturing, warnings: cardsLines(losing), blindSpots: cardsOf.blindSpots };
}

/**
 * The warning about the cards that people lose. `losing`: the number of cards, by the person's name. `handsOver`: true
 * if the plan hands over the open cards. Then the lost cards are archived or on closed boards, and the warning says
 * that.
 */
function cardsLines(losing: ReadonlyMap<string, number>, handsOver = false): readonly string[] {
  const [only, ...others] = losing;
  if (only === undefined) return [];
  const cards = (count: number) =>
    `${plural(count, "card")}${handsOver ? " (archived, or on closed boards)" : ""}`;
  if (others.length === 0) {
    const [who, count] = only;
    return [
      `${who} leaves the boards and is taken off ${cards(count)}. restore_member puts the person back on them.`,
    ];
  }
  const each = [...losing].map(([who, count]) => `${who} ${cards(count)}`);
  return [
    `${losing.size} people leave the boards and are taken off their cards. restore_member puts them back: ${listNames(each)}`,
  ];
}

function offBoards(
  snapshot: WorkspaceSnapshot,
  person: Person,
  boards: Person["boards"],
  cardsOn: CardsOn,
): readonly Effect[] {
  const who = labelOf(person.member, person.idMember);
  // A guest on two or more boards of a paid workspace costs a seat. If an undo brings the guest back, the seat must be
  // paid again.
  const billable = !person.membership && snapshot.tier !== "free" && person.boards.length > 1;
  return boards.map(({ id, name, memberType }) =>
    removeBoardMember.make({
      target: { idBoard: id, idMember: person.idMember, idOrganization: snapshot.workspace.id },
      before: { memberType, ...(billable && { billable: true as const }), ...captured(cardsOn(id)) },
      after: null,
      label: who,
      place: placeOf("board", { id, name }),
    }),
  );
}

/**
 * Plans to remove a person from a workspace and its boards. In a workspace with the paid plan Premium or Enterprise,
 * one request can do this. Otherwise the person is removed from the boards first, because a person who is on two boards
 * but not in the workspace could become a billable guest.
 */
async function offWorkspace(
  snapshot: WorkspaceSnapshot,
  person: Person,
  context: PlanContext,
  cardsOn: CardsOn,
): Promise<readonly Effect[]> {
  const { membership, boards, idMember } = person;
  if (!membership) return offBoards(snapshot, person, boards, cardsOn);
  const idOrganization = snapshot.workspace.id;
  const label = labelOf(person.member, idMember);
  const place = workspacePlace(snapshot.workspace);
  const before = {
    memberType: membership.memberType,
    ...(membership.deactivated && { deactivated: true as const }),
  };
  const refused = (await context.fact(`refuses_all:${idOrganization}`)) === true;
  if (boards.length > 0 && !refused && (snapshot.tier === "premium" || snapshot.tier === "enterprise")) {
    const left = boards.map(({ id, name, memberType }) => ({
      idBoard: id,
      name,
      memberType,
      ...captured(cardsOn(id)),
    }));
    return [
      removeWorkspaceMemberEverywhere.make({
        target: { idOrganization, idMember },
        before: { ...before, boards: left },
        after: null,
        label,
        place,
      }),
    ];
  }
  return [
    ...offBoards(snapshot, person, boards, cardsOn),
    removeWorkspaceMember.make({ target: { idOrganization, idMember }, before, after: null, label, place }),
  ];
}

function captured(cards: readonly string[]): { readonly cards?: readonly string[] } {
  return cards.length === 0 ? {} : { cards };
}

/** The people whom `removeOthers` must not remove: ids of members, and emails that no source links to a member. */
export interface Keep {
  readonly people: ReadonlySet<string>;
  readonly emails: readonly string[];
}

/**
 * Removes all people from boards, except the people to keep. Two kinds of people also stay, and the plan says so: the
 * account that this server uses, and people with an unknown email who may be one of the people to keep.
 */
export async function removeOthers(
  keep: Keep,
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
      ({ person, on }) => on.length > 0 && !keep.people.has(person.idMember) && person.idMember !== me.id,
    );
  const leaving: typeof others = [];
  const unsure: Person[] = [];
  for (const other of others) {
    if (await mayBeOneOf(keep.emails, other.person, context)) unsure.push(other.person);
    else leaving.push(other);
  }
  const ownerThere = boards.some((board) => board.memberships.some(({ idMember }) => idMember === me.id));
  const removals = leaving.map(({ person, on }) => ({ snapshot, person, boards: on, fromWorkspace: false }));
  const part: PlanPart = {
    subjects: await Promise.all(leaving.map(({ person }) => subjectOf(person, context))),
    warnings:
      unsure.length > 0
        ? [
            `These people are not removed, because their emails are unknown and each may be one of the listed people who were not found: ${labelsOf(unsure)}`,
          ]
        : [],
    untouched:
      ownerThere && !keep.people.has(me.id) ? ["The account that this server uses stays on its boards"] : [],
  };
  return combine(await planRemovals(removals, context), part);
}

async function mayBeOneOf(emails: readonly string[], person: Person, context: PlanContext): Promise<boolean> {
  if (emails.length === 0) return false;
  const proven = await provenEmail(person, context);
  return proven === null || emails.includes(proven.email.toLowerCase());
}

function labelsOf(people: readonly Person[]): string {
  return listNames(people.map(({ member, idMember }) => labelOf(member, idMember)));
}
