import type { SignOff } from "./sign-off.ts";

const DAY_MS = 86_400_000;
/** Days before the due day on which reviewers who have not signed are reminded; 0 is the due day itself. */
const BEFORE = [7, 3, 1, 0] as const;
/** On so many days after the due day, the reminder comes again. */
const DAYS_LATE = 7;

/** Whole days from the day of `time` (ISO 8601) to the due day, in UTC; negative after the due day. */
export function daysLeft(due: string, time: string): number {
  return Math.round((Date.parse(`${due}T00:00:00Z`) - Date.parse(`${time.slice(0, 10)}T00:00:00Z`)) / DAY_MS);
}

/**
 * Which reminder of an open review is due at `now` (ISO 8601): the number of days before the due day, or a negative
 * number of days after it. If a server was down on the right day, the reminder comes later. null if none is due. A
 * review that was started after the day of a reminder skips that reminder.
 */
export function reminderDue({ due, at }: Pick<SignOff, "due" | "at">, now: string): number | null {
  if (due === undefined) return null;
  const left = daysLeft(due, now);
  if (left < 0) return left >= -DAYS_LATE ? left : null;
  const step = BEFORE.findLast((days) => left <= days);
  return step !== undefined && step < daysLeft(due, at) ? step : null;
}

/** How late (ms) a daily job still begins, for example because no server ran at its time. */
const LATEST_MS = 2 * 3_600_000;

/** The day (YYYY-MM-DD) whose job at `time` (HH:MM, UTC) should begin at `now` (ms since 1970); null if none should. */
export function dailyDue(time: string, now: number): string | null {
  for (const back of [0, 1]) {
    const day = new Date(now - back * DAY_MS).toISOString().slice(0, 10);
    const late = now - Date.parse(`${day}T${time}:00Z`);
    if (late >= 0 && late < LATEST_MS) return day;
  }
  return null;
}
