import { toAppError } from "../domain/error.ts";
import type { StoredPlan } from "../domain/decision-rules.ts";
import type { Plan } from "../domain/plan.ts";
import type { Run } from "../domain/run.ts";
import type { LocalServer, LocalDeps } from "./local.ts";
import { createStarter, isDecidedOutside } from "./starter.ts";
import type { PagesDeps } from "./viewer.ts";

export interface DeskDeps extends Omit<LocalDeps, "pages"> {
  readonly pages: Omit<PagesDeps, "start" | "problem">;
  /** Applies an approved plan. Resolves when its run has ended. */
  apply(planId: string, signal: AbortSignal): Promise<Run>;
  /**
   * Opens an address in the user's browser, and returns false if that failed. The function itself is null if the
   * settings forbid opening a browser.
   */
  readonly openBrowser: ((address: string) => Promise<boolean>) | null;
  /** Requests to open a plan's page again. The command `approvals open` stores them, and this process answers them. */
  readonly openRequests: {
    /** The number of the newest request for the plan that has no answer yet; null if there is none. */
    find(planId: string): Promise<string | null>;
    answer(planId: string, request: string, opened: boolean): Promise<void>;
  };
  /**
   * The web server of the pages runs at least this long (ms) after the last plan has stopped waiting, and after the
   * last visit.
   */
  readonly idleMs?: number;
  /**
   * How many pages a minute are opened in the browser, at most, so that an agent with many plans does not flood the
   * user.
   */
  readonly mostOpened?: number;
}

/** What an agent may know about the page of a plan. None of these facts may enable the agent to decide. */
export interface Presented {
  /** The URL of a page that shows the plan's state and cannot decide; null if there is no page. */
  readonly url: string | null;
  /** Whether the page for deciding was opened in the user's browser. */
  readonly opened: boolean;
  /** Whether a person can sign in on the approval pages and then decide there. */
  readonly signIn?: boolean;
}

/**
 * Does everything for plans that wait for a person: it serves their pages, opens the browser, and starts approved runs.
 */
export interface Desk {
  /** Makes the page of a plan available. The first call also opens the page in the browser. */
  present(plan: Plan): Promise<Presented>;
  /**
   * Makes the page of a named review (an access review with named reviewers) available. The first call in this process
   * also opens the page in the browser.
   */
  presentReview(reviewId: string): Promise<Presented>;
  /**
   * Starts the run of an approved plan. If this process has started it already, returns that run. Resolves when the run
   * has ended.
   */
  start(planId: string): Promise<Run>;
  close(): Promise<void>;
}

const LOOK_MS = 1000;
const IDLE_MS = 10 * 60_000;
/** The pages for a review stay available for 12 hours, because deciding about many people takes long. */
const REVIEW_MS = 12 * 3_600_000;
const MOST_OPENED = 3;
const MINUTE_MS = 60_000;

export function createDesk(deps: DeskDeps): Desk {
  const { pages, log, idleMs = IDLE_MS, mostOpened = MOST_OPENED } = deps;
  const waiting = new Map<string, Presented>();
  const reviews = new Map<string, Presented>();
  const starter = createStarter({ apply: deps.apply, now: pages.now, log });
  let server: Promise<LocalServer> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;
  let neededUntil = 0;
  let openedAt: readonly number[] = [];

  function serve(): Promise<LocalServer> {
    neededUntil = Math.max(neededUntil, pages.now() + idleMs);
    server ??= startServer();
    timer ??= setInterval(() => {
      looking ??= look().finally(() => {
        looking = null;
      });
    }, LOOK_MS).unref();
    return server;
  }

  async function startServer(): Promise<LocalServer> {
    // The web server for the pages is loaded when the first plan waits, because most sessions only read.
    const { startLocal } = await import("./local.ts");
    return startLocal({
      ...deps,
      pages: {
        ...pages,
        start: (planId) => void starter.start(planId).catch(() => {}),
        problem: starter.problem,
      },
    });
  }

  async function open(place: string): Promise<boolean> {
    if (deps.openBrowser === null) return false;
    const { address, revoke } = (await serve()).ticket(place);
    const opened = await deps.openBrowser(address);
    if (!opened) revoke();
    return opened;
  }

  /** Opens a page in the browser, unless too many pages were opened in the last minute. */
  async function openOnce(place: string): Promise<boolean> {
    openedAt = openedAt.filter((at) => at > pages.now() - MINUTE_MS);
    if (openedAt.length >= mostOpened) return false;
    openedAt = [...openedAt, pages.now()];
    return await open(place);
  }

  /**
   * Reads the state of the waiting plans again. A plan may have been decided on its page, at a terminal, or by another
   * process.
   */
  async function look(): Promise<void> {
    for (const planId of waiting.keys()) {
      try {
        await lookAt(planId, await pages.plan(planId));
      } catch (thrown) {
        log("warn", { planId, code: toAppError(thrown).code }, "a waiting plan could not be read");
      }
    }
    const used = server === null ? 0 : (await server).lastUsed() + idleMs;
    if (waiting.size === 0 && !starter.isBusy() && pages.now() > Math.max(used, neededUntil)) await end();
  }

  async function lookAt(planId: string, stored: StoredPlan | null): Promise<void> {
    const isOver = stored === null || pages.now() >= Date.parse(stored.plan.expiresAt);
    if (isOver || (stored.state !== "waiting" && stored.state !== "accepted")) {
      waiting.delete(planId);
      neededUntil = Math.max(neededUntil, pages.now() + idleMs);
      return;
    }
    if (stored.state === "accepted" && isDecidedOutside(stored) && starter.mayTry(planId)) {
      starter.start(planId).catch(() => {});
    }
    const request = await deps.openRequests.find(planId);
    if (request !== null) await deps.openRequests.answer(planId, request, await open(`/plans/${planId}`));
  }

  async function end(): Promise<void> {
    if (timer) clearInterval(timer);
    timer = null;
    const ending = server;
    server = null;
    await (await ending)?.close();
  }

  return {
    async present(plan) {
      try {
        const url = (await serve()).statusUrl(plan.id);
        const known = waiting.get(plan.id);
        if (known) return { ...known, url };
        // The plan is put into the map `waiting` before the browser is opened. So two calls at the same time open only
        // one page.
        waiting.set(plan.id, { url, opened: false });
        const presented = { url, opened: await openOnce(`/plans/${plan.id}`) };
        if (waiting.has(plan.id)) waiting.set(plan.id, presented);
        return presented;
      } catch (thrown) {
        log("warn", { code: toAppError(thrown).code, err: thrown }, "the approval page could not be served");
        return { url: null, opened: false };
      }
    },
    async presentReview(reviewId) {
      try {
        const url = (await serve()).reviewUrl(reviewId);
        neededUntil = Math.max(neededUntil, pages.now() + REVIEW_MS);
        const known = reviews.get(reviewId);
        if (known) return { ...known, url };
        reviews.set(reviewId, { url, opened: false });
        const presented = { url, opened: await openOnce(`/reviews/${reviewId}`) };
        reviews.set(reviewId, presented);
        return presented;
      } catch (thrown) {
        log(
          "warn",
          { code: toAppError(thrown).code, err: thrown },
          "the page of a review could not be served",
        );
        return { url: null, opened: false };
      }
    },
    start: starter.start,
    async close() {
      const stopped = starter.close();
      await looking;
      await stopped;
      await end();
    },
  };
}
