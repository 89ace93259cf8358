/**
 * From weakest to strongest. `two_step`: the model alone. `client`: the user, asked by the client. `approval`: a person
 * outside the client. `four_eyes`: a second, signed-in person.
 */
export const CONFIRMATION_LEVELS = ["two_step", "client", "approval", "four_eyes"] as const;
export type ConfirmationLevel = (typeof CONFIRMATION_LEVELS)[number];

export function atLeast(given: ConfirmationLevel, needed: ConfirmationLevel): boolean {
  return CONFIRMATION_LEVELS.indexOf(given) >= CONFIRMATION_LEVELS.indexOf(needed);
}

export function stronger(a: ConfirmationLevel, b: ConfirmationLevel): ConfirmationLevel {
  return atLeast(a, b) ? a : b;
}

/** The next stronger level, up to `approval`. Only the policy can ask for a second person. */
export function raised(level: ConfirmationLevel): ConfirmationLevel {
  return level === "two_step" ? "client" : stronger(level, "approval");
}

/** A decision on one plan, by a person or (at `two_step`) by the caller. It is used once. */
export interface Decision {
  readonly planId: string;
  readonly digest: string;
  readonly accepted: boolean;
  readonly level: ConfirmationLevel;
  /** Who decided: an operating-system user, an authenticated subject, or the person at the client. */
  readonly by: string;
  readonly at: string;
  /** The email that the person proved by signing in, if there was a sign-in. */
  readonly email?: string;
  /** `ISSUER#VALUE` of the person who signed in. Missing if no one signed in. */
  readonly subject?: string;
  /** The scope by which the issuer allows the person to decide, if the sign-in has it. */
  readonly scope?: "identity:approve";
  /** What the person typed, if the plan asks for a name to be typed. */
  readonly typed?: string;
  /** Why the person said no, in their own words. */
  readonly reason?: string;
  /** True for a "no" that takes back the plan, or an approval of it. */
  readonly withdrawn?: true;
}
