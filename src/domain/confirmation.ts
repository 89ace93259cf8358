/**
 * The confirmation levels, from weakest to strongest.
 * - `two_step`: the model confirms alone.
 * - `client`: the MCP client asks the user.
 * - `approval`: a person confirms outside the MCP client.
 * - `four_eyes`: a second person, who has signed in, confirms.
 */
export const CONFIRMATION_LEVELS = ["two_step", "client", "approval", "four_eyes"] as const;
export type ConfirmationLevel = (typeof CONFIRMATION_LEVELS)[number];

export function atLeast(given: ConfirmationLevel, needed: ConfirmationLevel): boolean {
  return CONFIRMATION_LEVELS.indexOf(given) >= CONFIRMATION_LEVELS.indexOf(needed);
}

export function stronger(a: ConfirmationLevel, b: ConfirmationLevel): ConfirmationLevel {
  return atLeast(a, b) ? a : b;
}

/**
 * The next stronger confirmation level. `approval` and `four_eyes` stay the same, because only the settings and the
 * policy file can ask for a second person.
 */
export function raised(level: ConfirmationLevel): ConfirmationLevel {
  return level === "two_step" ? "client" : stronger(level, "approval");
}

/**
 * A decision about one plan: by a person or, at the level `two_step`, by the calling program. It is valid for this plan
 * only.
 */
export interface Decision {
  readonly planId: string;
  readonly digest: string;
  readonly accepted: boolean;
  readonly level: ConfirmationLevel;
  /**
   * The name of the person who decided: the signed-in person, the user of the operating system, or the user at the MCP
   * client.
   */
  readonly by: string;
  readonly at: string;
  /** The email of the signed-in person. Missing if the person did not sign in. */
  readonly email?: string;
  /** `ISSUER#VALUE` of the signed-in person. Missing if the person did not sign in. */
  readonly subject?: string;
  /** Set if the issuer gave the person the scope that allows approving. */
  readonly scope?: "identity:approve";
  /** The name that the person typed, if the plan asks for a typed name. */
  readonly typed?: string;
  /** Why the person said no, in the person's own words. */
  readonly reason?: string;
  /** Set if the "no" means that the person withdraws the plan, or withdraws an approval that was given before. */
  readonly withdrawn?: true;
}
