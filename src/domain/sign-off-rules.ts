import { isNamedApprover } from "./approvers.ts";
import { AppError } from "./error.ts";
import {
  type ItemDecision,
  itemsOf,
  type ReviewRecord,
  type ReviewWord,
  type SignOff,
  stateOf,
} from "./sign-off.ts";
import { createFinal, entriesFor, isItemOf, itemsFor } from "./review-share.ts";
import { plural } from "./text.ts";

// The rules of a named review (named people decide about each person's access, and sign): who may do what, and when. If
// an action is not allowed, the rule throws an error that says why.

/** The name of this person in the list of reviewers; null if the person is not a reviewer. */
export function reviewerOf({ reviewers }: SignOff, { subject, email, by }: ReviewWord): string | null {
  // If people do not sign in, no email is proven. So only the user of this machine can be a reviewer.
  if (subject === undefined) return reviewers.find((each) => each === `user:${by}`) ?? null;
  const decider = { subject, ...(email !== undefined && { email }) };
  return reviewers.find((each) => isNamedApprover([each], decider)) ?? null;
}

/** The reviewer's name, or POLICY_DENIED. */
export function requireReviewer(signOff: SignOff, word: ReviewWord): string {
  const reviewer = reviewerOf(signOff, word);
  if (reviewer !== null) return reviewer;
  throw new AppError("POLICY_DENIED", "Only the named reviewers may decide and sign in this review.", {
    next: `One of these reviewers must open the page: ${signOff.reviewers.join(", ")}.`,
  });
}

/** Throws if the given decisions or proposals cannot be recorded. `reviewer`: null for the proposals of an agent. */
export function assertCanRecord(
  record: ReviewRecord,
  decisions: readonly ItemDecision[],
  reviewer: string | null,
): void {
  const isFinal = createFinal(record);
  if (decisions.some(({ item }) => isFinal(item))) {
    throw new AppError("CONFLICT", "A reviewer has signed, so these decisions of the review are final.", {
      next: "Start a new review to decide again.",
    });
  }
  const theirs =
    reviewer === null ? [] : decisions.filter(({ item }) => !isItemOf(record.signOff, reviewer, item));
  if (theirs.length > 0) {
    throw new AppError(
      "POLICY_DENIED",
      `Nothing was saved, because ${plural(theirs.length, "decision")} ${theirs.length === 1 ? "is" : "are"} about items of other reviewers.`,
      {
        next: "Decide only about the items that the page shows to you.",
      },
    );
  }
  const known = new Set(itemsOf(record.review).map(({ id }) => id));
  const unknown = decisions.find(({ item }) => !known.has(item));
  const bad = decisions.find(
    ({ decision, note, until }) =>
      (decision === "change" && !note) || (until !== null && (decision !== "keep" || !note)),
  );
  if (unknown) throw invalid(`The review has no item ${unknown.item}.`, "Give items that get_review showed.");
  if (bad?.decision === "change")
    throw invalid("A change has no note.", "Say in the note what should change, and save again.");
  if (bad)
    throw invalid(
      'An end date is allowed only if the decision is "keep" and the note gives the reason.',
      'Choose "keep" and write the reason, or remove the date.',
    );
  const past = decisions.find(({ until }) => until !== null && until <= record.signOff.at.slice(0, 10));
  if (past)
    throw invalid(
      `The end date ${past.until} is not after the day on which the review was started.`,
      "Give a later date.",
    );
}

/**
 * Throws if the reviewer cannot sign now. `entries`: how many decisions and proposals the page showed to the reviewer.
 * If another number is stored now, the reviewer has not seen all of them.
 */
export function assertCanSign(record: ReviewRecord, reviewer: string, entries: number): void {
  const { decisions, signed } = stateOf(record);
  if (entriesFor(record, reviewer).length !== entries)
    throw new AppError("CONFLICT", "Decisions were saved after this page was made, so nothing was signed.", {
      next: "Open the review again, read the new decisions, and then sign off.",
    });
  if (signed.some((entry) => entry.reviewer === reviewer))
    throw new AppError("CONFLICT", "This reviewer has signed already.", { next: "Open the review again." });
  const open = itemsFor(record, reviewer).filter(({ id }) => !decisions.has(id)).length;
  if (open === 0) return;
  throw new AppError(
    "CONFLICT",
    `${plural(open, "item")} of this review ${open === 1 ? "is" : "are"} undecided.`,
    {
      next: "Decide about each person, save, and then sign off.",
    },
  );
}

function invalid(message: string, next: string): AppError {
  return new AppError("INPUT_INVALID", message, { next });
}

/** Throws unless every reviewer has signed. */
export function assertSigned(record: ReviewRecord): void {
  const { isSigned, missing } = stateOf(record);
  if (isSigned) return;
  throw new AppError("CONFLICT", `Not signed by: ${missing.join(", ")}.`, {
    next: "Call get_review with afterwards: true again when every reviewer has signed.",
  });
}

/** The error if there is no named review with this id, or if the caller may not see it. */
export function unknownReview(): AppError {
  return new AppError("NOT_FOUND", "There is no named review with that id.", {
    next: "Call start_review, and use the reviewId that it returns.",
  });
}
