import { AppError } from "../domain/error.ts";

/** Where an applied effect stands in the list: by time, and of one time by run and index. */
export interface AppliedPosition {
  readonly at: string;
  readonly runId: string;
  readonly index: number;
}

export function cursorOf({ at, runId, index }: AppliedPosition): string {
  return Buffer.from(`${at} ${index} ${runId}`).toString("base64url");
}

/** The position that a cursor names; INPUT_INVALID where it is none. */
export function positionOf(cursor: string): AppliedPosition {
  const text = Buffer.from(cursor, "base64url").toString();
  const [, at, index, runId] = /^(\d{4}-\d\d-\d\dT[\d:.]{12}Z) (\d{1,9}) (.+)$/.exec(text) ?? [];
  if (at === undefined || index === undefined || runId === undefined) {
    throw new AppError("INPUT_INVALID", "This cursor names no place in the list.", {
      next: "Leave the cursor out to begin again.",
    });
  }
  return { at, runId, index: Number(index) };
}

/** Newest first: the order of the list, text by code unit as the database has it. */
export function newestFirst(a: AppliedPosition, b: AppliedPosition): number {
  return descending(a.at, b.at) || descending(a.runId, b.runId) || b.index - a.index;
}

function descending(a: string, b: string): number {
  return a === b ? 0 : a < b ? 1 : -1;
}
