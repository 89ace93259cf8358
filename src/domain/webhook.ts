import { z } from "zod";
import type { MembershipEvent } from "./membership-event.ts";
import { wireFlag, wireText } from "./wire.ts";

/**
 * What a webhook of Trello watches. A workspace's webhook does not report the memberships of its boards, so each board
 * has its own webhook.
 */
export type WatchedKind = "board" | "workspace" | "enterprise";

/** A webhook of the Trello token, in the form of Trello's reply to GET /tokens/{token}/webhooks. */
export const trelloWebhook = z.object({
  id: z.string(),
  idModel: z.string(),
  callbackURL: z.string(),
  /**
   * False if the webhook was switched off: by a request, or by Trello after more than 1,000 failed posts in 30 days.
   */
  active: wireFlag.transform((active) => active !== false),
  consecutiveFailures: z.number().nullish().catch(null),
  firstConsecutiveFailDate: wireText,
});
export type TrelloWebhook = z.infer<typeof trelloWebhook>;

/**
 * A webhook that this server made. It is stored before the request is sent, because Trello calls the webhook's URL at
 * once.
 */
export interface StoredWebhook {
  /** The random part of the address. */
  readonly key: string;
  /** The URL exactly as it was sent to Trello, because Trello's signature covers it. */
  readonly callbackURL: string;
  readonly idModel: string;
  readonly kind: WatchedKind;
  /** ISO 8601. */
  readonly madeAt: string;
  /** When this server deleted the webhook, ISO 8601; null if the webhook is in use. */
  readonly deletedAt: string | null;
  /** When the webhook last delivered an action with a correct signature, ISO 8601. */
  readonly heardAt: string | null;
}

/** Stores a webhook before Trello is asked to make it. */
export interface WebhookRecords {
  want(hook: Pick<StoredWebhook, "callbackURL" | "idModel" | "kind">, at: string): Promise<void>;
  unwant(callbackURL: string, at: string): Promise<void>;
}

/** The stored webhooks, and the events that they delivered. The secret that checks the signatures is never stored. */
export interface WebhookStore extends WebhookRecords {
  /** The webhook with this key in its URL; null if there is no such webhook. */
  get(key: string): Promise<StoredWebhook | null>;
  /** All webhooks in use, the oldest first. */
  wanted(): Promise<readonly StoredWebhook[]>;
  /**
   * Stores an event only once, even if several webhooks deliver it. Returns false if it was stored before. `at`: the
   * time at which it arrived.
   */
  hear(key: string, event: MembershipEvent | null, at: string): Promise<boolean>;
  /** Stores events from an action feed, each only once. */
  learn(events: readonly MembershipEvent[]): Promise<void>;
  /** The events after `since` and up to `until` (ISO 8601), sorted by time and id. */
  events(since: string, until: string): Promise<readonly MembershipEvent[]>;
}

/** What tools need of webhooks. */
export interface Webhooks {
  /**
   * Makes the URL for a webhook. If Trello cannot reach this server, throws CONFIG_INVALID with the missing setting.
   */
  addressFor(idModel: string): string;
  wanted(): Promise<readonly StoredWebhook[]>;
  learn(events: readonly MembershipEvent[]): Promise<void>;
  events(since: string, until: string): Promise<readonly MembershipEvent[]>;
}

/** The path in the URL of every webhook. The key of the webhook follows this path. */
export const WEBHOOK_PATH = "/webhooks/trello";

/** The key in a webhook's URL: its last part. */
export function keyIn(callbackURL: string): string {
  return callbackURL.slice(callbackURL.lastIndexOf("/") + 1);
}
