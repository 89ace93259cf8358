import { expect, it } from "vitest";
import { describeTool, errorOf } from "../describe-tool.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { REVIEWS, signReview, startedReview } from "./reviews.ts";

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

    it("closes the package of a signed review with its runs and the list afterwards, and of no other", async () => {
      const { id } = await startedReview(way);
      const early = await way.call("get_review", { reviewId: id, afterwards: true });
      expect(errorOf(early)).toMatchObject({ code: "CONFLICT" });
      await signReview(way, id, [SEED.leaver.id]);
      const acted = await way.call("remediate_review", { reviewId: id });
      const before = await way.call("get_review", { reviewId: id });
      expect(before.structured).not.toHaveProperty("closed");
      expect(before.text).toContain("afterwards: true");
      const { structured } = await way.call("get_review", { reviewId: id, afterwards: true });
      const closed = structured["closed"] as { readonly list: string; readonly runs: readonly string[] };
      expect(closed.runs).toEqual([acted.structured["runId"]]);
      expect(closed.list).not.toBe(id);
      const again = await way.call("get_review", { reviewId: id });
      expect(again.structured["closed"]).toEqual(closed);
      const other = await startedReview(way);
      await signReview(way, other.id, []);
      const kept = await way.call("get_review", { reviewId: other.id, afterwards: true });
      expect(kept.structured["closed"]).toMatchObject({ runs: [] });
    });

    it("does not know a review that was not started by name", async () => {
      const made = await way.call("review_access", {});
      const answer = await way.call("get_review", { reviewId: made.structured["reviewId"] });
      expect(errorOf(answer)).toMatchObject({ code: "NOT_FOUND" });
    });
  },
  { env: REVIEWS },
);
