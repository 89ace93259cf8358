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

/** The next stronger level, but never more than `approval`: only the policy file can ask for a second person. */
export function raised(level: ConfirmationLevel): ConfirmationLevel {
  return level === "two_step" ? "client" : stronger(level, "approval");
}

/** A decision on one plan, by a person or (at level `two_step`) by the caller. It can be used once. */
export interface Decision {
  readonly planId: string;
  readonly digest: string;
  readonly accepted: boolean;
  readonly level: ConfirmationLevel;
  /** Who decided: the user of the operating system, the signed-in person, or the user at the MCP client. */
  readonly by: string;
  readonly at: string;
  /** The email of the signed-in person; missing without a sign-in. */
  readonly email?: string;
  /** `ISSUER#VALUE` of the signed-in person; missing without a sign-in. */
  readonly subject?: string;
  /** The scope with which the issuer allows the person to approve, if the sign-in has it. */
  readonly scope?: "identity:approve";
  /** The name that the person typed, if the plan asks for one. */
  readonly typed?: string;
  /** Why the person said no, in the person's words. */
  readonly reason?: string;
  /** True for a "no" that withdraws the plan or its earlier approval. */
  readonly withdrawn?: true;
}
