import { atLeast, type Decision } from "./confirmation.ts";
import { AppError } from "./error.ts";
import type { Plan } from "./plan.ts";

/** The OAuth scope with which an issuer allows a person to approve plans. */
export const APPROVE_SCOPE = "identity:approve";

/**
 * What is known about the person who decides about a plan. If `subject` is missing, the person did not sign in but used
 * a terminal or a page on this machine.
 */
export type Decider = Pick<Decision, "subject" | "email" | "scope">;
type Decided = Pick<Plan, "approvers" | "principal">;

/** Whether the policy's list of approvers contains the person, by email or by `ISSUER#VALUE`. */
export function isNamedApprover(approvers: readonly string[], { subject, email }: Decider): boolean {
  return (
    (email !== undefined && approvers.includes(email.toLowerCase())) ||
    (subject !== undefined && approvers.includes(subject))
  );
}

/**
 * Whether the person who decides is the person who asked for the plan. A person may have two ids `ISSUER#VALUE`, for
 * example at two issuers. So two persons count as one if the `VALUE` is the same at another issuer, or if the email is
 * the same.
 */
export function isRequester({ id, email }: Plan["principal"], decider: Decider): boolean {
  const { subject } = decider;
  if (subject === undefined) return false;
  const isSameEmail = email !== undefined && decider.email?.toLowerCase() === email.toLowerCase();
  return subject === id || valueOf(subject) === valueOf(id) || isSameEmail;
}

/** The part after `#` in `ISSUER#VALUE`. The issuer's URL contains no `#`, so the first one separates the parts. */
function valueOf(subject: string): string {
  return subject.slice(subject.indexOf("#") + 1);
}

/**
 * Why this person may not approve the plan; null if the person may. If the policy lists approvers, the list decides.
 * Without a list, a signed-in person needs the scope for approving, and a person at this machine needs nothing.
 */
export function permissionRefusal({ approvers }: Pick<Plan, "approvers">, decider: Decider): AppError | null {
  if (approvers.length > 0) {
    return isNamedApprover(approvers, decider)
      ? null
      : denied(
          "Only the people whom the policy names may approve this plan. The person who approved is not one of them.",
          "One of the named approvers must sign in and decide, because a terminal cannot show whose email is used. To name other people, an administrator changes `approvers` in the policy file.",
        );
  }
  if (decider.subject === undefined || decider.scope === APPROVE_SCOPE) return null;
  return denied(
    `This sign-in does not have the scope ${APPROVE_SCOPE}, so it cannot decide about plans.`,
    `An administrator gives the person ${APPROVE_SCOPE} at the issuer, or names the person under \`approvers\` in the policy file. Then sign out and sign in again.`,
  );
}

/** Why this person does not count as the required second person; null if the person counts. */
function fourEyesRefusal({ approvers, principal }: Decided, decider: Decider): AppError | null {
  if (decider.subject === undefined) {
    return denied(
      "This plan needs a second person who has signed in, and no one has signed in here.",
      "A named approver signs in on the page of the service and decides there.",
    );
  }
  if (approvers.length === 0) {
    return denied(
      "This plan needs a second person from the approvers' list, and the policy has no such list.",
      "An administrator sets `approvers` in the policy file. Then call the tool again.",
    );
  }
  if (principal.account === undefined) {
    return denied(
      "The person who asked for this plan did not sign in, so it is unknown whether a second person decides.",
      "Ask for the plan through the service, signed in.",
    );
  }
  if (!isRequester(principal, decider)) return null;
  const others = approvers.filter(
    (each) => each !== decider.email?.toLowerCase() && each !== decider.subject,
  );
  return denied(
    "You asked for this plan yourself. This plan needs a second person.",
    others.length === 0
      ? "An administrator names another person under `approvers` in the policy file."
      : `One of the other approvers signs in and decides: ${others.join(", ")}.`,
  );
}

/**
 * Why this person's approval of the plan does not count; null if it counts. Always null for a decision below the level
 * `approval`, such as an answer through the MCP client. Whether the level is high enough for the plan is checked by the
 * callers of this function.
 */
export function approverRefusal(
  plan: Decided & Partial<Pick<Plan, "requires">>,
  decision: Decider & Pick<Decision, "level">,
): AppError | null {
  if (!atLeast(decision.level, "approval")) return null;
  const isSecond = decision.level === "four_eyes" || plan.requires === "four_eyes";
  return permissionRefusal(plan, decision) ?? (isSecond ? fourEyesRefusal(plan, decision) : null);
}

/**
 * Whether the plan concerns the person, because the person asked for it or may approve it. Such a person may see the
 * plan, reject it and stop its run.
 */
export function isConcerned(plan: Decided, decider: Decider): boolean {
  if (decider.subject === undefined) return true;
  return isRequester(plan.principal, decider) || permissionRefusal(plan, decider) === null;
}

/**
 * The confirmation level of a decision by this person: `four_eyes` if the person counts as the second person; otherwise
 * `approval`.
 */
export function levelOfDecider(plan: Decided, decider: Decider): "approval" | "four_eyes" {
  const isSecond = permissionRefusal(plan, decider) === null && fourEyesRefusal(plan, decider) === null;
  return isSecond ? "four_eyes" : "approval";
}

function denied(message: string, next: string): AppError {
  return new AppError("POLICY_DENIED", message, { next });
}
