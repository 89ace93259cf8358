import type { StoredPlan } from "../domain/decision-rules.ts";
import { toAppError } from "../domain/error.ts";
import type { Desk } from "./desk.ts";
import type { Starter, StarterDeps } from "./starter.ts";

export interface ServiceDeskDeps extends Pick<StarterDeps, "now" | "log"> {
  readonly starter: Starter;
  /** The URL of the pages, without a slash at the end; null if people cannot sign in on this service. */
  readonly pagesUrl: string | null;
  /** Approved plans whose run this server is allowed to start. */
  startable(): Promise<readonly StoredPlan[]>;
  /**
   * How long (ms) another process waits before it starts an approved run. So the process on whose page the plan was
   * approved can start the run first.
   */
  readonly graceMs?: number;
  readonly lookMs?: number;
}

const LOOK_MS = 2000;
const GRACE_MS = 5000;

/**
 * Does everything for plans that wait for a person, on a service where people sign in. When a plan is approved, the
 * process of the approval page starts the run at once. If that process ends before it has started the run, another
 * process with the same store starts the run. The store makes sure that only one process starts it.
 */
export function createServiceDesk(deps: ServiceDeskDeps): Desk {
  const { starter, pagesUrl, now, log, graceMs = GRACE_MS, lookMs = LOOK_MS } = deps;
  let looking: Promise<void> | null = null;
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = null;
    });
  }, lookMs).unref();

  async function look(): Promise<void> {
    try {
      for (const { plan, decision } of await deps.startable()) {
        const isLeft = now() - Date.parse(decision?.at ?? "") >= graceMs;
        if (isLeft && starter.mayTry(plan.id)) starter.start(plan.id).catch(() => {});
      }
    } catch (thrown) {
      log("warn", { code: toAppError(thrown).code }, "approved plans could not be read");
    }
  }

  return {
    async present(plan) {
      const url = pagesUrl === null ? null : `${pagesUrl}/plans/${plan.id}`;
      return { url, opened: false, signIn: url !== null };
    },
    async presentReview(reviewId) {
      const url = pagesUrl === null ? null : `${pagesUrl}/reviews/${reviewId}`;
      return { url, opened: false, signIn: url !== null };
    },
    start: starter.start,
    async close() {
      clearInterval(timer);
      await looking;
      await starter.close();
    },
  };
}
