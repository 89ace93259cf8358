import { AppError } from "../../domain/error.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { listNames, nameKey, plural } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import { nearest } from "../../people/near.ts";
import { requireWorkspace } from "../../people/workspaces.ts";
import { readEmails } from "../lists/invitees.ts";
import { problemLines } from "../lists/roster.ts";
import { type Invitation, invitationsOf } from "./sent.ts";

/** Which invitations of a workspace the caller chooses: by email, or all expired ones. */
interface InvitationChoice {
  readonly workspace?: string | undefined;
  readonly emails?: string | readonly string[] | undefined;
  readonly column?: string | undefined;
  readonly expired?: boolean | undefined;
  /** One invited person by id, @username, email or exact name. */
  readonly member?: string | undefined;
}

/** The chosen invitations that are still pending, and a line for each chosen one that is not. */
export async function chosenInvitations(args: InvitationChoice, context: PlanContext) {
  const snapshot = await requireWorkspace({ workspace: args.workspace }, context);
  const all = await invitationsOf(snapshot, context);
  const waiting = all.filter(({ state }) => state === "pending" || state === "expired");
  if (args.expired) return { snapshot, ...expiredAmong(waiting) };
  if (args.member !== undefined)
    return { snapshot, chosen: [requireWaiting(args.member, waiting, snapshot)], warnings: [] };

  const { people, problems, notes } = readEmails(args.emails ?? "", { column: args.column });
  const wanted = people.map(({ value: email }) => ({
    email,
    found: waiting.find((row) => row.email === email),
  }));
  const chosen = wanted.flatMap(({ found }) => (found ? [found] : []));
  const missing = wanted.filter(({ found }) => !found).map(({ email }) => `${email}: ${whyNot(email, all)}`);
  const named = wanted.filter(({ found }) => found?.invitedBy === null).map(({ email }) => email);
  const unproven =
    named.length > 0
      ? [
          `Others sent these invitations and chose their names, so these emails are not proven: ${listNames(named)}`,
        ]
      : [];
  const warnings = [...unproven, ...missing, ...problemLines(problems), ...notes];
  if (chosen.length === 0) {
    throw new AppError(
      "NOT_FOUND",
      `None of these invitations is pending: ${listNames(warnings, 5, { separator: "; " })}.`,
      {
        next: "Use list_pending_invitations to see the pending ones.",
      },
    );
  }
  return { snapshot, chosen, warnings };
}

/**
 * All expired invitations. It says how many of them others sent, because this server does not know for whom those were
 * meant.
 */
function expiredAmong(waiting: readonly Invitation[]) {
  const chosen = waiting.filter(({ state }) => state === "expired");
  const others = chosen.filter(({ invitedBy }) => invitedBy === null).length;
  return {
    chosen,
    warnings:
      others > 0
        ? [`${plural(others, "expired invitation")} of these: others sent ${others === 1 ? "it" : "them"}.`]
        : [],
  };
}

/**
 * The one pending invitation that a text means. Throws NOT_FOUND with similar names, or AMBIGUOUS if several have the
 * name.
 */
function requireWaiting(
  query: string,
  waiting: readonly Invitation[],
  { memberships }: WorkspaceSnapshot,
): Invitation {
  const word = query.trim().replace(/^@/, "").toLowerCase();
  const usernames = new Map(
    memberships.map(({ idMember, member }) => [idMember, member.username.toLowerCase()]),
  );
  const exact = waiting.filter(
    ({ idMember, email }) => word === idMember || word === email || word === usernames.get(idMember ?? ""),
  );
  const found = exact.length > 0 ? exact : waiting.filter(({ name }) => nameKey(name) === nameKey(query));
  const [only, ...others] = found;
  if (only && others.length === 0) return only;
  const near = only ? found : nearest(query, waiting, ({ name }) => [name]);
  throw new AppError(
    only ? "AMBIGUOUS" : "NOT_FOUND",
    only
      ? `${found.length} pending invitations have that name.`
      : `No pending invitation has that id, username, email or name. Searched: ${waiting.length} pending invitations.`,
    {
      next: "Call again with the id of the right one, as list_pending_invitations shows it.",
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

function whyNot(email: string, all: readonly Invitation[]): string {
  const row = all.find((invitation) => invitation.email === email);
  return row ? row.state : "no invitation is known";
}
