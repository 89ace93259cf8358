import { AppError } from "../../domain/error.ts";
import type { PlanPart } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { listNames } from "../../domain/text.ts";
import type { BoardWithMemberships, WorkspaceSnapshot } from "../../domain/trello.ts";
import { inviteeFor, knownEmails } from "../../people/email-list.ts";
import { GUEST_TEXT } from "./additions.ts";
import { planInvitations } from "../invitations/invite.ts";
import type { Newcomer } from "./whom.ts";

export interface PlannedNewcomers extends PlanPart {
  /** How many emails the plan invites. */
  readonly invited: number;
}

/**
 * Plans to invite emails to boards, as guests. An email with a pending invitation is not invited again. An email cannot
 * be invited with the role `admin`. `alongside`: ids of the people whom the same plan adds.
 */
export async function planNewcomers(
  newcomers: readonly Newcomer[],
  to: {
    readonly boards: readonly BoardWithMemberships[];
    readonly role: "admin" | "normal" | "observer";
    readonly snapshot: WorkspaceSnapshot;
    readonly alongside: readonly string[];
  },
  context: PlanContext,
): Promise<PlannedNewcomers> {
  if (newcomers.length === 0) return { invited: 0 };
  if (to.role === "admin") {
    throw new AppError(
      "INPUT_INVALID",
      `A person who is invited by email cannot be an admin of a board: ${listNames(
        newcomers.map(({ email }) => email),
        5,
      )}.`,
      { next: "Call again with the role `normal`. Use set_board_role after the person has joined." },
    );
  }
  const { snapshot } = to;
  const role = to.role === "observer" ? "observer" : "guest";
  const boards = await context.reads.trello.boards(to.boards.map(({ id }) => id));
  const known = await knownEmails(
    newcomers.map(({ email }) => email),
    snapshot,
    context,
  );
  const sure = newcomers.filter(({ email }) => !known.disputed.has(email));
  const planned = await planInvitations(
    snapshot,
    sure.map(({ email, fullName }) => ({
      whom: inviteeFor(email, known, { role, boards }),
      fullName,
      role,
      boards,
    })),
    context,
    to.alongside,
  );
  const { each, ...part } = planned;
  const there = sure.filter((_, index) => each[index]?.length === 0).map(({ email }) => email);
  const disputed = newcomers.filter(({ email }) => known.disputed.has(email));
  return {
    ...part,
    invited: each.filter((effects) => effects.length > 0).length,
    warnings: [
      ...(part.warnings ?? []),
      GUEST_TEXT,
      ...disputed.map(
        ({ email }) => `Skipped: ${email}: several members are linked to this email; see find_member.`,
      ),
      ...(there.length > 0
        ? [`Invited already, nothing to do for ${there.length}: ${listNames(there)}`]
        : []),
    ],
  };
}
