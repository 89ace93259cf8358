/** A time in the one spelling of ISO 8601 (UTC, milliseconds) whose order as text is its order in time. */
export function instant(time: string): string {
  return new Date(time).toISOString();
}

/** The instant `ms` milliseconds after `time`. */
export function after(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}
