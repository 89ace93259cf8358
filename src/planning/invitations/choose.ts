import { AppError } from "../../domain/error.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { clean, listNames, nameKey, plural, titledList } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { nearest } from "../../people/near.ts";
import { readWorkspaces } from "../../people/readable.ts";
import { whichWorkspace } from "../../people/workspaces.ts";
import { readEmails } from "../lists/invitees.ts";
import { problemLines } from "../lists/roster.ts";
import { type Invitation, invitationsOf } from "./sent.ts";

/** Which invitations a call chooses: by email, by person, all expired ones, or all pending ones. */
interface InvitationChoice {
  readonly workspace?: string | undefined;
  readonly workspaces?: readonly string[] | undefined;
  readonly emails?: string | readonly string[] | undefined;
  readonly column?: string | undefined;
  readonly expired?: boolean | undefined;
  readonly all?: boolean | undefined;
  /** The invited person whose invitations the call chooses: an id, @username, email or exact name. */
  readonly member?: string | undefined;
}

/** A workspace with all its invitations. `chosen`: the invitations that the call chose and that are still pending. */
export interface InvitationPlace {
  readonly snapshot: WorkspaceSnapshot;
  readonly invitations: readonly Invitation[];
  readonly chosen: readonly Invitation[];
}

interface Chosen {
  readonly places: readonly InvitationPlace[];
  /** For the summary: the name of the workspace if there is only one, otherwise the number of workspaces. */
  readonly where: string;
  readonly warnings: readonly string[];
}

/**
 * The chosen invitations that are still pending, and a line for each chosen invitation that is not. If the call names
 * no workspace, the only workspace with such an invitation is used. If several workspaces have one, the call must name
 * them, so that no invitation is changed by mistake.
 */
export async function chosenInvitations(args: InvitationChoice, context: PlanContext): Promise<Chosen> {
  const named = args.workspaces ?? (args.workspace === undefined ? undefined : [args.workspace]);
  const { snapshots, unread } = await readWorkspaces(context.reads, named);
  const read = await Promise.all(
    snapshots.map(async (snapshot) => ({ snapshot, invitations: await invitationsOf(snapshot, context) })),
  );
  const { found, warnings } = choose(args, read);
  const hits = found.filter(({ chosen }) => chosen.length > 0);
  if (named === undefined && hits.length > 1) {
    throw whichWorkspace(
      hits.map(({ snapshot }) => snapshot),
      `${hits.length} workspaces have a matching invitation. To choose several workspaces, name them in \`workspaces\`.`,
    );
  }
  const places = hits.length > 0 ? hits : found;
  const [only, ...others] = places;
  return {
    places,
    where:
      only && others.length === 0
        ? clean(only.snapshot.workspace.displayName)
        : plural(places.length, "workspace"),
    warnings: [...warnings, ...unread],
  };
}

type Read = Omit<InvitationPlace, "chosen">;
interface Choice {
  readonly found: readonly InvitationPlace[];
  readonly warnings: readonly string[];
}

function choose(args: InvitationChoice, read: readonly Read[]): Choice {
  if (args.expired || args.all) return everyOne(read, args.expired === true);
  return args.member === undefined ? byEmails(args, read) : byMember(args.member, read);
}

function isWaiting({ state }: Invitation): boolean {
  return state === "pending" || state === "expired";
}

function keeping(read: readonly Read[], keep: (row: Invitation) => boolean): readonly InvitationPlace[] {
  return read.map((place) => ({
    ...place,
    chosen: place.invitations.filter((row) => isWaiting(row) && keep(row)),
  }));
}

/**
 * Chooses all invitations, or all expired ones. A warning says how many of them were sent by other people, because this
 * server does not know for whom other people's invitations were meant.
 */
function everyOne(read: readonly Read[], isExpiredOnly: boolean): Choice {
  const found = keeping(read, ({ state }) => !isExpiredOnly || state === "expired");
  const others = found.flatMap(({ chosen }) => chosen.filter(({ isOurs }) => !isOurs)).length;
  const what = isExpiredOnly ? "expired invitation" : "invitation";
  return {
    found,
    warnings: others > 0 ? [`Others sent ${plural(others, what)} of these.`] : [],
  };
}

function byEmails(args: InvitationChoice, read: readonly Read[]): Choice {
  const { people, problems, notes } = readEmails(args.emails ?? "", { column: args.column });
  const emails = people.map(({ value }) => value);
  const found = keeping(read, ({ email }) => email !== null && emails.includes(email));
  const chosen = found.flatMap((place) => place.chosen);
  const missing = emails.filter((email) => !chosen.some((row) => row.email === email));
  const unproven = chosen.flatMap(({ isOurs, email }) => (isOurs || email === null ? [] : [email]));
  const warnings = [
    ...titledList(
      "Other people sent these invitations and chose the names in them, so it is not certain whose emails these are",
      [...new Set(unproven)],
    ),
    ...missing.map((email) => `${email}: ${whyNot(email, read)}`),
    ...problemLines(problems),
    ...notes,
  ];
  if (chosen.length === 0) {
    throw new AppError(
      "NOT_FOUND",
      `None of these invitations is pending: ${listNames(warnings, 5, { separator: "; " })}.`,
      { next: "Use list_pending_invitations to see the pending ones." },
    );
  }
  return { found, warnings };
}

function whyNot(email: string, read: readonly Read[]): string {
  const row = read.flatMap(({ invitations }) => invitations).find((each) => each.email === email);
  return row ? row.state : "no invitation is known";
}

/**
 * Finds the pending invitations of the one person that a text names. Throws NOT_FOUND with similar names, or AMBIGUOUS
 * if several people have the name.
 */
function byMember(query: string, read: readonly Read[]): Choice {
  const word = query.trim().replace(/^@/, "").toLowerCase();
  const usernames = new Map(
    read.flatMap(({ snapshot }) =>
      snapshot.memberships.map(({ idMember, member }) => [idMember, member.username.toLowerCase()] as const),
    ),
  );
  const exact = keeping(
    read,
    ({ idMember, email }) => word === idMember || word === email || word === usernames.get(idMember ?? ""),
  );
  const isExact = exact.some(({ chosen }) => chosen.length > 0);
  const found = isExact ? exact : keeping(read, ({ name }) => nameKey(name) === nameKey(query));
  const rows = found.flatMap(({ chosen }) => chosen);
  const people = new Set(rows.map(({ idMember, email }) => idMember ?? email));
  if (people.size === 1) return { found, warnings: [] };
  const waiting = keeping(read, () => true).flatMap(({ chosen }) => chosen);
  const near = rows.length > 0 ? rows : nearest(query, waiting, ({ name }) => [name]);
  throw new AppError(
    rows.length > 0 ? "AMBIGUOUS" : "NOT_FOUND",
    rows.length > 0
      ? `${people.size} invited people have that name.`
      : `No pending invitation has that id, username, email or name. Searched: ${plural(waiting.length, "pending invitation")} of ${plural(read.length, "workspace")}.`,
    {
      next: "Call again with the id of the right person, as list_pending_invitations shows it.",
      ...(near.length > 0 && {
        details: {
          candidates: near
            .slice(0, 5)
            .flatMap(({ idMember, name }) => (idMember ? [{ id: idMember, name }] : [])),
        },
      }),
    },
  );
}
