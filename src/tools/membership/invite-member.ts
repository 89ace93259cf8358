import { z } from "zod";
import { emailOf } from "../../domain/email.ts";
import { AppError } from "../../domain/error.ts";
import type { PlanDraft } from "../../domain/plan.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { clean, plural } from "../../domain/text.ts";
import { writtenPerson } from "../../domain/written-person.ts";
import type { BoardSnapshot, WorkspaceSnapshot } from "../../domain/trello.ts";
import { inviteeFor, knownEmails } from "../../people/email-list.ts";
import { findPeople } from "../../people/candidates.ts";
import { findOutsideWorkspace, requirePerson } from "../../people/find.ts";
import { isGhost, labelOf, type Person, subjectOf } from "../../people/person.ts";
import { requireWorkspace } from "../../people/workspaces.ts";
import { boardsOf } from "../../people/boards.ts";
import { assertRole, GUEST_TEXT } from "../../planning/boards/additions.ts";
import { planInvitations } from "../../planning/invitations/invite.ts";
import { combine } from "../../planning/plan-part.ts";
import { defineTool } from "../define.ts";
import { boards, plainPerson, workspace, workspaceRole, writeFields } from "../support/fields.ts";

export default defineTool({
  name: "invite_member",
  title: "Invite a member",
  description:
    "Invites one person to a workspace, and boards if named; says if the person is a member or invited already.",
  toolset: "membership",
  effect: "grant",
  makes: [
    { op: "invite_workspace_member", direction: "gives" },
    { op: "invite_workspace_member", direction: "gives", grantsAdmin: true },
    { op: "invite_board_member", direction: "gives" },
    { op: "set_workspace_member", direction: "gives" },
    { op: "set_workspace_member", direction: "gives", grantsAdmin: true },
    { op: "set_board_member", direction: "gives" },
  ],
  input: z.strictObject({
    workspace,
    member: z.string().trim().min(1).max(254).describe("email, username or, if known here, full name"),
    role: z.enum([...workspaceRole.options, "observer", "guest"]).default("normal"),
    boards: boards.optional(),
    fullName: z.string().trim().min(1).max(100).describe("name shown until the person joins").optional(),
    ...writeFields,
  }),
  async plan(args, context): Promise<PlanDraft> {
    const { trello } = context.reads;
    const snapshot = await requireWorkspace(args, context);
    // A name written beside the email, as in `Ada <ada@x.org>`, becomes the name of the invitation, like `fullName`.
    const written = writtenPerson(args.member);
    const query = plainPerson(args.member);
    const asGuest = args.role === "guest" || args.role === "observer";
    assertRole(args.role, snapshot.tier);
    if (asGuest && args.boards === undefined) {
      throw new AppError(
        "INPUT_INVALID",
        "A guest or observer is invited to boards, but the call names no board.",
        {
          next: "Call again with `boards`, or with the role `normal`.",
        },
      );
    }
    const wanted = await trello.boards(boardsOf(snapshot, args.boards ?? []).map(({ id }) => id));
    const { person, perhaps } = await knownPerson(
      query,
      { snapshot, role: args.role, boards: wanted },
      context,
    );
    const where = clean(snapshot.workspace.displayName);
    const who = person ? labelOf(person.member, person.idMember) : clean(query, 254);
    const planned = await planInvitations(
      snapshot,
      [
        {
          whom: person ?? (emailOf(query) as string),
          role: args.role,
          fullName: args.fullName ?? written?.fullName,
          boards: wanted,
        },
      ],
      context,
    );
    const held = person?.membership?.memberType;
    return {
      // If there is nothing to do, the caller may read only the summary. So the summary says which role the person has.
      summary: held
        ? planned.effects.length === 0
          ? `${who} is ${isInvited(person) ? "invited to" : "in"} ${where} ${isInvited(person) ? "already, " : ""}as ${held}`
          : `Add ${who} to ${plural(planned.effects.length, "board")} of ${where}`
        : `Invite ${who} to ${asGuest ? `${plural(wanted.length, "board")} of ` : ""}${where} as ${args.role}`,
      ...combine(
        {
          warnings: [
            ...(asGuest && !held ? [GUEST_TEXT] : []),
            ...(held && held !== args.role
              ? [`Already in ${where} as ${held}; the role there does not change.`]
              : []),
            ...perhaps,
          ],
          subjects: person ? [await subjectOf(person, context)] : [],
        },
        planned,
      ),
    };
  },
});

/** Whether the person was invited to the workspace and has not joined yet. */
function isInvited(person: Person | null): boolean {
  return person !== null && (isGhost(person) || person.unconfirmed === true);
}

interface Wanted {
  readonly snapshot: WorkspaceSnapshot;
  readonly role: string;
  readonly boards: readonly BoardSnapshot[];
}

/**
 * Finds the person whom `query` certainly means: in the workspace, or as a Trello member outside it. If `query` is the
 * email of an unknown person, `person` is null, and `perhaps` contains a warning for each member who may have this
 * email. If `query` is not an email, throws unless it leads to exactly one person.
 */
async function knownPerson(
  query: string,
  { snapshot, ...wanted }: Wanted,
  context: PlanContext,
): Promise<{ readonly person: Person | null; readonly perhaps: readonly string[] }> {
  const candidates = await findPeople(query, [snapshot], context);
  const certain = candidates.find(({ confidence }) => confidence === "certain");
  if (certain) return { person: certain.person, perhaps: [] };
  const email = emailOf(query);
  if (email) {
    const whom = inviteeFor(email, await knownEmails([email], snapshot, context), wanted);
    if (typeof whom !== "string") return { person: whom, perhaps: [] };
    return {
      person: null,
      perhaps: candidates
        .filter(({ confidence }) => confidence === "likely")
        .map(
          ({ person, reason }) =>
            `${labelOf(person.member, person.idMember)} may be the invited person: ${reason}.`,
        ),
    };
  }
  if (query.includes("@", 1)) {
    throw new AppError("INPUT_INVALID", "That is not an email address.", {
      next: "Give one email or one username.",
    });
  }
  if (candidates.some(({ fullName, confidence }) => fullName || confidence !== "possible")) {
    return { person: await requirePerson(query, [snapshot], context), perhaps: [] };
  }
  const found = await findOutsideWorkspace(query, snapshot, context, { names: true });
  if (found) return { person: found, perhaps: [] };
  if (candidates.length > 0) await requirePerson(query, [snapshot], context);
  throw new AppError("NOT_FOUND", "Trello finds no member with that id, username or full name.", {
    next: "Call again with the person's email, or find the person with find_member.",
  });
}
