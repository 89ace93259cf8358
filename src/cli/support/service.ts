import type { RequestHandler } from "express";
import type { Desk, DeskDeps } from "../../approvals/desk.ts";
import { createServiceDesk } from "../../approvals/service-desk.ts";
import { createStarter } from "../../approvals/starter.ts";
import type { Config } from "../../config/config.ts";
import { clock, type Product } from "./product.ts";
import { createQuestionKeys } from "./question-keys.ts";

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
  const pagesUrl = config.http.approver?.pagesUrl ?? null;
  const starter = createStarter({ apply, now: clock.now, log });
  const desk = createServiceDesk({
    starter,
    pagesUrl,
    startable: () => engine.startable(),
    now: clock.now,
    log,
  });
  if (pagesUrl === null) {
    log(
      "warn",
      {},
      "no one can decide on a page: set IDENTITY_APPROVER_CLIENT_ID and IDENTITY_PUBLIC_URL, with which people sign in",
    );
    return { desk, pages: null };
  }
  const [{ createServicePages }, signIn] = await Promise.all([
    import("../../approvals/service.ts"),
    createSignInBy(config, log),
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

async function createSignInBy({ http, policy }: Config, log: Product["log"]) {
  const { approver, authorization } = http;
  if (approver === null || authorization === null) throw new Error("no sign-in is configured");
  const [{ createSignIn }, { createIssuers }] = await Promise.all([
    import("../../transport/authorization/sign-in.ts"),
    import("../../transport/authorization/issuers.ts"),
  ]);
  return createSignIn({
    ...authorization,
    issuers: createIssuers({ issuers: [approver.issuer], get: fetch, now: clock.now }),
    issuer: approver.issuer,
    clientId: approver.clientId,
    clientSecret: approver.clientSecret?.reveal() ?? null,
    redirectUri: approver.redirectUri,
    asksScope: policy.approvers.length === 0,
    get: fetch,
    now: clock.now,
    log,
  });
}
