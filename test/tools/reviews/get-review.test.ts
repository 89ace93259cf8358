import { expect, it } from "vitest";
import { describeTool, errorOf } from "../describe-tool.ts";
import { REVIEWS, startedReview } from "./reviews.ts";

describeTool(
  "get_review",
  (way) => {
    it("pages through the undecided items, those with findings first, each once", async () => {
      const { id, undecided } = await startedReview(way);
      way.product.sandbox.resetRequests();
      const items: { readonly item: string; readonly findings: readonly string[] }[] = [];
      let cursor: unknown;
      do {
        const { structured } = await way.call("get_review", {
          reviewId: id,
          limit: 4,
          ...(cursor !== undefined && { cursor }),
        });
        items.push(...(structured["items"] as typeof items));
        cursor = structured["nextCursor"];
      } while (cursor !== undefined);
      expect(items).toHaveLength(undecided);
      expect(new Set(items.map(({ item }) => item)).size).toBe(undecided);
      const firstWithout = items.findIndex(({ findings }) => findings.length === 0);
      expect(items.slice(firstWithout).flatMap(({ findings }) => findings)).toEqual([]);
      expect(way.writes()).toEqual([]);
    });

    it("names who has not signed, and has no package before", async () => {
      const { id } = await startedReview(way);
      const { structured } = await way.call("get_review", { reviewId: id });
      expect(structured).toMatchObject({ state: "open", signed: [], period: null });
      expect(structured["missing"]).toHaveLength(1);
    });

    it("does not know a review that was not started by name", async () => {
      const made = await way.call("review_access", {});
      const answer = await way.call("get_review", { reviewId: made.structured["reviewId"] });
      expect(errorOf(answer)).toMatchObject({ code: "NOT_FOUND" });
    });
  },
  { env: REVIEWS },
);
