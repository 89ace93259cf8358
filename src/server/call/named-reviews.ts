import { AppError } from "../../domain/error.ts";
import type { Caller } from "../../domain/planning.ts";
import type { Engine } from "../../engine/engine.ts";
import type { NamedReviews } from "../../tools/define.ts";
import type { ReviewPages } from "../deps.ts";

/**
 * The named reviews of a caller, for the tools. Tools cannot decide in these reviews: reviewers decide on the pages.
 */
export function namedReviewsOf(
  { signOffs }: Pick<Engine, "signOffs">,
  caller: Caller,
  pages: ReviewPages | undefined,
): NamedReviews {
  return {
    async start({ reviewers, assign, ...ask }, make) {
      if (!pages) throw noPages();
      // The reviewers are checked before anything is read from Trello or Atlassian, so that a call with wrong reviewers
      // costs no requests.
      const people = pages.reviewers(reviewers, assign !== null);
      const review = await make();
      const chosen = assign?.(review, people) ?? { reviewers: people };
      return await signOffs.start(review, { ...ask, ...chosen }, caller);
    },
    get: (reviewId) => signOffs.own(reviewId, caller),
    propose: (reviewId, decisions) => signOffs.propose(reviewId, decisions, caller),
    accepting: () => signOffs.accepting(caller),
    removals: (reviewId) => signOffs.removals(reviewId),
    check: (reviewId, after) => signOffs.check(reviewId, after, caller),
    page: async (reviewId) => (pages ? await pages.present(reviewId) : { url: null, opened: false }),
  };
}

function noPages(): AppError {
  return new AppError("CONFIG_INVALID", "This server has no approval pages, so no reviewer could decide.", {
    next: "Start the review on a server that has approval pages.",
  });
}
