import { z } from "zod";
import type { ChangeKind, MembershipChange, SnapshotPlace } from "./membership.ts";
import { clean } from "./text.ts";
import { wireText } from "./wire.ts";

/**
 * A change of a membership that Trello reported by a webhook or in its action feed: who was changed, when, and by whom.
 */
export interface MembershipEvent {
  /** The id of Trello's action. An action counts once, even if Trello reports it several times. */
  readonly id: string;
  /** When the change happened, by Trello's clock, ISO 8601. */
  readonly at: string;
  readonly type: string;
  readonly kind: EventKind;
  readonly place: {
    readonly kind: SnapshotPlace["kind"] | "enterprise" | "member";
    readonly id: string;
    /** The name of the workspace, board or other place, made safe to show; missing if the event does not contain it. */
    readonly name?: string;
  };
  /** The id of the changed person; null if the event is about a workspace or board itself. */
  readonly idMember: string | null;
  /** The person's name in the event. */
  readonly name: string | null;
  /** The person's role after the event, if the event contains it. */
  readonly role: string | null;
  /** The person's old names, if the event reports a changed name and contains the old one. */
  readonly old?: { readonly name?: string; readonly username?: string; readonly initials?: string };
  /** Whose token did it. */
  readonly by: { readonly idMember: string; readonly name: string } | null;
}

/**
 * A change of a membership, and when it happened. If an event from Trello reported the change, `at` and `by` say when
 * and by whom it was made. Otherwise `between` has the times of the two readings between which it happened.
 */
export interface TimedChange extends MembershipChange {
  /** When the change happened, ISO 8601; null if no event from Trello reported it. */
  readonly at: string | null;
  readonly by: MembershipEvent["by"];
  /** Set if no event reported the change: it happened after `from` and not after `until` (ISO 8601). */
  readonly between: { readonly from: string; readonly until: string } | null;
}

type EventKind = Extract<
  ChangeKind,
  | "added"
  | "removed"
  | "role_changed"
  | "joined"
  | "deactivated"
  | "reactivated"
  | "member_renamed"
  | "board_seen"
  | "board_gone"
>;

interface EventType {
  readonly kind: EventKind;
  readonly place: MembershipEvent["place"]["kind"];
  readonly role?: string;
}

/** Trello's types of actions about memberships, and the meaning of each. Actions of other types are ignored. */
export const EVENT_TYPES: Readonly<Record<string, EventType>> = {
  addMemberToBoard: { kind: "added", place: "board" },
  unconfirmedBoardInvitation: { kind: "added", place: "board" },
  removeMemberFromBoard: { kind: "removed", place: "board" },
  deleteBoardInvitation: { kind: "removed", place: "board" },
  makeAdminOfBoard: { kind: "role_changed", place: "board", role: "admin" },
  makeNormalMemberOfBoard: { kind: "role_changed", place: "board", role: "normal" },
  makeObserverOfBoard: { kind: "role_changed", place: "board", role: "observer" },
  deactivatedMemberInBoard: { kind: "deactivated", place: "board" },
  reactivatedMemberInBoard: { kind: "reactivated", place: "board" },
  addMemberToOrganization: { kind: "added", place: "workspace" },
  unconfirmedOrganizationInvitation: { kind: "added", place: "workspace" },
  removeMemberFromOrganization: { kind: "removed", place: "workspace" },
  deleteOrganizationInvitation: { kind: "removed", place: "workspace" },
  makeAdminOfOrganization: { kind: "role_changed", place: "workspace", role: "admin" },
  makeNormalMemberOfOrganization: { kind: "role_changed", place: "workspace", role: "normal" },
  deactivatedMemberInOrganization: { kind: "deactivated", place: "workspace" },
  reactivatedMemberInOrganization: { kind: "reactivated", place: "workspace" },
  deactivatedMemberInEnterprise: { kind: "deactivated", place: "enterprise" },
  reactivatedMemberInEnterprise: { kind: "reactivated", place: "enterprise" },
  updateMember: { kind: "member_renamed", place: "member" },
  addToOrganizationBoard: { kind: "board_seen", place: "board" },
  removeFromOrganizationBoard: { kind: "board_gone", place: "board" },
};

/** The types of actions to read from the feeds of workspaces and boards. These feeds contain no changes of profiles. */
export const FEED_TYPES: readonly string[] = Object.keys(EVENT_TYPES).filter(
  (type) => type !== "updateMember",
);

const named = z
  .object({ id: z.string(), fullName: wireText, name: wireText, username: wireText })
  .nullish()
  .catch(null);
const placed = z.object({ id: z.string(), name: wireText }).nullish().catch(null);

/** The fields of a Trello action that this program uses. Feeds and webhooks have the same form. */
const membershipAction = z.object({
  id: z.string().regex(/^[0-9a-f]{24}$/),
  type: z.string(),
  date: z.iso.datetime(),
  idMemberCreator: wireText,
  memberCreator: named,
  member: named,
  data: z.object({
    idMember: wireText,
    idMemberAdded: wireText,
    idMemberInvited: wireText,
    memberType: wireText,
    member: named,
    board: placed,
    organization: placed,
    enterprise: placed,
    old: z
      .object({ fullName: wireText, name: wireText, username: wireText, initials: wireText })
      .nullish()
      .catch(null),
  }),
});
type MembershipAction = z.infer<typeof membershipAction>;

/** Turns an action into an event; null if the action is about something else, or if a needed field is missing. */
export function eventOf(action: unknown): MembershipEvent | null {
  const parsed = membershipAction.safeParse(action);
  if (!parsed.success) return null;
  const { id, type, date, data } = parsed.data;
  const about = Object.hasOwn(EVENT_TYPES, type) ? EVENT_TYPES[type] : undefined;
  if (!about) return null;
  // If a board comes to a workspace or leaves it, the event is about the board and not about a person.
  const isAboutBoard = about.kind === "board_seen" || about.kind === "board_gone";
  const idMember = isAboutBoard
    ? null
    : about.place === "member"
      ? ownerOf(parsed.data)
      : personIn(parsed.data);
  const { board, organization: workspace, enterprise } = data;
  const self = idMember === null ? null : { id: idMember, name: null };
  const place = { board, workspace, enterprise, member: self }[about.place];
  if (!place || (idMember === null && !isAboutBoard)) return null;
  const old = about.place === "member" ? oldIn(parsed.data) : undefined;
  if (old === null) return null;
  return {
    id,
    at: new Date(date).toISOString(),
    type,
    kind: about.kind,
    place: { kind: about.place, id: place.id, ...(place.name && { name: clean(place.name) }) },
    idMember,
    name: nameOf(parsed.data.member) ?? nameOf(data.member),
    role: about.role ?? data.memberType ?? null,
    ...(old && { old }),
    by: authorOf(parsed.data),
  };
}

function personIn({ data, member }: MembershipAction): string | null {
  return data.idMember ?? data.idMemberAdded ?? data.idMemberInvited ?? member?.id ?? data.member?.id ?? null;
}

/** If the action about a changed profile names no other person, the profile belongs to the person who changed it. */
function ownerOf(action: MembershipAction): string | null {
  return personIn(action) ?? action.idMemberCreator ?? action.memberCreator?.id ?? null;
}

/**
 * The old name, username and initials of a changed profile. undefined if the action does not show what changed; null if
 * only other parts of the profile changed.
 */
function oldIn({ data: { old } }: MembershipAction): MembershipEvent["old"] | null {
  if (!old) return undefined;
  const name = old.fullName ?? old.name;
  const { username, initials } = old;
  if (name == null && username == null && initials == null) return null;
  return {
    ...(name != null && { name: clean(name) }),
    ...(username != null && { username: clean(username, 60) }),
    ...(initials != null && { initials: clean(initials, 10) }),
  };
}

function authorOf({ idMemberCreator, memberCreator }: MembershipAction): MembershipEvent["by"] {
  const idMember = idMemberCreator ?? memberCreator?.id ?? null;
  return idMember === null ? null : { idMember, name: nameOf(memberCreator) ?? idMember };
}

function nameOf(member: z.infer<typeof named>): string | null {
  if (!member) return null;
  const name = clean(member.fullName ?? member.name ?? "");
  const sign = member.username ? `@${clean(member.username, 100)}` : "";
  if (name === "") return sign || null;
  return sign === "" ? name : `${name} (${sign})`;
}
