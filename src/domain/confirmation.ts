/** Weakest first: the model alone, the client's person, a person at the approval surface, another authenticated person. */
export const CONFIRMATION_LEVELS = ["two_step", "client", "approval", "four_eyes"] as const;
export type ConfirmationLevel = (typeof CONFIRMATION_LEVELS)[number];

export function atLeast(given: ConfirmationLevel, needed: ConfirmationLevel): boolean {
  return CONFIRMATION_LEVELS.indexOf(given) >= CONFIRMATION_LEVELS.indexOf(needed);
}

export function stronger(a: ConfirmationLevel, b: ConfirmationLevel): ConfirmationLevel {
  return atLeast(a, b) ? a : b;
}

/** The next stronger level; the strongest stays. */
export function raised(level: ConfirmationLevel): ConfirmationLevel {
  return CONFIRMATION_LEVELS[CONFIRMATION_LEVELS.indexOf(level) + 1] ?? level;
}

/** A person's (or, for `two_step`, the caller's) word on one plan; used once. */
export interface Decision {
  readonly planId: string;
  readonly digest: string;
  readonly accepted: boolean;
  readonly level: ConfirmationLevel;
  /** Who decided: an operating-system user, an authenticated subject, or the client's person. */
  readonly by: string;
  readonly at: string;
  /** What the person typed, if the plan asks for a name. */
  readonly typed?: string;
}
