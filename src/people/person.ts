import type { Subject } from "../domain/plan.ts";
import type { PlanContext } from "../domain/planning.ts";
import type { Reads } from "../domain/reads.ts";
import { clean, isTrelloId, listNames, plural } from "../domain/text.ts";
import type { Member, MembershipWithMember, WorkspaceSnapshot } from "../domain/trello.ts";

/** A person as the data of a workspace shows the person. */
export interface Person {
  readonly idMember: string;
  /** The person's name and username; null for a guest whose name was not read yet. */
  readonly member: Member | null;
  /**
   * The person's membership of the workspace; null for a guest, because a guest is on boards but not in the workspace.
   */
  readonly membership: MembershipWithMember | null;
  readonly boards: readonly { readonly id: string; readonly name: string; readonly memberType: string }[];
  /** True for a guest who was invited and has joined no board yet. */
  readonly unconfirmed?: true;
  /** True for a guest who is deactivated on all boards. */
  readonly deactivated?: true;
  /** Set if the person was found by full name only. A human must then approve every change. */
  readonly identifiedBy?: "name";
}

export type MemberStatus = "active" | "pending" | "deactivated" | "ghost";

/** All members of a workspace and all guests of its boards. `named`: the names of guests, as far as they were read. */
export function peopleOf(
  snapshot: WorkspaceSnapshot,
  named: ReadonlyMap<string, Member> = new Map(),
): readonly Person[] {
  const boards = new Map<string, { id: string; name: string; memberType: string }[]>();
  const confirmed = new Set<string>();
  const active = new Set<string>();
  for (const board of snapshot.boards) {
    for (const row of board.memberships) {
      const list = boards.get(row.idMember) ?? [];
      list.push({ id: board.id, name: clean(board.name), memberType: row.memberType });
      boards.set(row.idMember, list);
      if (!row.unconfirmed) confirmed.add(row.idMember);
      if (!row.deactivated) active.add(row.idMember);
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
      ...(!active.has(idMember) && { deactivated: true as const }),
    }));
  return [...members, ...guests];
}

/**
 * Reads the names of a workspace's guests. The workspace's data has only their ids, so boards are read, as few as
 * possible. The next board is always the one with the most guests whose names are missing.
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

/**
 * A person's status. If several statuses apply, the first of these counts: deactivated, ghost, pending. A ghost was
 * invited and has no account; a pending person has an account but has not joined.
 */
export function statusOf(
  person: Pick<Person, "member" | "membership" | "unconfirmed" | "deactivated">,
): MemberStatus {
  if (person.membership?.deactivated || person.deactivated) return "deactivated";
  if (isGhost(person)) return "ghost";
  return person.membership?.unconfirmed || person.unconfirmed ? "pending" : "active";
}

/**
 * A status in words. A ghost and a pending person were both invited and have not joined, so a ghost is shown as
 * `pending` too.
 */
export function statusText(status: string): string {
  return status === "ghost" ? "pending (ghost)" : status;
}

/** Whether the person was invited by email and has no account. */
export function isGhost({ member }: Pick<Person, "member">): boolean {
  return member?.memberType === "ghost";
}

/** When the person joined the workspace, ISO 8601; null for a guest, who has not joined it. */
export function joinedOf({ membership }: Pick<Person, "membership">): string | null {
  return dateOfId(membership?.id ?? "");
}

/** The date in an id must be between 2011, when Trello began, and 2038. Otherwise the text is not an id of Trello. */
const OLDEST_ID = Date.UTC(2011, 0, 1) / 1000;
const NEWEST_ID = 0x7fffffff;

/**
 * When Trello made an id, ISO 8601: the first eight digits are seconds since 1970. null if the text is not such an id.
 */
export function dateOfId(id: string): string | null {
  const seconds = isTrelloId(id) ? Number.parseInt(id.slice(0, 8), 16) : 0;
  return seconds >= OLDEST_ID && seconds <= NEWEST_ID ? new Date(seconds * 1000).toISOString() : null;
}

/** A person's name for messages, such as `Jane Doe (@jane)`. The id if no name is known. */
export function labelOf(member: Pick<Member, "fullName" | "username"> | null, idMember: string): string {
  if (!member || member.username === "") return idMember;
  const username = clean(member.username, 60);
  const name = clean(member.fullName);
  return name === "" ? `@${username}` : `${name} (@${username})`;
}

/**
 * What this token cannot see in the workspaces, as sentences; empty if it sees everything. Private boards are visible
 * only to their members and to admins of the workspace. On the Free plan, admins do not see private boards either. To
 * make the sentences, nothing more is read from Trello.
 */
export async function blindSpotsOf(
  snapshots: readonly WorkspaceSnapshot[],
  { trello }: Pick<Reads, "trello">,
): Promise<readonly string[]> {
  const { id } = await trello.me();
  return snapshots.flatMap((snapshot) => [blindSpot(snapshot, id) ?? [], unreadRows(snapshot)].flat());
}

/** Whether Trello shows more of a member than the id. */
function hasName({ member }: MembershipWithMember): boolean {
  return member.username !== "";
}

/** Sentences about rows of Trello's answer that could not be read, and about members who are known only by id. */
function unreadRows({ workspace, unread = [], memberships }: WorkspaceSnapshot): readonly string[] {
  const name = clean(workspace.displayName);
  const nameless = memberships.filter((row) => !hasName(row)).map(({ idMember }) => idMember);
  return [
    ...unread.map(
      (what) => `${name}: ${what} of Trello's answer could not be read, so access may be missing here.`,
    ),
    ...(nameless.length > 0
      ? [
          `${name}: Trello's answer shows ${plural(nameless.length, "member")} only by id: ${listNames(nameless)}.`,
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
  // Admins of the enterprise see more boards, and it is unknown whether the token's owner is such an admin. So the
  // sentence says "may be".
  const are = workspace.idEnterprise ? "may be" : "are";
  if (!isAdmin)
    return `${name}: this account is not an admin there, so private boards on which it is not a member ${are} hidden.`;
  if (tier === "free")
    return `${name}: on the Free plan, private boards of others are hidden from workspace admins.`;
  return tier === "unknown"
    ? `${name}: its Trello plan is not known, so private boards of others may be hidden.`
    : null;
}

/**
 * A sentence about the workspaces that the list of allowed workspaces (IDENTITY_WORKSPACES) hides. It says the highest
 * possible number of these workspaces, but never their names. Empty if all workspaces are allowed.
 */
export async function borderLines({ border }: Pick<Reads, "border">): Promise<readonly string[]> {
  if (!border) return [];
  const count = await border.outside();
  const others =
    count === 0
      ? "this server's account is in no other workspace"
      : `access in ${count === 1 ? "1 other workspace" : `up to ${count} other workspaces`} of this server's account was not read`;
  return [`Only the workspaces of IDENTITY_WORKSPACES were read: ${others}.`];
}

/**
 * Adds the names of guests to people of a workspace, because the workspace's data has only the ids of guests. Names of
 * members are already there.
 */
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

/**
 * The ids, names and emails by which the guards recognize the person. The email is the one in Trello; if Trello shows
 * none, the newest proven email.
 */
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
