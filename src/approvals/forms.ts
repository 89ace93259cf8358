import express, { type Request, type RequestHandler, type Response, type Router } from "express";
import { isConcerned } from "../domain/approvers.ts";
import { unknownPlan } from "../domain/decision-rules.ts";
import { toAppError } from "../domain/error.ts";
import { unknownRun } from "../domain/run.ts";
import { clean } from "../domain/text.ts";
import { isFormToken } from "./keys.ts";
import {
  assertOwnForm,
  fieldsOf,
  forged,
  idIn,
  isOwn,
  type PagesDeps,
  STATUS,
  textIn,
  type Viewer,
  wordOf,
} from "./viewer.ts";

/** What the code of the forms needs from the approval pages. */
interface FormContext {
  withViewer(handle: (request: Request, response: Response, viewer: Viewer) => Promise<void>): RequestHandler;
  /** Shows the plan again, with a message about the mistake in the form. */
  showPlan(
    request: Request,
    response: Response,
    viewer: Viewer,
    mistake: { readonly text: string; readonly status: number },
  ): Promise<void>;
}

/**
 * The forms that change something: approve, reject, withdraw, stop. Each is sent by POST and contains its own token, so
 * that another website cannot send it.
 */
export function addForms(router: Router, deps: PagesDeps, { withViewer, showPlan }: FormContext): void {
  const form = express.urlencoded({ extended: false, limit: "16kb", parameterLimit: 20 });
  for (const action of ["approve", "reject", "withdraw"] as const) {
    router.post(
      `/plans/:id/${action}`,
      form,
      withViewer(async (request, response, viewer) => {
        const fields = fieldsOf(request);
        const stored = await deps.plan(idIn(request));
        if (!stored) throw unknownPlan();
        const { plan } = stored;
        assertOwnForm(fields, action, plan, viewer);
        const word = wordOf(plan, viewer);
        try {
          if (action === "approve") {
            const typed = textIn(fields["typedName"], 1000);
            await deps.decide(plan.id, { ...word, accepted: true, ...(typed && { typed }) });
            deps.start(plan.id);
          } else if (action === "withdraw") {
            await deps.withdraw(plan.id, word);
          } else {
            const reason = clean(textIn(fields["reason"], 2000), 500);
            await deps.decide(plan.id, {
              ...word,
              accepted: false,
              ...(reason && { reason }),
              ...(isOwn(plan, viewer) && { withdrawn: true }),
            });
          }
        } catch (thrown) {
          const { code, message, next } = toAppError(thrown);
          if (code === "INTERNAL" || code === "STORE_FAILED") throw thrown;
          return showPlan(request, response, viewer, {
            text: `${message} ${next}`,
            status: STATUS[code] ?? 409,
          });
        }
        response.redirect(303, `${viewer.base}/plans/${plan.id}`);
      }),
    );
  }
  router.post(
    "/runs/:id/stop",
    form,
    withViewer(async (request, response, viewer) => {
      const fields = fieldsOf(request);
      const run = await deps.run(idIn(request));
      if (!run) throw unknownRun();
      if (!isConcerned(run.plan, viewer)) throw forged();
      if (!isFormToken(fields["token"], viewer.formKey, "stop", run.id)) throw forged();
      await deps.stop(run.id, { by: viewer.name, reason: null });
      response.redirect(303, `${viewer.base}/runs/${run.id}`);
    }),
  );
}
