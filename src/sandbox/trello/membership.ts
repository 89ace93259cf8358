import { refuse } from "../route.ts";
import type { RouteContext } from "../route.ts";
import type { Board, Membership, MemberType, PlanTier, TrelloMember, Workspace } from "../world.ts";
import { arg, isLastAdmin, refuseInOwnWords, workspaceOf } from "./access.ts";
import { newId, record } from "./actions.ts";

type Holder = Board | Workspace;

/** The noun in Trello's action types. */
function nounOf(holder: Holder): "Board" | "Organization" {
  return "tier" in holder ? "Organization" : "Board";
}

function idOrganizationOf(holder: Holder): string | null {
  return "tier" in holder ? holder.id : holder.idOrganization;
}

function aboutBoard(holder: Holder): { data?: Record<string, unknown> } {
  return "tier" in holder
    ? {}
    : { data: { board: { id: holder.id, name: holder.name, shortLink: holder.shortLink } } };
}

/**
 * Adds a person to a workspace or board, or changes the person's role. A ghost is a person who was invited by email and
 * has no account. A ghost's membership is unconfirmed until the person signs up.
 */
export function putMembership(
  context: RouteContext,
  holder: Holder,
  member: TrelloMember,
  type: MemberType,
): void {
  const noun = nounOf(holder);
  const row = holder.memberships.find(({ idMember }) => idMember === member.id);
  if (row) {
    if (row.memberType === type) return;
    if (type !== "admin" && isLastAdmin(holder, row)) refuseLastAdmin();
    row.memberType = type;
    const role = { admin: "Admin", normal: "NormalMember", observer: "Observer" }[type];
    record(context, `make${role}Of${noun}`, idOrganizationOf(holder), { member, ...aboutBoard(holder) });
    return;
  }
  refuseRestricted(context, holder, member);
  const ghost = member.memberType === "ghost";
  holder.memberships.push({
    id: newId(context.world),
    idMember: member.id,
    memberType: type,
    unconfirmed: ghost,
    deactivated: false,
  });
  // The action about a board names the added person in `idMemberAdded`, as a recorded action of Trello shows. If a ghost
  // (a member without an account) is added, the type of the action says that a person was invited.
  record(context, ghost ? `unconfirmed${noun}Invitation` : `addMemberTo${noun}`, idOrganizationOf(holder), {
    member,
    data: {
      ...aboutBoard(holder).data,
      memberType: type,
      ...(noun === "Board" && !ghost ? { idMemberAdded: member.id } : {}),
    },
  });
}

/**
 * Refuses a person if the workspace allows only some emails, or no guests on its boards. Trello does not publish the
 * text of this refusal.
 */
function refuseRestricted(context: RouteContext, holder: Holder, member: TrelloMember): void {
  const workspace = "tier" in holder ? holder : workspaceOf(context.world, holder);
  const { orgInviteRestrict = [], externalMembersDisabled = false } = workspace?.prefs ?? {};
  if ("tier" in holder) {
    const fits = orgInviteRestrict.some((pattern) => matchesPattern(pattern, member.email));
    if (orgInviteRestrict.length > 0 && !fits)
      refuseInOwnWords(context, "unauthorized: this email is not allowed", "restricted");
  } else if (externalMembersDisabled && !workspace?.memberships.some((row) => row.idMember === member.id)) {
    refuseInOwnWords(context, "unauthorized: guests are not allowed", "restricted");
  }
}

function matchesPattern(pattern: string, email: string): boolean {
  const [address, wanted] = [email.toLowerCase(), pattern.toLowerCase()];
  const target = wanted.includes("@") ? address : (address.split("@").at(-1) ?? "");
  const escaped = wanted.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`).test(target);
}

/** Removes a person's membership. A person who leaves a board also leaves its cards. */
export function removeMembership(context: RouteContext, holder: Holder, member: TrelloMember): void {
  const row = rowOf(holder, member);
  if (isLastAdmin(holder, row)) refuseLastAdmin();
  holder.memberships = holder.memberships.filter((other) => other !== row);
  if (!("tier" in holder)) unassign(context, holder, member);
  record(context, `removeMemberFrom${nounOf(holder)}`, idOrganizationOf(holder), {
    member,
    ...aboutBoard(holder),
  });
}

function unassign(context: RouteContext, board: Board, member: TrelloMember): void {
  for (const card of context.world.trello.cards.values()) {
    if (card.idBoard === board.id) card.idMembers = card.idMembers.filter((id) => id !== member.id);
  }
}

/** The person's membership, active or not; 404 if there is none. */
export function rowOf(holder: Holder, member: TrelloMember): Membership {
  return (
    holder.memberships.find((row) => row.idMember === member.id) ??
    refuse(404, "The requested resource was not found.")
  );
}

/**
 * Refuses to remove the last admin of a workspace or board. The text of this refusal is known from two other programs
 * that use Trello; its HTTP status is unknown.
 */
export function refuseLastAdmin(): never {
  return refuse(403, "Not enough admins");
}

/** The plan tier of a board. */
export function tierOf(context: RouteContext, board: Board): PlanTier {
  return workspaceOf(context.world, board)?.tier ?? "free";
}

/** Reads a role for a board from the request. Refuses the role observer on Trello's plans Free and Standard. */
export function boardRole(context: RouteContext, board: Board): MemberType {
  const type = arg(context, "type") ?? "normal";
  if (type === "admin" || type === "normal") return type;
  if (type !== "observer") return refuse(400, "invalid value for type");
  const tier = tierOf(context, board);
  return tier === "premium" || tier === "enterprise" ? type : refuse(400, "Bad member type");
}

/**
 * The member with the email in the request. If there is none, makes a ghost: a person who was invited by email and has
 * no account.
 */
export function invitee(context: RouteContext): TrelloMember {
  const { world } = context;
  const email = arg(context, "email")?.trim();
  if (email === undefined || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
    return refuse(400, "invalid value for email");
  const known = [...world.trello.members.values()].find(
    (member) => member.email.toLowerCase() === email.toLowerCase(),
  );
  if (known) return known;
  const fullName = arg(context, "fullName")?.trim();
  if (fullName === undefined || fullName === "") return refuse(400, "invalid value for fullName");
  const id = newId(world);
  const ghost: TrelloMember = {
    id,
    username: `${email
      .slice(0, email.indexOf("@"))
      .toLowerCase()
      .replaceAll(/[^a-z0-9]/g, "")}${id.slice(-4)}`,
    fullName,
    initials: fullName
      .split(/\s+/)
      .map((word) => word.charAt(0).toUpperCase())
      .slice(0, 2)
      .join(""),
    bio: "",
    email,
    memberType: "ghost",
    confirmed: false,
    aaId: null,
    dateLastActive: null,
  };
  world.trello.members.set(id, ghost);
  return ghost;
}
