import type { Subject } from "../domain/plan.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { Reads } from "../domain/reads.ts";
import { clean, listNames, plural } from "../domain/text.ts";
import type { Member, MembershipWithMember, WorkspaceSnapshot } from "../domain/trello.ts";

/** What is known of a person in one workspace, from its snapshot. */
export interface Person {
  readonly idMember: string;
  /** null for a guest whose name has not been read. */
  readonly member: Member | null;
  /** null for a guest: on boards, not in the workspace. */
  readonly membership: MembershipWithMember | null;
  readonly boards: readonly { readonly id: string; readonly name: string; readonly memberType: string }[];
  /** Set for a guest who has confirmed on no board yet. */
  readonly unconfirmed?: true;
  /** Set if an exact full name is all that says who is meant: then a person is asked about every write. */
  readonly identifiedBy?: "name";
}

export type MemberStatus = "active" | "pending" | "deactivated" | "ghost";

/** Everyone in a workspace and every guest on its boards. Names of guests are given where `named` has them. */
export function peopleOf(
  snapshot: WorkspaceSnapshot,
  named: ReadonlyMap<string, Member> = new Map(),
): readonly Person[] {
  const boards = new Map<string, { id: string; name: string; memberType: string }[]>();
  const confirmed = new Set<string>();
  for (const board of snapshot.boards) {
    for (const row of board.memberships) {
      const list = boards.get(row.idMember) ?? [];
      list.push({ id: board.id, name: clean(board.name), memberType: row.memberType });
      boards.set(row.idMember, list);
      if (!row.unconfirmed) confirmed.add(row.idMember);
    }
  }
  const members = snapshot.memberships.map((membership) => ({
    idMember: membership.idMember,
    member: hasName(membership) ? membership.member : null,
    membership,
    boards: boards.get(membership.idMember) ?? [],
  }));
  const inside = new Set(members.map((person) => person.idMember));
  const guests = [...boards]
    .filter(([idMember]) => !inside.has(idMember))
    .map(([idMember, list]) => ({
      idMember,
      member: named.get(idMember) ?? null,
      membership: null,
      boards: list,
      ...(!confirmed.has(idMember) && { unconfirmed: true as const }),
    }));
  return [...members, ...guests];
}

/**
 * Names for the guests of a workspace. A snapshot has only their ids, so a small set of boards that covers them all is
 * read: greedily the board with most of those still unnamed.
 */
export async function nameGuests(
  snapshot: WorkspaceSnapshot,
  reads: Reads,
): Promise<ReadonlyMap<string, Member>> {
  const unnamed = new Set(
    peopleOf(snapshot).flatMap((person) => (person.membership ? [] : [person.idMember])),
  );
  const cover: string[] = [];
  const left = new Set(unnamed);
  while (left.size > 0) {
    const ranked = snapshot.boards
      .map((board) => ({ id: board.id, gain: board.memberships.filter((row) => left.has(row.idMember)) }))
      .reduce((best, next) => (next.gain.length > best.gain.length ? next : best), {
        id: "",
        gain: [] as readonly { readonly idMember: string }[],
      });
    if (ranked.gain.length === 0) break;
    cover.push(ranked.id);
    for (const row of ranked.gain) left.delete(row.idMember);
  }
  const boards = await reads.trello.boards(cover);
  return new Map(
    boards.flatMap((board) =>
      board.memberships
        .filter((row) => unnamed.has(row.idMember))
        .map((row) => [row.idMember, row.member] as const),
    ),
  );
}

/** Deactivated outranks the rest; a ghost was invited and has no account; pending has one and has not confirmed. */
export function statusOf(person: Pick<Person, "member" | "membership" | "unconfirmed">): MemberStatus {
  if (person.membership?.deactivated) return "deactivated";
  if (person.member?.memberType === "ghost") return "ghost";
  return person.membership?.unconfirmed || person.unconfirmed ? "pending" : "active";
}

/**
 * When a person joined the workspace, ISO 8601: the membership's id begins with the second of its making, as every
 * Trello id does. null for a guest.
 */
export function joinedOf({ membership }: Person): string | null {
  const seconds = Number.parseInt(membership?.id.slice(0, 8) ?? "", 16);
  return Number.isNaN(seconds) ? null : new Date(seconds * 1000).toISOString();
}

/** `Jane Doe (@jane)`, cleaned; the id where no name is known. */
export function labelOf(member: Pick<Member, "fullName" | "username"> | null, idMember: string): string {
  if (!member || member.username === "") return idMember;
  const username = clean(member.username, 60);
  const name = clean(member.fullName);
  return name === "" ? `@${username}` : `${name} (@${username})`;
}

/**
 * What the token cannot see in workspaces, as sentences; empty if it sees everything. Only admins see private boards
 * that they are not on, and on the Free plan they do not either. Costs no request: the owner came with the snapshots.
 */
export async function blindSpotsOf(
  snapshots: readonly WorkspaceSnapshot[],
  { trello }: Pick<Reads, "trello">,
): Promise<readonly string[]> {
  const { id } = await trello.me();
  return snapshots.flatMap((snapshot) => [blindSpot(snapshot, id) ?? [], unreadRows(snapshot)].flat());
}

/** Whether Trello's answer says more of a member than the id. */
function hasName({ member }: MembershipWithMember): boolean {
  return member.username !== "";
}

/** What of Trello's answer was odd, as sentences: rows that are left out, and members who are known by their id alone. */
function unreadRows({ workspace, unread = [], memberships }: WorkspaceSnapshot): readonly string[] {
  const name = clean(workspace.displayName);
  const nameless = memberships.filter((row) => !hasName(row)).map(({ idMember }) => idMember);
  return [
    ...unread.map(
      (what) => `${name}: ${what} of Trello's answer could not be read. What they show is left out.`,
    ),
    ...(nameless.length > 0
      ? [
          `${name}: Trello's answer names ${plural(nameless.length, "member")} by the id alone: ${listNames(nameless)}.`,
        ]
      : []),
  ];
}

function blindSpot({ tier, workspace, memberships }: WorkspaceSnapshot, owner: string): string | null {
  const name = clean(workspace.displayName);
  const isAdmin = memberships.some(
    ({ idMember, memberType, deactivated, unconfirmed }) =>
      idMember === owner && memberType === "admin" && !deactivated && !unconfirmed,
  );
  // An admin of the enterprise sees more, and whether the owner is one is not told here.
  const are = workspace.idEnterprise ? "may be" : "are";
  if (!isAdmin)
    return `${name}: this account is no admin there, so private boards that it is not on ${are} hidden.`;
  if (tier === "free")
    return `${name}: on the Free plan, private boards of others are hidden from workspace admins.`;
  return tier === "unknown"
    ? `${name}: its plan tier is not known, so private boards of others may be hidden.`
    : null;
}

/**
 * What an allow-list keeps out of sight, as a sentence: how many workspaces at most, and never which. Nothing if every
 * workspace may be looked at.
 */
export async function borderLines({ border }: Pick<Reads, "border">): Promise<readonly string[]> {
  if (!border) return [];
  const count = await border.outside();
  const others =
    count === 0
      ? "this server's account belongs to no other"
      : `access in ${count === 1 ? "1 other workspace" : `up to ${count} other workspaces`} of this server's account was not read`;
  return [`Only the workspaces of IDENTITY_WORKSPACES were read: ${others}.`];
}

/** People of a workspace with the names of the guests among them, whom a snapshot has by id alone; nothing is read for members. */
export async function withGuestNames(
  people: readonly Person[],
  snapshot: WorkspaceSnapshot,
  reads: Reads,
): Promise<readonly Person[]> {
  if (people.every(({ member }) => member)) return people;
  const names = await nameGuests(snapshot, reads);
  return people.map((person) =>
    person.member ? person : { ...person, member: names.get(person.idMember) ?? null },
  );
}

/** A person as the guards want to know them: with the email too, where one was ever proven. */
export async function subjectOf(
  { idMember, member, identifiedBy }: Person,
  { identities }: PlanContext,
): Promise<Subject> {
  const links = await identities.emailsOf(idMember);
  const link = links.find(({ disputed }) => !disputed);
  const email = member?.email ?? link?.email;
  const emailSource = member?.email ? "trello" : link?.source;
  return {
    idMember,
    ...(member && { username: member.username }),
    ...(member?.aaId && { accountId: member.aaId }),
    ...(email && { email }),
    ...(emailSource && { emailSource }),
    ...(identifiedBy && { identifiedBy }),
  };
}
