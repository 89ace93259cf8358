import type { SignOff } from "./sign-off.ts";

const DAY_MS = 86_400_000;
/** When reviewers get a reminder if they have not signed, in days before the due day. 0 is the due day itself. */
const BEFORE = [7, 3, 1, 0] as const;
/** When reviewers get one more reminder if they have not signed, in days after the due day. */
const DAYS_LATE = 7;

/** The number of whole days from `time` (ISO 8601) to the due day, in UTC. Negative after the due day. */
export function daysLeft(due: string, time: string): number {
  return Math.round((Date.parse(`${due}T00:00:00Z`) - Date.parse(`${time.slice(0, 10)}T00:00:00Z`)) / DAY_MS);
}

/**
 * The reminder that is due at `now` (ISO 8601), named by its number of days before the due day; a negative number is
 * after the due day. null if no reminder is due. If no server ran on the reminder's day, the reminder is sent later. A
 * review that was started after the reminder's day gets no such reminder.
 */
export function reminderDue({ due, at }: Pick<SignOff, "due" | "at">, now: string): number | null {
  if (due === undefined) return null;
  const left = daysLeft(due, now);
  if (left < 0) return left >= -DAYS_LATE ? left : null;
  const step = BEFORE.findLast((days) => left <= days);
  return step !== undefined && step < daysLeft(due, at) ? step : null;
}

/** The longest delay (ms) with which a daily job still starts, for example if no server ran at the time of the job. */
const LATEST_MS = 2 * 3_600_000;

/**
 * The day (YYYY-MM-DD) of the job that should start at `now` (ms since 1970). `time`: the job's time of day (HH:MM,
 * UTC). null if no job should start.
 */
export function dailyDue(time: string, now: number): string | null {
  for (const back of [0, 1]) {
    const day = new Date(now - back * DAY_MS).toISOString().slice(0, 10);
    const late = now - Date.parse(`${day}T${time}:00Z`);
    if (late >= 0 && late < LATEST_MS) return day;
  }
  return null;
}
