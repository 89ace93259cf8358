import { expect, it } from "vitest";
import { describeTool, errorOf } from "../describe-tool.ts";
import { REVIEWS, startedReview } from "./reviews.ts";

describeTool(
  "decide_review",
  (way) => {
    it("records proposals, which leave every item undecided", async () => {
      const { id, items, undecided } = await startedReview(way);
      const [first] = items;
      const { structured } = await way.call("decide_review", {
        reviewId: id,
        decisions: [{ item: first?.item, decision: "remove", note: "Left in October" }],
      });
      expect(structured).toMatchObject({ proposed: 1, undecided });
      const after = await way.call("get_review", { reviewId: id });
      expect(after.structured).toMatchObject({
        state: "open",
        counts: { undecided, remove: 0, proposed: 1 },
        items: expect.arrayContaining([
          expect.objectContaining({ item: first?.item, proposal: "remove" }),
        ]) as unknown,
      });
      expect(way.writes()).toEqual([]);
    });

    it("refuses unknown items, a change without a note and unknown reviews, and records nothing", async () => {
      const { id, items } = await startedReview(way);
      const item = items[0]?.item;
      for (const decisions of [
        [
          { item, decision: "keep" },
          { item: "nobody.nowhere", decision: "keep" },
        ],
        [{ item, decision: "change" }],
      ]) {
        const refused = await way.call("decide_review", { reviewId: id, decisions });
        expect(errorOf(refused)).toMatchObject({ code: "INPUT_INVALID" });
      }
      const unknown = await way.call("decide_review", {
        reviewId: "review_none",
        decisions: [{ item, decision: "keep" }],
      });
      expect(errorOf(unknown)).toMatchObject({ code: "NOT_FOUND" });
      const { structured } = await way.call("get_review", { reviewId: id });
      expect(structured["counts"]).toMatchObject({ proposed: 0 });
    });
  },
  { env: REVIEWS },
);
