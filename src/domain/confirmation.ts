/**
 * The confirmation levels, from weakest to strongest. `two_step`: the model alone. `client`: the user, asked by the MCP
 * client. `approval`: a person outside the client. `four_eyes`: a second, signed-in person.
 */
export const CONFIRMATION_LEVELS = ["two_step", "client", "approval", "four_eyes"] as const;
export type ConfirmationLevel = (typeof CONFIRMATION_LEVELS)[number];

export function atLeast(given: ConfirmationLevel, needed: ConfirmationLevel): boolean {
  return CONFIRMATION_LEVELS.indexOf(given) >= CONFIRMATION_LEVELS.indexOf(needed);
}

export function stronger(a: ConfirmationLevel, b: ConfirmationLevel): ConfirmationLevel {
  return atLeast(a, b) ? a : b;
}

/** The next stronger level, but at most `approval`, because only the policy file can ask for a second person. */
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
   * The name of who decided: of the user of the operating system, of the signed-in person, or of the user at the MCP
   * client.
   */
  readonly by: string;
  readonly at: string;
  /** The email of the signed-in person; missing without a sign-in. */
  readonly email?: string;
  /** `ISSUER#VALUE` of the signed-in person; missing without a sign-in. */
  readonly subject?: string;
  /** Set if the issuer gave the person the scope that allows approving. */
  readonly scope?: "identity:approve";
  /** The name that the person typed, if the plan asks for a typed name. */
  readonly typed?: string;
  /** Why the person said no, in the person's own words. */
  readonly reason?: string;
  /** Set if the "no" withdraws the plan or an approval that was given before. */
  readonly withdrawn?: true;
}
