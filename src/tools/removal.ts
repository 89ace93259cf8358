import type { Effect } from "../domain/effect.ts";
import type { PlanContext } from "../domain/planning.ts";
import { clean } from "../domain/text.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import { removeBoardMember } from "../effects/board-members.ts";
import { removeWorkspaceMember, removeWorkspaceMemberEverywhere } from "../effects/workspace-members.ts";
import { labelOf, type Person } from "../people/person.ts";

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
      where: `board ${name}`,
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
  const where = `workspace ${clean(snapshot.workspace.displayName)}`;
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
        where,
      }),
    ];
  }
  return [
    ...fromBoards(snapshot, person, boards, cards),
    removeWorkspaceMember.make({ target: { idOrganization, idMember }, before, after: null, label, where }),
  ];
}
