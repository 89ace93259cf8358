import { userInfo } from "node:os";
import { expect, it } from "vitest";
import { reviewersHere } from "../../../src/cli/support/reviewers.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { WORKSPACES } from "../world.ts";
import { REVIEWS } from "./reviews.ts";

const { standard } = WORKSPACES;

describeTool(
  "start_review",
  (way) => {
    it("keeps the list of now for the user of this machine, and changes nothing", async () => {
      const { structured } = await way.call("start_review", {
        name: "Q4 2026",
        period: "2026-Q4",
        workspaces: [standard.id],
      });
      const state = await way.call("get_review", { reviewId: structured["reviewId"] });
      expect(structured).toMatchObject({
        name: "Q4 2026",
        reviewers: [`user:${userInfo().username}`],
        items: (state.structured["counts"] as { items: number }).items,
      });
      expect(structured["items"]).toBeGreaterThan(5);
      expect(structured["page"]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/reviews\/review_\w+$/);
      expect(way.writes()).toEqual([]);
      // The list is a review like others: its findings can be read again and acted on.
      const pages = await way.call("review_access", { compareWith: structured["reviewId"] });
      expect(pages.structured["counts"]).toBeDefined();
    });

    it("reads nothing for a reviewer of whom no page on one machine proves anything", async () => {
      const before = way.product.sandbox.requests.length;
      const refused = await way.call("start_review", { name: "Q4", reviewers: ["ada@example.com"] });
      expect(errorOf(refused)).toMatchObject({ code: "INPUT_INVALID" });
      expect(way.product.sandbox.requests.length).toBe(before);
    });

    it("refuses a due day that is over, and admins as reviewers on one machine, and keeps nothing", async () => {
      for (const more of [{ due: "2020-01-01" }, { due: "soon" }, { reviewBy: "workspace_admins" }]) {
        const answer = await way.call("start_review", { name: "Q4", ...more });
        expect(errorOf(answer)).toMatchObject({ code: "INPUT_INVALID" });
      }
      expect(way.writes()).toEqual([]);
    });
  },
  { env: REVIEWS },
);

it.each([
  ["one machine", null, undefined, ["user:jo"]],
  ["one machine", null, ["jo"], ["user:jo"]],
  ["one machine", null, ["user:jo"], ["user:jo"]],
  ["one machine", null, ["jo@example.com"], null],
  ["one machine", null, ["root"], null],
  ["a service", true, ["Ada@Example.com", "ada@example.com"], ["ada@example.com"]],
  ["a service", true, ["https://id.example#Ada"], ["https://id.example#Ada"]],
  ["a service", true, undefined, null],
  ["a service", true, ["jo"], null],
  ["a service", true, ["user:jo"], null],
  ["a service", true, ["user:jo@example.com"], null],
  ["a service without sign-in", false, ["ada@example.com"], null],
] as const)("on %s (%s), the reviewers %j become %j", (_where, canSignIn, given, expected) => {
  const reviewers = reviewersHere("jo", canSignIn);
  if (expected === null) expect(() => reviewers(given, false)).toThrow(/reviewer|sign in|email/i);
  else expect(reviewers(given, false)).toEqual(expected);
});

it("admins and managers review on a service only, with or without named people", () => {
  expect(() => reviewersHere("jo", null)(undefined, true)).toThrow(/This server has one user and no sign-in/);
  expect(() => reviewersHere("jo", false)(undefined, true)).toThrow(/sign in/);
  expect(reviewersHere("jo", true)(undefined, true)).toEqual([]);
  expect(reviewersHere("jo", true)(["Ada@x.yz"], true)).toEqual(["ada@x.yz"]);
});
