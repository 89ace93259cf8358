import { z } from "zod";
import { ITEM_DECISIONS, itemsOf, stateOf } from "../../domain/sign-off.ts";
import { plural } from "../../domain/text.ts";
import { defineReadTool } from "../define.ts";

export default defineReadTool({
  name: "decide_review",
  title: "Propose decisions of a review",
  description:
    "Proposes decisions to the reviewers of a named review. A proposal is marked as a proposal and never decides.",
  toolset: "reviews",
  input: z.strictObject({
    reviewId: z.string().max(60),
    decisions: z
      .array(
        z.strictObject({
          item: z.string().min(1).max(80),
          decision: z.enum(ITEM_DECISIONS),
          note: z.string().trim().min(1).max(500).describe("change needs one").optional(),
        }),
      )
      .min(1)
      .max(500),
  }),
  output: z.object({
    reviewId: z.string(),
    proposed: z.number(),
    undecided: z.number(),
    page: z.string().nullable(),
  }),
  async read({ reviewId, decisions }, { namedReviews }) {
    const record = await namedReviews.propose(
      reviewId,
      decisions.map(({ note = null, ...decision }) => ({ ...decision, note, until: null })),
    );
    const state = stateOf(record);
    return {
      reviewId,
      proposed: decisions.length,
      undecided: itemsOf(record.review).filter(({ id }) => !state.decisions.has(id)).length,
      page: (await namedReviews.page(reviewId)).url,
    };
  },
  text: ({ reviewId, proposed, undecided, page }) =>
    `Proposed, not decided: ${plural(proposed, "item")} of review ${reviewId}. ${plural(undecided, "item")} still ${undecided === 1 ? "waits" : "wait"} for a reviewer${page === null ? "" : `, on ${page}`}.`,
});
