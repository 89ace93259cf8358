import { z } from "zod";
import { AppError } from "../domain/error.ts";
import type { PlanContext } from "../domain/planning.ts";
import { workspace, writeFields } from "./fields.ts";
import { type Invitation, invitationsOf } from "./invitations.ts";
import { readEmails } from "./roster-emails.ts";

/** Input of the tools that act on invitations not accepted yet: by email, or all that expired. */
export const invitationChoice = z
  .strictObject({
    workspace,
    emails: z.union([z.string().max(20_000), z.array(z.string().max(254)).max(500)]).optional(),
    expired: z.boolean().describe("all that expired").optional(),
    ...writeFields,
  })
  .refine(({ emails, expired }) => (emails === undefined) !== (expired !== true), {
    error: "give either emails or expired: true",
  });

/** The chosen invitations that still wait, and what was chosen and does not. */
export async function chosenInvitations(args: z.infer<typeof invitationChoice>, context: PlanContext) {
  const snapshot = await context.reads.trello.workspace(args.workspace);
  const all = await invitationsOf(snapshot, context);
  const waiting = all.filter(({ state }) => state === "pending" || state === "expired");
  if (args.expired) return { snapshot, ...expiredAmong(waiting) };

  const { invitees, problems } = readEmails(args.emails ?? "");
  const wanted = invitees.map(({ email }) => ({ email, found: waiting.find((row) => row.email === email) }));
  const chosen = wanted.flatMap(({ found }) => (found ? [found] : []));
  const missing = wanted.filter(({ found }) => !found).map(({ email }) => `${email}: ${whyNot(email, all)}`);
  const named = chosen.filter(({ invitedAt }) => invitedAt === null).map(({ email }) => email);
  const unproven =
    named.length > 0
      ? [`Invited by others, who chose these names; whose emails they are is not proven: ${named.join(", ")}`]
      : [];
  const warnings = [...unproven, ...missing, ...problems.map(({ text, why }) => `${text}: ${why}`)];
  if (chosen.length === 0) {
    throw new AppError(
      "NOT_FOUND",
      `None of these invitations is waiting: ${warnings.slice(0, 5).join("; ")}.`,
      {
        next: "Use list_pending_invitations for those that are.",
      },
    );
  }
  return { snapshot, chosen, warnings };
}

/** Those that expired. Of others' invitations nobody tells the date, so none of them is chosen, and that is said. */
function expiredAmong(waiting: readonly Invitation[]) {
  const chosen = waiting.filter(({ state }) => state === "expired");
  const undated = waiting.filter(({ invitedAt }) => invitedAt === null).length;
  const why = `${undated} were invited by others, and since when they wait is not known.`;
  if (chosen.length === 0 && undated > 0) {
    throw new AppError("CONFLICT", `No invitation of this server's has expired; ${why}`, {
      next: "See them with list_pending_invitations: invite_member invites one again, remove_from_workspace takes one back.",
    });
  }
  return { chosen, warnings: undated > 0 ? [`Left alone: ${why}`] : [] };
}

function whyNot(email: string, all: readonly Invitation[]): string {
  const row = all.find((invitation) => invitation.email === email);
  return row ? row.state : "no invitation known";
}
