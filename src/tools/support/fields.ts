import { z } from "zod";

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

export const workspace = ref(100);
export const board = ref(100);
export const boards = z.array(board).min(1).max(500);
export const member = ref(254);
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
    emails: z.union([z.string().max(20_000), z.array(z.string().max(254)).max(500)]).optional(),
    expired: z.boolean().describe("all that expired").optional(),
    ...writeFields,
  })
  .refine(({ emails, expired }) => (emails === undefined) !== (expired !== true), {
    error: "give either emails or expired: true",
  });
