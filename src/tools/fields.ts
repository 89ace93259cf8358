// The one vocabulary of inputs. What the names mean is told once, in the server's instructions, and not again in every
// tool: a description costs every client tokens.
import { z } from "zod";

const text = (max: number) => z.string().trim().min(1).max(max);

export const workspace = text(100);
export const board = text(100);
export const boards = z.array(board).min(1).max(500);
export const member = text(254);
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
