import type { AccessLetter, AccessList, AccessRow } from "../domain/review.ts";
import { clean } from "../domain/text.ts";
import { type MemberStatus, statusOf } from "../people/person.ts";
import type { ReviewWorld } from "./finding.ts";
import { createManagers } from "./managers.ts";
import type { ReviewedPerson } from "./people.ts";

/**
 * All people in the workspaces that were read, sorted by name. Each has a role in each workspace and on each open
 * board.
 */
export function accessListOf({
  people,
  snapshots,
  matches,
}: Pick<ReviewWorld, "people" | "snapshots" | "matches">): AccessList {
  const managerOf = createManagers(matches);
  return {
    workspaces: snapshots.map(({ workspace, boards }) => ({
      id: workspace.id,
      name: clean(workspace.displayName),
      boards: boards
        .filter(({ closed }) => !closed)
        .map(({ id, name }) => ({ id, name: clean(name) }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    })),
    people: people
      .map((person) => rowOf(person, managerOf(person.idMember)))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function rowOf(
  { idMember, member, emails, lastActive, places }: ReviewedPerson,
  manager: string | undefined,
): AccessRow {
  const letters: Record<string, AccessLetter> = {};
  for (const { snapshot, person, boards } of places) {
    const status = statusOf(person);
    const { membership } = person;
    if (membership) letters[snapshot.workspace.id] = letterOf(membership.memberType, status);
    const open = new Set(boards.map(({ id }) => id));
    for (const { id, memberType } of person.boards)
      if (open.has(id)) letters[id] = membership ? letterOf(memberType, status) : letterOf("guest", status);
  }
  return {
    idMember,
    name: clean(member?.fullName ?? "") || (member ? `@${clean(member.username, 60)}` : idMember),
    username: member ? clean(member.username, 60) : null,
    email: emails[0] ?? null,
    ...(manager !== undefined && { manager: clean(manager, 254) }),
    lastActive,
    letters,
  };
}

const LETTERS: Readonly<Record<string, AccessLetter>> = {
  admin: "A",
  normal: "M",
  observer: "O",
  guest: "G",
};

function letterOf(role: string, status: MemberStatus): AccessLetter {
  if (status === "deactivated") return "D";
  if (status === "ghost" || status === "pending") return "I";
  return LETTERS[role] ?? "M";
}
