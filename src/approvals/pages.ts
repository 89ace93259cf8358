import express, { type Request, type Response, type Router } from "express";
import { isConcerned } from "../domain/approvers.ts";
import { decideRefusal, type StoredPlan, unknownPlan } from "../domain/decision-rules.ts";
import { toAppError } from "../domain/error.ts";
import type { Plan } from "../domain/plan.ts";
import { type Run, unknownRun } from "../domain/run.ts";
import { EVIDENCE_FORMS } from "../report/forms.ts";
import { reportOf } from "../report/record.ts";
import type { Markup } from "../report/page.ts";
import { addForms } from "./forms.ts";
import { formToken } from "./keys.ts";
import { addReviewPages } from "./review-pages.ts";
import {
  decisionTokens,
  idIn,
  isOwn,
  type PagesDeps,
  STATUS,
  type Viewer,
  whoMayText,
  yesOf,
} from "./viewer.ts";
import { isOpen } from "./views/decision.ts";
import { type Frame, framed } from "./views/frame.ts";
import { runsView, waitingView } from "./views/lists.ts";
import { messageView, notYoursView } from "./views/outside.ts";
import { readFilter } from "./views/people.ts";
import { planView, titleOf } from "./views/plan.ts";
import { runView } from "./views/run.ts";
import { SCRIPT } from "./views/script.ts";
import { STYLE } from "./views/style.ts";

const RUNS_SHOWN = 50;

/**
 * Makes the pages for the person who sends a request. `viewerOf` returns this person, or null if no one is signed in.
 * In that case, `stranger` answers the request, and nothing can be decided.
 */
export function createPages(
  deps: PagesDeps,
  viewerOf: (request: Request) => Viewer | null | Promise<Viewer | null>,
  stranger: (request: Request, response: Response) => void,
): Router {
  const router = express.Router({ mergeParams: true });
  const waitingFor = async (viewer: Viewer) =>
    (await deps.waiting()).filter(({ plan }) => isConcerned(plan, viewer));
  const runsFor = (viewer: Viewer, limit: number) =>
    deps.runs(limit, viewer.isApprover ? null : (viewer.subject ?? null));
  const shown = async (
    response: Response,
    viewer: Viewer,
    page: Pick<Frame, "title" | "place" | "state" | "path"> & { readonly status?: number },
    body: Markup,
  ): Promise<void> => {
    const frame: Frame = {
      ...page,
      ...(page.path !== undefined && { path: viewer.base + page.path }),
      base: viewer.base,
      ...(viewer.subject !== undefined && { signOut: formToken(viewer.formKey, "sign-out", viewer.subject) }),
      waiting: (await waitingFor(viewer)).length,
      reader: viewer.name,
      sandbox: deps.sandbox,
    };
    response
      .status(page.status ?? 200)
      .type("html")
      .send(framed(frame, body));
  };
  const withViewer =
    (handle: (request: Request, response: Response, viewer: Viewer) => Promise<void>) =>
    async (request: Request, response: Response): Promise<void> => {
      const viewer = await viewerOf(request);
      if (viewer === null) return stranger(request, response);
      try {
        await handle(request, response, viewer);
      } catch (thrown) {
        const error = toAppError(thrown);
        if (error.code === "INTERNAL") throw thrown;
        const status = STATUS[error.code] ?? 409;
        await shown(
          response,
          viewer,
          { title: "Not done", place: null, status },
          messageView(error.message, error.next),
        );
      }
    };

  addAssets(router);
  router.get(
    "/",
    withViewer(async (_request, response, viewer) => {
      const [plans, runs] = await Promise.all([waitingFor(viewer), runsFor(viewer, 10)]);
      const yesTo = (stored: StoredPlan) => yesOf(stored, viewer, deps.now());
      const body = waitingView(viewer.base, plans, runs, yesTo);
      await shown(
        response,
        viewer,
        { title: "Waiting for a decision", place: "waiting", state: "list", path: "/" },
        body,
      );
    }),
  );
  router.get(
    "/runs",
    withViewer(async (_request, response, viewer) => {
      const body = runsView(viewer.base, await runsFor(viewer, RUNS_SHOWN));
      await shown(response, viewer, { title: "Runs", place: "runs", state: "list", path: "/runs" }, body);
    }),
  );

  async function showPlan(
    request: Request,
    response: Response,
    viewer: Viewer,
    mistake: { readonly text: string; readonly status: number } | null = null,
  ): Promise<void> {
    const stored = await deps.plan(idIn(request));
    if (!stored) throw unknownPlan();
    if (!isConcerned(stored.plan, viewer)) return showNotYours(response, viewer, stored.plan);
    if (stored.runId !== null) return showRun(response, viewer, stored.runId, mistake?.status);
    const { plan } = stored;
    const problem = deps.problem(plan.id);
    const body = planView(stored, {
      now: deps.now(),
      filter: readFilter(request.query),
      problem,
      decision: {
        base: viewer.base,
        tokens: decisionTokens(plan, viewer),
        isOwn: isOwn(plan, viewer),
        refusal: decideRefusal(stored, yesOf(stored, viewer, deps.now())),
        mistake: mistake?.text ?? null,
      },
    });
    const open = isOpen(stored, deps.now());
    const state = open
      ? "waiting"
      : stored.state === "accepted"
        ? `starting${problem ? " failed" : ""}`
        : "still";
    const title = `${open ? "Waiting" : "Decided"}: ${titleOf(plan)}`;
    const path = `/plans/${plan.id}`;
    const status = mistake?.status ?? 200;
    await shown(response, viewer, { title, place: "waiting", state, path, status }, body);
  }

  async function showNotYours(response: Response, viewer: Viewer, plan: Plan): Promise<void> {
    const body = notYoursView(viewer.name, whoMayText(plan), `${viewer.base}/sign-in?again=1`);
    await shown(response, viewer, { title: "Not for you", place: null, status: 403 }, body);
  }

  async function ownRun(id: string, viewer: Viewer): Promise<Run | null> {
    const run = await deps.run(id);
    return run && isConcerned(run.plan, viewer) ? run : null;
  }

  async function showRun(response: Response, viewer: Viewer, runId: string, status = 200): Promise<void> {
    const run = await deps.run(runId);
    if (!run) throw unknownRun();
    if (!isConcerned(run.plan, viewer)) return showNotYours(response, viewer, run.plan);
    const goesOn = run.state === "running" || run.state === "verifying";
    const stopToken = formToken(viewer.formKey, "stop", run.id);
    await shown(
      response,
      viewer,
      {
        title: titleOf(run.plan),
        place: "runs",
        state: goesOn ? "running" : "still",
        path: `/runs/${run.id}`,
        status,
      },
      runView(run, { base: viewer.base, stopToken, tokens: decisionTokens(run.plan, viewer) }),
    );
  }

  router.get(
    "/plans/:id",
    withViewer((request, response, viewer) => showPlan(request, response, viewer)),
  );
  router.get(
    "/runs/:id",
    withViewer((request, response, viewer) => showRun(response, viewer, idIn(request))),
  );
  router.get(
    "/runs/:id/evidence.:ending",
    withViewer(async (request, response, viewer) => {
      const run = await ownRun(idIn(request), viewer);
      const form = Object.values(EVIDENCE_FORMS).find(({ ending }) => ending === request.params["ending"]);
      if (!run || !form) throw unknownRun();
      // The downloaded report contains its own style sheet, so it needs another content security policy than the pages.
      // The browser saves the report and does not show it.
      response.setHeader("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
      response.setHeader("content-disposition", `attachment; filename="${run.id}.${form.ending}"`);
      response.type(form.mimeType).send(form.write(reportOf(run)));
    }),
  );

  // The answer to a sent form is a page at the form's address. If the reader reloads this page, the browser may send
  // GET to the form's address. This route then sends the browser to the page of the plan.
  router.get(
    "/plans/:id/:action",
    withViewer(async (request, response, viewer) =>
      response.redirect(303, `${viewer.base}/plans/${idIn(request)}`),
    ),
  );
  addForms(router, deps, { withViewer, showPlan });
  addReviewPages(router, deps, { withViewer, shown });
  router.use(
    withViewer(async (_request, response, viewer) => {
      await shown(
        response,
        viewer,
        { title: "Not found", place: null, status: 404 },
        messageView("There is no such page", "Start at the list of waiting plans."),
      );
    }),
  );
  return router;
}

/** The style sheet and the script of the pages. They contain no data, so every browser may load them. */
export function addAssets(router: Router): void {
  router.get("/page.css", (_request, response) => void response.type("css").send(STYLE));
  router.get("/page.js", (_request, response) => void response.type("js").send(SCRIPT));
}

/** Answers a request of a browser that has no valid session. The answer shows no plan. */
export function noViewer(response: Response, sandbox: boolean): void {
  const frame = { title: "No access", base: null, place: null, waiting: 0, reader: null, sandbox };
  const body = messageView(
    "This page is not open here",
    "The page opens in the browser that this server started, and closes when the server ends. Run `approvals open` with the plan's id in a terminal to open it again.",
  );
  response.status(403).type("html").send(framed(frame, body));
}
