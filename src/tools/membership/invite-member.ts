import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import { clean } from "../../domain/text.ts";
import type { WorkspaceSnapshot } from "../../domain/trello.ts";
import type { PlanContext } from "../../engine/engine.ts";
import { boardsOf } from "../boards.ts";
import { defineTool } from "../define.ts";
import { boards, workspace, workspaceRole, writeFields } from "../fields.ts";
import { findPeople } from "../find-people.ts";
import { inviteKnown, inviteNew } from "../invite.ts";
import { labelOf, type Person } from "../people.ts";
import { emailOf } from "../roster.ts";

export default defineTool({
  name: "invite_member",
  title: "Invite a member",
  description: "Invites one person to a workspace, and boards if named.",
  toolset: "membership",
  effect: "create",
  input: z.strictObject({
    workspace,
    member: z.string().trim().min(1).max(254).describe("email or username"),
    role: workspaceRole.default("normal"),
    boards: boards.optional(),
    fullName: z.string().trim().min(1).max(100).optional(),
    ...writeFields,
  }),
  async plan(args, context): Promise<PlanDraft> {
    const { trello } = context.reads;
    const snapshot = await trello.workspace(args.workspace);
    const person = await knownPerson(args.member, snapshot, context);
    const wanted = await trello.boards(boardsOf(snapshot, args.boards ?? []).map(({ id }) => id));
    const wish = { role: args.role, fullName: args.fullName, boards: wanted };
    const where = clean(snapshot.workspace.displayName);
    const kept =
      person?.membership && person.membership.memberType !== args.role ? person.membership.memberType : null;
    const who = person ? labelOf(person.member, person.idMember) : clean(args.member, 254);
    const effects = person
      ? inviteKnown(snapshot, person, wish)
      : inviteNew(snapshot, { ...wish, email: emailOf(args.member) as string });
    return {
      // Where nothing is to be done, the summary is all that is told, so it says which role is held.
      summary:
        effects.length === 0 && person?.membership
          ? `${who} is in ${where} as ${person.membership.memberType}`
          : `Invite ${who} to ${where} as ${args.role}`,
      effects,
      warnings: kept ? [`Already in ${where} as ${kept}; the role there stays as it is.`] : [],
      subjects: person ? [{ idMember: person.idMember }] : [],
      blindSpots: [],
    };
  },
});

/** The person where certainly known in this workspace, or found by Trello by that exact username; null for a new email. */
async function knownPerson(
  query: string,
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<Person | null> {
  const candidates = await findPeople(query, [snapshot], context);
  const certain = candidates.find(({ confidence }) => confidence === "certain");
  if (certain) return certain.person;
  if (emailOf(query)) return null;
  if (query.includes("@", 1)) {
    throw new AppError("INPUT_INVALID", "That is not an email address.", {
      next: "Give one email or one username.",
    });
  }
  const username = query.replace(/^@/, "").toLowerCase();
  const found = (await context.reads.trello.searchMembers(username)).find(
    (member) => member.username.toLowerCase() === username,
  );
  if (found) return { idMember: found.id, member: found, membership: null, boards: [] };
  throw new AppError("NOT_FOUND", "Trello finds no member with that username.", {
    next: "Call again with the person's email instead.",
  });
}
