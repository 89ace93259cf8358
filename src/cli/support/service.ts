import type { RequestHandler } from "express";
import type { Desk, DeskDeps } from "../../approvals/desk.ts";
import type { Room } from "../../approvals/service.ts";
import { createServiceDesk } from "../../approvals/service-desk.ts";
import { createStarter } from "../../approvals/starter.ts";
import type { Config } from "../../config/config.ts";
import type { SignedIn } from "../../domain/planning.ts";
import type { Log } from "../../domain/runtime.ts";
import type { Store } from "../../store/store.ts";
import { clock, type Product } from "./product.ts";
import { createQuestionKeys } from "./question-keys.ts";
import { signInBy } from "./sign-in.ts";

/**
 * What a service needs for approvals. The desk handles the plans that wait for a decision. The room contains what the
 * approval pages show; it is null if people cannot sign in.
 */
export interface Service {
  readonly desk: Desk;
  readonly room: Room | null;
}

/**
 * Makes the desk (for plans that wait) and the room (what the approval pages show), for the whole service or for one
 * tenant.
 */
export function createService(
  { config, engine, log }: Product,
  { pages, apply }: Pick<DeskDeps, "pages" | "apply">,
): Service {
  const pagesUrl = config.http.approver?.pagesUrl ?? null;
  const starter = createStarter({ apply, now: clock.now, log });
  const desk = createServiceDesk({
    starter,
    pagesUrl,
    startable: () => engine.startable(),
    now: clock.now,
    log,
  });
  if (pagesUrl === null) return { desk, room: null };
  const room: Room = {
    pages: {
      ...pages,
      start: (planId) => void starter.start(planId).catch(() => {}),
      problem: starter.problem,
    },
    approvers: config.policy.approvers,
  };
  return { desk, room };
}

export interface SignInPages {
  readonly config: Config;
  /**
   * The store for sign-ins to the approval pages. It is the service's own store, even if tenants have stores of their
   * own.
   */
  readonly store: Pick<Store, "facts" | "pageSessions">;
  roomOf(person: SignedIn): Promise<Room | null>;
  readonly sandbox: boolean;
  readonly log: Log;
}

/** The pages that `http` serves below `/approvals`; null if people cannot sign in. */
export async function servicePages(deps: SignInPages): Promise<RequestHandler | null> {
  const { config, store, log } = deps;
  const { approver } = config.http;
  if (approver === null) {
    log(
      "warn",
      {},
      "people cannot sign in, so no one can decide on a page: set IDENTITY_APPROVER_CLIENT_ID and IDENTITY_PUBLIC_URL",
    );
    return null;
  }
  const [{ createServicePages }, signIn] = await Promise.all([
    import("../../approvals/service.ts"),
    signInBy(config, approver, log),
  ]);
  return createServicePages({
    ...deps,
    signIn,
    sessions: store.pageSessions,
    keys: createQuestionKeys(store, clock.now, "sign_in_keys"),
    pagesUrl: approver.pagesUrl,
    now: clock.now,
  });
}
