import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import { itemsOf } from "../../domain/sign-off.ts";
import { clean, listNames, plural } from "../../domain/text.ts";
import { assignItems, REVIEW_BY } from "../../reviews/reviewers.ts";
import { defineReadTool } from "../define.ts";
import { makeReview, rostersField, workspacesField } from "../support/make-review.ts";

export default defineReadTool({
  name: "start_review",
  title: "Start a review",
  description:
    "Stores who has access now, with the findings of review_access, as a named review. Only its reviewers decide and sign, on the server's page.",
  toolset: "reviews",
  input: z.strictObject({
    name: z.string().trim().min(1).max(100),
    period: z.string().trim().min(1).max(60).optional(),
    workspaces: workspacesField,
    rosters: rostersField,
    reviewers: z
      .array(z.string().trim().min(3).max(300))
      .min(1)
      .max(20)
      .describe("emails; leave out on one machine: its user is the reviewer")
      .optional(),
    reviewBy: z
      .enum(REVIEW_BY)
      .describe(
        "workspace admins or people's managers decide, each about their own people; reviewers get the rest",
      )
      .default("named"),
    due: z.iso.date().describe("last day to sign; reviewers are reminded before").optional(),
  }),
  output: z.object({
    reviewId: z.string(),
    name: z.string(),
    reviewers: z.array(z.string()),
    items: z.number(),
    findings: z.number(),
    page: z.string().nullable(),
    opened: z.boolean(),
    coverage: z.array(z.string()),
  }),
  async read(args, context) {
    const { workspaces, rosters, reviewBy } = args;
    const { signOff, review } = await context.namedReviews.start(
      {
        name: clean(args.name, 100),
        period: args.period === undefined ? null : clean(args.period, 60),
        reviewers: args.reviewers,
        ...(args.due !== undefined && { due: requireFuture(args.due, context.now) }),
        assign: reviewBy === "named" ? null : (review, named) => assignItems(review, reviewBy, named),
      },
      () => makeReview({ workspaces, rosters, dormantDays: 90 }, null, context),
    );
    const { url, opened } = await context.namedReviews.page(signOff.reviewId);
    return {
      reviewId: signOff.reviewId,
      name: signOff.name,
      reviewers: [...signOff.reviewers],
      items: itemsOf(review).length,
      findings: review.findings.length,
      page: url,
      opened,
      coverage: [...review.coverage],
    };
  },
  text: ({ reviewId, name, reviewers, items, findings, page, opened, coverage }) =>
    [
      `Review ${reviewId}, ${name}: ${plural(items, "item")} to decide, ${plural(findings, "finding")}.`,
      `${listNames(reviewers, 10)} ${reviewers.length === 1 ? "decides and signs" : "decide, and each signs"}${page === null ? "; no page could be served" : opened ? ", on the page that was opened in the browser" : `, on ${page}`}. You can propose with decide_review; a proposal decides nothing.`,
      ...coverage,
    ].join("\n"),
});

/** Checks the last day for the reviewers and returns it. INPUT_INVALID if the day is in the past. */
function requireFuture(due: string, now: string): string {
  if (due >= now.slice(0, 10)) return due;
  throw new AppError("INPUT_INVALID", `The day ${due} is over.`, {
    next: "Give a later day, as YYYY-MM-DD.",
  });
}
