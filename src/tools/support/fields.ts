import { isTrelloId } from "../../domain/text.ts";
import { z } from "zod";
import { writtenPerson } from "../../domain/written-person.ts";

// Input fields that several tools have. They have no descriptions of their own, because every client would pay tokens
// for each. The server's instructions explain them once.

// Writes a letter and its accent as one character, because some systems type them as two.
const text = (max: number) => z.string().trim().normalize("NFC").min(1).max(max);
// Trello's ids are written in lower case. Slugs, short links and names stay as they are.
const ref = (max: number) => text(max).overwrite((ref) => (isTrelloId(ref) ? ref.toLowerCase() : ref));

/**
 * A workspace, by id, slug, address or name. If the call names no workspace, a read tool reads all workspaces, and a
 * write tool uses the only workspace that is possible.
 */
export const workspace = ref(200).optional();
/** One workspace of a list. */
export const workspaceRef = ref(200);
/** The input field for a board: its id, short link, address or name. */
export const board = ref(300);
/**
 * The error for an empty list. An empty list is refused, because a missing list can mean "all", and the two would be
 * confused.
 */
export const EMPTY_LIST = "the list is empty; name at least one, or leave the field out";
export const boards = z.array(board).min(1, EMPTY_LIST).max(500);
/**
 * A person, by id, @username, email or name. Texts that were copied are accepted too: `Name <email>`, `mailto:`, the
 * address of a profile.
 */
export const member = ref(254).overwrite(plainPerson);

/** The email, @username or id in a copied text such as `Name <email>`. */
export function plainPerson(text: string): string {
  const person = writtenPerson(text);
  if (!person || person.value === text.toLowerCase()) return text;
  return person.kind === "username" ? `@${person.value}` : person.value;
}

/** A list of people: one text, or an array with a text for each person. */
export const peopleList = (most: number) =>
  z
    .union([z.string().regex(/\S/).max(100_000), z.array(z.string().max(300)).max(most)])
    .describe("list of people, or a pasted table");
/**
 * The heading of the column that contains the people of a table. If the call does not give the heading, exactly one
 * heading must be a known word for people.
 */
export const column = text(100).describe("heading of the column that names the people, if it is not clear");
export const email = z.email().max(254);
export const role = z.enum(["admin", "normal", "observer"]);
export const workspaceRole = z.enum(["admin", "normal"]);
export const user = text(254);
export const group = text(254);
export const limit = z.int().min(1).max(100);
export const cursor = text(500);
export const planId = text(60);
export const runId = text(60);

/** Who takes over open cards, and whether this person is also added to the boards of the cards. */
export const successorFields = {
  reassignTo: member.describe("gets the open cards; or nobody").optional(),
  addToBoards: z
    .boolean()
    .describe(
      "also adds the new assignee to boards of the cards; otherwise cards on other boards are left without a person; default false",
    )
    .optional(),
};

/** The fields that every write tool has. `reason` and `ticket` are stored in the audit log. */
export const writeFields = {
  reason: text(500).optional(),
  ticket: text(100).optional(),
  dryRun: z.boolean().optional(),
};

/** Several workspaces, each named, so that a change cannot reach a workspace that was not named. */
export const workspaces = z.array(workspaceRef).min(1, EMPTY_LIST).max(100);

/** How a call chooses pending invitations: by email, by person, all expired ones, or all of the named workspaces. */
export const invitationChoice = z
  .strictObject({
    workspace,
    workspaces: workspaces.optional(),
    emails: peopleList(500).optional(),
    member: member.optional(),
    column: column.optional(),
    expired: z.boolean().describe("all expired ones").optional(),
    all: z.boolean().describe("all of the named workspaces").optional(),
    ...writeFields,
  })
  .refine(
    ({ emails, member: one, expired, all }) =>
      [emails !== undefined, one !== undefined, expired === true, all === true].filter(Boolean).length === 1,
    { error: "give exactly one of `emails`, `member`, `expired: true` and `all: true`" },
  )
  .refine((args) => args.workspace === undefined || args.workspaces === undefined, {
    error: "give workspace or workspaces, not both",
  })
  .refine((args) => args.all !== true || args.workspace !== undefined || args.workspaces !== undefined, {
    error: "all: true needs workspace or workspaces",
  });
