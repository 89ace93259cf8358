import type { Config } from "../../config/config.ts";
import type { Plan } from "../../domain/plan.ts";
import type { Run } from "../../domain/run.ts";
import type { Clock, Log } from "../../domain/runtime.ts";
import type { Engine } from "../../engine/engine.ts";
import { createNotifier } from "../../gateway/notify.ts";
import { finishedNotice, type Notice, NOTICE_BODIES, waitingNotice } from "../../report/notices.ts";

/** Posts a message to the team's chat when a plan waits or a run ends. */
export interface Notices {
  /** Posts a message about a waiting plan, only once for each plan. */
  waiting(plan: Plan): void;
  /** Posts any other message. The caller must make sure that the same message was not posted before. */
  tell(notice: Notice): void;
  /** An engine that also posts a message when a run ends. */
  readonly engine: Engine;
  /** Resolves when every post that was started has been sent or has finally failed. */
  settled(): Promise<void>;
  close(): void;
}

/**
 * Makes the functions that post messages. If the settings contain no address, nothing is posted. A tool call does not
 * wait for the posting.
 */
export function createNotices(
  { notify }: Pick<Config, "notify">,
  engine: Engine,
  deps: {
    readonly clock: Pick<Clock, "now" | "sleep">;
    readonly log: Log;
    /** The URL of the pages on which people sign in; null if there are none. */
    readonly pagesUrl: string | null;
  },
): Notices {
  if (notify === null)
    return { waiting: () => {}, tell: () => {}, engine, settled: async () => {}, close: () => {} };
  const secret = notify.format === "json" ? (notify.secret?.reveal() ?? null) : null;
  const notifier = createNotifier({ ...deps, url: notify.url.reveal(), secret });
  const bodyOf = NOTICE_BODIES[notify.format];
  let last: Promise<unknown> = Promise.resolve();
  const post = (notice: Notice): void => {
    last = Promise.all([last, notifier.post(bodyOf(notice))]);
  };
  const pageOf = (planId: string) => (deps.pagesUrl === null ? null : `${deps.pagesUrl}/plans/${planId}`);
  const ended = (run: Run) => post(finishedNotice(run, pageOf(run.plan.id)));
  const told = new Set<string>();
  return {
    tell: post,
    waiting(plan) {
      if (told.has(plan.id)) return;
      told.add(plan.id);
      post(waitingNotice(plan, pageOf(plan.id)));
    },
    engine: {
      ...engine,
      async apply(planId, caller) {
        const run = await engine.apply(planId, caller);
        ended(run);
        return run;
      },
      async recover(...how) {
        const runs = await engine.recover(...how);
        for (const run of runs) ended(run);
        return runs;
      },
      async carry(...how) {
        const run = await engine.carry(...how);
        if (run?.endedAt) ended(run);
        return run;
      },
    },
    settled: async () => void (await last),
    close: notifier.close,
  };
}
