import type { RequestHandler } from "express";
import type { Desk, DeskDeps } from "../../approvals/desk.ts";
import { createServiceDesk } from "../../approvals/service-desk.ts";
import { createStarter } from "../../approvals/starter.ts";
import { clock, type Product } from "./product.ts";
import { createQuestionKeys } from "./question-keys.ts";
import { signInBy } from "./sign-in.ts";

/** The desk of a service, and the pages that `http` serves below `/approvals`; null if no one can sign in on them. */
export interface Service {
  readonly desk: Desk;
  readonly pages: RequestHandler | null;
}

/** Puts the approval pages of a service together. */
export async function createService(
  { config, engine, store, log }: Product,
  { pages, apply }: Pick<DeskDeps, "pages" | "apply">,
): Promise<Service> {
  const { approver } = config.http;
  const pagesUrl = approver?.pagesUrl ?? null;
  const starter = createStarter({ apply, now: clock.now, log });
  const desk = createServiceDesk({
    starter,
    pagesUrl,
    startable: () => engine.startable(),
    now: clock.now,
    log,
  });
  if (approver === null || pagesUrl === null) {
    log(
      "warn",
      {},
      "no one can decide on a page: set IDENTITY_APPROVER_CLIENT_ID and IDENTITY_PUBLIC_URL, with which people sign in",
    );
    return { desk, pages: null };
  }
  const [{ createServicePages }, signIn] = await Promise.all([
    import("../../approvals/service.ts"),
    signInBy(config, approver, log),
  ]);
  return {
    desk,
    pages: createServicePages({
      pages: {
        ...pages,
        start: (planId) => void starter.start(planId).catch(() => {}),
        problem: starter.problem,
      },
      signIn,
      sessions: store.pageSessions,
      keys: createQuestionKeys(store, clock.now, "sign_in_keys"),
      pagesUrl,
      approvers: config.policy.approvers,
      log,
    }),
  };
}
