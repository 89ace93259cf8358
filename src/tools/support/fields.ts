import { z } from "zod";
import { writtenPerson } from "../../domain/written-person.ts";

// The one vocabulary of inputs. What the names mean is told once, in the server's instructions, and not again in every
// tool: a description costs every client tokens.

// One spelling of each name: a letter with its accent is one character here, whatever system it was typed on.
const text = (max: number) => z.string().trim().normalize("NFC").min(1).max(max);
// Trello's ids are lower case; slugs, short links and names stay as they are.
const ref = (max: number) => text(max).overwrite((ref) => (isTrelloId(ref) ? ref.toLowerCase() : ref));

/** Whether a text is an id of Trello's, in whatever case: 24 hexadecimal digits. */
function isTrelloId(text: string): boolean {
  return /^[0-9a-f]{24}$/i.test(text);
}

/** An id, slug, address or name; left out, a read is about all workspaces and a change about the one that fits. */
export const workspace = ref(200).optional();
/** One workspace of a list. */
export const workspaceRef = ref(200);
/** An id, short link, address or name. */
export const board = ref(300);
/** What an empty list is told: read as "left out" it could mean "all". */
export const EMPTY_LIST = "the list is empty; name at least one, or leave the field out";
export const boards = z.array(board).min(1, EMPTY_LIST).max(500);
/** An id, @username, email or name; also `Name <email>`, `mailto:`, a profile address, as people copy them. */
export const member = ref(254).overwrite(plainPerson);

/** One person as they are looked up: what stands around an email, a @username or an id is left away. */
export function plainPerson(text: string): string {
  const person = writtenPerson(text);
  if (!person || person.value === text.toLowerCase()) return text;
  return person.kind === "username" ? `@${person.value}` : person.value;
}

/** A list of people: a text, or an array of texts for one person each. */
export const peopleList = (most: number) =>
  z.union([z.string().regex(/\S/).max(100_000), z.array(z.string().max(300)).max(most)]);
/** Which column of a table names the people; without it the reader must know exactly one. */
export const column = text(100);
export const email = z.email().max(254);
export const role = z.enum(["admin", "normal", "observer"]);
export const workspaceRole = z.enum(["admin", "normal"]);
export const user = text(254);
export const group = text(254);
export const limit = z.int().min(1).max(100);
export const cursor = text(500);
export const planId = text(60);
export const runId = text(60);

/** What every write tool takes beside its own fields; `reason` and `ticket` go to the audit. */
export const writeFields = {
  reason: text(500).optional(),
  ticket: text(100).optional(),
  dryRun: z.boolean().optional(),
};

/** Input of the tools that act on invitations not accepted yet: by email, or all that expired. */
export const invitationChoice = z
  .strictObject({
    workspace,
    emails: peopleList(500).optional(),
    column: column.optional(),
    expired: z.boolean().describe("all that expired").optional(),
    ...writeFields,
  })
  .refine(({ emails, expired }) => (emails === undefined) !== (expired !== true), {
    error: "give either emails or expired: true",
  });
