import { setTimeout as wait } from "node:timers/promises";
import { toAppError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import { dailyDue, reminderDue } from "../../domain/reminder.ts";
import type { Clock, Log } from "../../domain/runtime.ts";
import { stateOf } from "../../domain/sign-off.ts";
import type { Engine } from "../../engine/engine.ts";
import { type Notice, noPlanNotice, reminderNotice } from "../../report/notices.ts";

/**
 * How long (ms) a plan that the server made by itself can be approved: 24 hours, so that a person can decide the next
 * morning.
 */
export const UNASKED_LIFE_MS = 24 * 3_600_000;
/**
 * How long (ms) a plan made from a roster can be approved: three hours less than a week. So the plan has expired when
 * the daily job runs a week later, even if the job that made the plan began two hours late. While the plan waits for a
 * decision, no second plan with the same changes is made.
 */
export const ROSTER_PLAN_LIFE_MS = 7 * 24 * 3_600_000 - 3 * 3_600_000;
const LOOK_MS = 60_000;
/**
 * A process first checks the webhooks this long (ms) after its start, and then once a day. It waits first, because
 * Trello calls this server when a webhook is made, and the server must be reachable by then.
 */
const WEBHOOKS_AFTER_MS = 5 * 60_000;
/** At most this many reviews, the newest first, are searched for unfinished reviews that need a reminder. */
const MOST_REVIEWS = 500;

export interface DutiesDeps {
  readonly engine: Pick<Engine, "propose" | "storePlan" | "waiting" | "withdraw"> & {
    readonly signOffs: Pick<Engine["signOffs"], "get" | "list">;
  };
  /**
   * Whether this process must do a task. `key` names the task and its time, for example a roster and the day. The first
   * process that asks for a key gets true. All other processes with the same store get false, so only one process does
   * the task.
   */
  once(key: string): Promise<boolean>;
  tell(notice: Notice): void;
  /** Shows a stored plan to the people who decide about it. */
  present(plan: Plan): Promise<unknown>;
  /**
   * The rosters from which a plan is made each day. `name`: the roster's name. `schedule`: the time of day (HH:MM,
   * UTC).
   */
  readonly schedules: readonly { readonly name: string; readonly schedule: string }[];
  /**
   * Makes a new webhook for each webhook that has ended, and for each new board. null if this server receives no
   * webhooks.
   */
  readonly checkWebhooks?: (() => Promise<void>) | null;
  /** The URL of the pages on which people sign in; null if there are none. */
  readonly pagesUrl: string | null;
  readonly clock: Pick<Clock, "now">;
  readonly log: Log;
}

/**
 * The tasks that a server does by itself at certain times: reminders, plans from rosters, and checks of webhooks. If
 * several processes use the same store, only one of them does each task.
 */
export interface Duties {
  /** Does every task whose time has come. Never throws. */
  look(): Promise<void>;
}

export function createDuties(deps: DutiesDeps): Duties {
  const { engine, once, tell, pagesUrl, clock, log } = deps;

  async function remind(): Promise<void> {
    const now = new Date(clock.now()).toISOString();
    for (const summary of await engine.signOffs.list(MOST_REVIEWS)) {
      const { reviewId } = summary.signOff;
      const step = reminderDue(summary.signOff, now);
      if (step === null || stateOf(summary).isSigned) continue;
      if (!(await once(`reminder:${reviewId}:${step}`))) continue;
      const record = await engine.signOffs.get(reviewId);
      const url = pagesUrl === null ? null : `${pagesUrl}/reviews/${reviewId}`;
      if (record) tell(reminderNotice(record, now, url));
    }
  }

  /**
   * Withdraws the earlier plans of this roster that differ from the new plan. They can no longer be applied, because
   * Trello or the roster has changed. Returns true if an earlier plan with the same digest (the same changes) still
   * waits for a decision.
   */
  async function withdrawOthers({ tool, principal: { client }, digest, effects }: Plan): Promise<boolean> {
    const earlier = (await engine.waiting()).filter(
      ({ plan }) => plan.tool === tool && plan.principal.client === client,
    );
    const isSame = ({ plan }: (typeof earlier)[number]) => effects.length > 0 && plan.digest === digest;
    for (const { plan } of earlier.filter((each) => !isSame(each)))
      await engine.withdraw(plan.id, { by: client, level: "approval" });
    return earlier.some(isSame);
  }

  async function planRoster(roster: string): Promise<void> {
    const caller = { client: `schedule of ${roster}`, subject: null };
    try {
      const plan = await engine.propose("plan_roster_changes", { roster }, caller, ROSTER_PLAN_LIFE_MS);
      const isWaiting = await withdrawOthers(plan);
      if (isWaiting) return log("info", { roster }, "the plan of the roster waits already");
      if (plan.effects.length === 0) return log("info", { roster }, "the roster changes nothing");
      await engine.storePlan(plan);
      await deps.present(plan);
      log("info", { roster, planId: plan.id }, "a plan of the roster waits for a person");
    } catch (thrown) {
      const error = toAppError(thrown);
      log("warn", { roster, code: error.code }, "the roster could not be planned");
      tell(noPlanNotice(roster, error, new Date(clock.now()).toISOString()));
    }
  }

  async function planRosters(): Promise<void> {
    for (const { name, schedule } of deps.schedules) {
      const day = dailyDue(schedule, clock.now());
      if (day !== null && (await once(`roster:${name}:${day}`))) await planRoster(name);
    }
  }

  const startedAt = clock.now();
  let isChecked = false;
  async function keepWebhooks(): Promise<void> {
    if (!deps.checkWebhooks || clock.now() - startedAt < WEBHOOKS_AFTER_MS) return;
    const isFirstOfDay = await once(`webhooks:${new Date(clock.now()).toISOString().slice(0, 10)}`);
    if (!isChecked || isFirstOfDay) await deps.checkWebhooks();
    isChecked = true;
  }

  return {
    async look() {
      for (const duty of [remind, planRosters, keepWebhooks])
        await duty().catch((thrown: unknown) => {
          const { code, message } = toAppError(thrown);
          log("error", { code, reason: message }, "what is due could not be read");
        });
    },
  };
}

/**
 * Does the tasks that are due, once a minute, until `signal` is aborted. The timer does not keep the process running.
 */
export async function keepLooking({ look }: Duties, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await look();
    await wait(LOOK_MS, undefined, { signal, ref: false }).catch(() => {});
  }
}
