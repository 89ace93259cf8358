import express, { type Request, type RequestHandler, type Response, type Router } from "express";
import { isRequester } from "../domain/approvers.ts";
import { AppError, toAppError } from "../domain/error.ts";
import {
  type ItemDecision,
  ITEM_DECISIONS,
  type ReviewItem,
  type ReviewRecord,
  type ReviewWord,
  type SignOff,
  stateOf,
} from "../domain/sign-off.ts";
import { reviewerOf, unknownReview } from "../domain/sign-off-rules.ts";
import { entriesFor, itemsFor } from "../domain/review-share.ts";
import { clean } from "../domain/text.ts";
import type { Markup } from "../report/page.ts";
import { PACKAGE_FORMS } from "../report/review-package.ts";
import { formToken, isFormToken } from "./keys.ts";
import { fieldsOf, forged, idIn, type PagesDeps, STATUS, textIn, type Viewer } from "./viewer.ts";
import type { Frame } from "./views/frame.ts";
import { reviewsView } from "./views/review-list.ts";
import { type ReviewPage, reviewView } from "./views/review.ts";

const ITEMS_ON_PAGE = 50;
const REVIEWS_SHOWN = 50;

interface PageContext {
  withViewer(handle: (request: Request, response: Response, viewer: Viewer) => Promise<void>): RequestHandler;
  shown(
    response: Response,
    viewer: Viewer,
    page: Pick<Frame, "title" | "place"> & { readonly status?: number },
    body: Markup,
  ): Promise<void>;
}

/** The pages of named reviews. Only a named reviewer can decide and sign. Each form contains its own token. */
export function addReviewPages(router: Router, deps: PagesDeps, { withViewer, shown }: PageContext): void {
  const form = express.urlencoded({ extended: false, limit: "512kb", parameterLimit: 400 });

  async function requireVisible(request: Request, viewer: Viewer): Promise<ReviewRecord> {
    const record = await deps.reviews.get(idIn(request));
    if (!record || !isVisible(record.signOff, viewer)) throw unknownReview();
    return record;
  }

  async function showReview(
    response: Response,
    viewer: Viewer,
    record: ReviewRecord,
    said: { readonly query: Readonly<Record<string, unknown>> } & Partial<{
      readonly mistake: string;
      readonly status: number;
      readonly typed: Readonly<Record<string, unknown>>;
    }>,
  ): Promise<void> {
    const { reviewId, name } = record.signOff;
    const reviewer = reviewerOf(record.signOff, wordIn(viewer));
    const seen = entriesFor(record, reviewer).length;
    const body = reviewView(record, pageOf(record, shownTo(record, viewer), said.query), {
      base: viewer.base,
      reviewer,
      seen,
      mayRead: mayReadAll(record.signOff, viewer),
      saveToken: formToken(viewer.formKey, "save-review", reviewId),
      signToken: formToken(viewer.formKey, "sign-review", `${reviewId} ${seen}`),
      mistake: said.mistake ?? null,
      typed: said.typed ?? null,
    });
    await shown(response, viewer, { title: name, place: "reviews", status: said.status ?? 200 }, body);
  }

  router.get(
    "/reviews",
    withViewer(async (_request, response, viewer) => {
      const all = await deps.reviews.list(REVIEWS_SHOWN);
      const body = reviewsView(
        viewer.base,
        all.filter(({ signOff }) => isVisible(signOff, viewer)),
      );
      await shown(response, viewer, { title: "Access reviews", place: "reviews" }, body);
    }),
  );
  router.get(
    "/reviews/:id",
    withViewer(async (request, response, viewer) =>
      showReview(response, viewer, await requireVisible(request, viewer), { query: request.query }),
    ),
  );
  router.get(
    "/reviews/:id/package.:ending",
    withViewer(async (request, response, viewer) => {
      const record = await requireVisible(request, viewer);
      const made = PACKAGE_FORMS.find(({ ending }) => ending === request.params["ending"]);
      const isOpen = stateOf(record).isSigned && mayReadAll(record.signOff, viewer);
      if (!made || !isOpen) throw unknownReview();
      response.setHeader("content-disposition", `attachment; filename="${idIn(request)}.${made.ending}"`);
      response.type(made.mimeType).send(made.write(record));
    }),
  );
  router.post(
    "/reviews/:id/save",
    form,
    withViewer(async (request, response, viewer) => {
      const record = await requireVisible(request, viewer);
      const fields = fieldsOf(request);
      if (!isFormToken(fields["token"], viewer.formKey, "save-review", idIn(request))) throw forged();
      try {
        const decisions = decisionsIn(fields, record, reviewerOf(record.signOff, wordIn(viewer)));
        if (decisions.length > 0) await deps.reviews.decide(idIn(request), wordIn(viewer), decisions);
      } catch (thrown) {
        const { code, message, next } = toAppError(thrown);
        if (code !== "INPUT_INVALID") throw thrown;
        const mistake = `Nothing was saved. ${message} ${next}`;
        return showReview(response, viewer, record, {
          query: fields,
          mistake,
          typed: fields,
          status: STATUS[code] ?? 409,
        });
      }
      const back = new URLSearchParams(
        ["q", "show", "page"].map((name): [string, string] => [name, textIn(fields[name], 200)]),
      );
      response.redirect(303, `${viewer.base}/reviews/${idIn(request)}?${back.toString()}`);
    }),
  );
  router.post(
    "/reviews/:id/sign",
    form,
    withViewer(async (request, response, viewer) => {
      const { signOff } = await requireVisible(request, viewer);
      const fields = fieldsOf(request);
      const seen = textIn(fields["seen"], 10);
      const subject = `${signOff.reviewId} ${seen}`;
      if (!isFormToken(fields["token"], viewer.formKey, "sign-review", subject)) throw forged();
      await deps.reviews.sign(signOff.reviewId, wordIn(viewer), Number(seen));
      response.redirect(303, `${viewer.base}/reviews/${signOff.reviewId}`);
    }),
  );
}

/** The person who decides, in the form in which the store records the person. */
function wordIn({ name, email, subject }: Viewer): ReviewWord {
  return { by: name, ...(email !== undefined && { email }), ...(subject !== undefined && { subject }) };
}

function isVisible(signOff: SignOff, viewer: Viewer): boolean {
  if (viewer.subject === undefined || viewer.isApprover) return true;
  return reviewerOf(signOff, wordIn(viewer)) !== null || isRequester(signOff.principal, viewer);
}

/** Whether the reader may also see what other reviewers decide. */
function mayReadAll(signOff: SignOff, viewer: Viewer): boolean {
  if (signOff.items === undefined || viewer.subject === undefined || viewer.isApprover) return true;
  return isRequester(signOff.principal, viewer);
}

/**
 * The rows that this reader sees. A reviewer sees only the items that this reviewer decides about; any other reader
 * sees all items.
 */
function shownTo(record: ReviewRecord, viewer: Viewer): readonly ReviewItem[] {
  return itemsFor(record, reviewerOf(record.signOff, wordIn(viewer)));
}

function pageOf(
  record: ReviewRecord,
  all: readonly ReviewItem[],
  query: Readonly<Record<string, unknown>>,
): ReviewPage {
  const { decisions } = stateOf(record);
  const search = textIn(query["q"], 200);
  const openOnly = query["show"] === "open";
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const matching = all.filter(({ id, person, workspace }) => {
    const text =
      `${person.name} ${person.username ?? ""} ${person.email ?? ""} ${workspace.name}`.toLowerCase();
    return words.every((word) => text.includes(word)) && !(openOnly && decisions.has(id));
  });
  const pages = Math.max(1, Math.ceil(matching.length / ITEMS_ON_PAGE));
  const asked = Math.trunc(Number(textIn(query["page"], 6))) || 1;
  const page = Math.min(Math.max(asked, 1), pages);
  const items = matching.slice((page - 1) * ITEMS_ON_PAGE, page * ITEMS_ON_PAGE);
  return { search, openOnly, page, pages, items, matching: matching.length, all };
}

/**
 * The decisions that the reader changed in the form. Unchanged rows are left out, so that they do not overwrite a newer
 * decision of another reviewer.
 */
function decisionsIn(
  fields: Readonly<Record<string, unknown>>,
  record: ReviewRecord,
  reviewer: string | null,
): readonly ItemDecision[] {
  const shown = entriesFor(record, reviewer).slice(0, Number(textIn(fields["seen"], 10)) || 0);
  const seen = stateOf({ signOff: record.signOff, entries: shown });
  return itemsFor(record, reviewer).flatMap(({ id, person, findings }): readonly ItemDecision[] => {
    const word = textIn(fields[`d.${id}`], 10);
    const note = clean(textIn(fields[`n.${id}`], 500), 500) || null;
    const until = findings.length > 0 ? textIn(fields[`u.${id}`], 10) || null : null;
    const decision = ITEM_DECISIONS.find((each) => each === word);
    if (decision === undefined) {
      if (word === "" && note === null && until === null) return [];
      throw invalid(
        `Nothing is chosen for ${person.name}.`,
        "Choose keep, change or remove, and save again.",
      );
    }
    if (until !== null && !isDay(until))
      throw invalid(`${until} is not a day.`, "Write the day as YYYY-MM-DD, and save again.");
    const before = seen.decisions.get(id);
    const isSame = before?.decision === decision && before.note === note && before.until === until;
    return isSame ? [] : [{ item: id, decision, note, until }];
  });
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text;
}

function invalid(message: string, next: string): AppError {
  return new AppError("INPUT_INVALID", message, { next });
}
