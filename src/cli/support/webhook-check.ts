import { toAppError } from "../../domain/error.ts";
import type { MembershipEvent } from "../../domain/membership-event.ts";
import type { Plan } from "../../domain/plan.ts";
import type { Log } from "../../domain/runtime.ts";
import type { WebhookStore } from "../../domain/webhook.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Store } from "../../store/store.ts";
import { leaverKey, offboardingBefore } from "./leaver-access.ts";
import type { Notice } from "../../report/notices.ts";
import { leaverNotice, noWebhooksNotice } from "../../report/webhook-notices.ts";

export interface WebhookCheckDeps {
  readonly engine: Pick<Engine, "propose" | "storePlan" | "apply">;
  readonly store: Pick<WebhookStore, "wanted">;
  tell(notice: Notice): void;
  /** Shows a stored plan to the people who decide. Called only for a plan that needs a decision. */
  present(plan: Plan): Promise<unknown>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

const CALLER = { client: "check of webhooks", subject: null };

/**
 * Checks the webhooks of each workspace that has webhooks. Webhooks that are missing are made again, inactive webhooks
 * are switched on, and new boards get webhooks. A run makes these changes, like the runs of the tool `create_webhook`.
 * So the changes are recorded, they stay within the rate budgets, and they are continued after a restart.
 */
export async function checkWebhooks(deps: WebhookCheckDeps): Promise<void> {
  const watched = (await deps.store.wanted()).filter(({ kind }) => kind === "workspace");
  for (const { idModel } of watched) await checkWorkspace(idModel, deps);
}

async function checkWorkspace(workspace: string, deps: WebhookCheckDeps): Promise<void> {
  const { engine, log } = deps;
  try {
    const plan = await engine.propose("create_webhook", { workspace }, CALLER);
    if (plan.effects.length === 0) return;
    await engine.storePlan(plan);
    if (plan.requires !== "none") return void (await deps.present(plan));
    const { id, state } = await engine.apply(plan.id, CALLER);
    log("info", { workspace, runId: id, state }, "webhooks were made that were missing");
  } catch (thrown) {
    const error = toAppError(thrown);
    log("warn", { workspace, code: error.code }, "the webhooks of a workspace could not be checked");
    deps.tell(noWebhooksNotice(workspace, error, new Date(deps.now()).toISOString()));
  }
}

/**
 * Starts a check of the webhooks when a watched workspace gets a new board. The new board needs a webhook of its own,
 * because Trello would otherwise not report who is added to it. If more boards come during a check, one more check
 * follows.
 */
export function checkNewBoards(check: () => Promise<void>): (event: MembershipEvent) => void {
  let isRunning = false;
  let isAsked = false;
  async function run(): Promise<void> {
    isRunning = true;
    while (isAsked) {
      isAsked = false;
      await check();
    }
    isRunning = false;
  }
  return ({ kind }) => {
    if (kind !== "board_seen") return;
    isAsked = true;
    if (!isRunning) void run();
  };
}

/** Posts a message if a person whom this server offboarded gets access again. Never throws. */
export async function tellLeaverAccess(
  event: MembershipEvent,
  {
    runs,
    once,
    tell,
    log,
  }: Pick<WebhookCheckDeps, "tell" | "log"> & {
    readonly runs: Store["runs"];
    /**
     * Stores `key`, which stands for one new access of one person (see `leaverKey`). Returns true only for the first
     * call with the same key, so that only one message is posted about each access.
     */
    once(key: string): Promise<boolean>;
  },
): Promise<void> {
  try {
    const run = await offboardingBefore(event, runs);
    if (run && event.idMember !== null && (await once(leaverKey(event.idMember, event))))
      tell(leaverNotice({ ...event, idMember: event.idMember }, run));
  } catch (thrown) {
    log(
      "error",
      { code: toAppError(thrown).code },
      "the server could not find out whether it had offboarded a person, so no one is told if that person got access again",
    );
  }
}
