import { createHmac } from "node:crypto";
import { idBoardOf, showAction } from "./trello/actions.ts";
import { ANSWER_WITHIN_MS, showWebhook } from "./trello/webhook-routes.ts";
import type { Delivery, Webhook, World } from "./world.ts";

/** Sends actions to webhooks, as Trello does. */
export interface Courier {
  /**
   * Sends all posts that are due by the sandbox's clock, one after the other. Resolves when every post has an answer or
   * has failed. `order` can reorder or repeat the posts.
   */
  deliver(order?: (due: readonly Delivery[]) => readonly Delivery[]): Promise<void>;
  /** Starts a timer that sends each post when it is due, also the posts that must be repeated. */
  nudge(): void;
  close(): void;
}

/**
 * The pauses before a failed post is sent again: 30, 60 and 120 s. If the last attempt fails too, the post is lost
 * (Trello's guide of webhooks).
 */
const PAUSES_MS = [30_000, 60_000, 120_000];
/** A webhook is switched off if more than this number of posts failed in a row, over more than 30 days. */
const MOST_FAILURES = 1_000;
const FAILING_MS = 30 * 24 * 60 * 60 * 1_000;

export function createCourier(world: World): Courier {
  const { trello } = world;
  const closing = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  async function deliver(order: (due: readonly Delivery[]) => readonly Delivery[] = (due) => due) {
    endWithTokens(world);
    const due = trello.deliveries.filter(({ dueAt }) => dueAt <= world.now());
    remove(trello.deliveries, (each) => due.includes(each));
    for (const delivery of order(due)) {
      const hook = trello.webhooks.get(delivery.idWebhook);
      if (hook?.active && !closing.signal.aborted) await deliverTo(hook, delivery);
    }
  }

  async function deliverTo(hook: Webhook, delivery: Delivery): Promise<void> {
    const status = await post(world, hook, delivery, closing.signal);
    if (status === 410) {
      trello.webhooks.delete(hook.id);
    } else if (status !== null && status >= 200 && status < 300) {
      hook.consecutiveFailures = 0;
      hook.firstConsecutiveFailDate = null;
    } else {
      hook.consecutiveFailures += 1;
      hook.firstConsecutiveFailDate ??= new Date(world.now()).toISOString();
      const failingMs = world.now() - Date.parse(hook.firstConsecutiveFailDate);
      if (hook.consecutiveFailures > MOST_FAILURES && failingMs > FAILING_MS) hook.active = false;
      const pause = PAUSES_MS[delivery.tries];
      if (pause !== undefined)
        trello.deliveries.push({ ...delivery, tries: delivery.tries + 1, dueAt: world.now() + pause });
    }
  }

  function nudge(): void {
    clearTimeout(timer);
    if (closing.signal.aborted || trello.deliveries.length === 0) return;
    const first = Math.min(...trello.deliveries.map(({ dueAt }) => dueAt));
    timer = setTimeout(
      () => {
        running = running.then(() => deliver()).then(nudge, nudge);
      },
      Math.max(0, first - world.now()),
    );
    timer.unref();
  }

  return {
    deliver,
    nudge,
    close() {
      closing.abort();
      clearTimeout(timer);
    },
  };
}

/** The status of the answer; null if there is none. */
async function post(
  world: World,
  hook: Webhook,
  { action }: Delivery,
  closing: AbortSignal,
): Promise<number | null> {
  const token = world.trello.tokens.get(hook.token);
  const member = world.trello.members.get(token?.idMember ?? "");
  if (!token || !member) return null;
  const body = JSON.stringify({
    action: showAction({ world, caller: { member, token } }, action),
    model: modelOf(world, hook.idModel, idBoardOf(action)),
    webhook: showWebhook(hook),
  });
  const secret = world.trello.apps.get(token.key)?.secret ?? "";
  // The text that Trello signs: the body in UTF-8, followed by the URL exactly as it was given.
  const signature = createHmac("sha1", secret).update(`${body}${hook.callbackURL}`, "utf8").digest("base64");
  try {
    const answer = await fetch(hook.callbackURL, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8", "x-trello-webhook": signature },
      body,
      redirect: "manual",
      signal: AbortSignal.any([closing, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch {
    return null;
  }
}

function modelOf({ trello }: World, id: string, idBoard: string | null): Record<string, unknown> {
  const board = trello.boards.get(id);
  if (board) return { id, name: board.name, shortLink: board.shortLink };
  const workspace = trello.workspaces.get(id);
  if (workspace) return { id, name: workspace.name, displayName: workspace.displayName };
  return { id, ...(idBoard === null ? {} : { idBoard }) };
}

/** Deletes the webhooks whose token was revoked or has expired. */
function endWithTokens(world: World): void {
  const { webhooks, tokens } = world.trello;
  for (const { id, token } of webhooks.values()) {
    const holder = tokens.get(token);
    const hasExpired =
      holder?.dateExpires !== undefined &&
      holder.dateExpires !== null &&
      Date.parse(holder.dateExpires) <= world.now();
    if (!holder || holder.revoked || hasExpired) webhooks.delete(id);
  }
}

function remove<T>(list: T[], isGone: (each: T) => boolean): void {
  const staying = list.filter((each) => !isGone(each));
  list.splice(0, list.length, ...staying);
}
