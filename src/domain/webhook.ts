import { z } from "zod";
import type { MembershipEvent } from "./membership-event.ts";
import { wireFlag, wireText } from "./wire.ts";

/**
 * What a webhook of Trello watches. A workspace's webhook does not report the memberships of its boards, so each board
 * has its own webhook.
 */
export type WatchedKind = "board" | "workspace" | "enterprise";

/** A webhook of the token, as Trello shows it (GET /tokens/{token}/webhooks). */
export const trelloWebhook = z.object({
  id: z.string(),
  idModel: z.string(),
  callbackURL: z.string(),
  /** False after the webhook was switched off, or after more than 1,000 failed posts over 30 days. */
  active: wireFlag.transform((active) => active !== false),
  consecutiveFailures: z.number().nullish().catch(null),
  firstConsecutiveFailDate: wireText,
});
export type TrelloWebhook = z.infer<typeof trelloWebhook>;

/** A webhook that this server made. It is stored before the request to Trello, because Trello calls its URL at once. */
export interface StoredWebhook {
  /** The random part of the address. */
  readonly key: string;
  /** The URL exactly as it was sent to Trello, because Trello's signature covers it. */
  readonly callbackURL: string;
  readonly idModel: string;
  readonly kind: WatchedKind;
  /** ISO 8601. */
  readonly madeAt: string;
  /** When this server deleted the webhook, ISO 8601; null while it is in use. */
  readonly deletedAt: string | null;
  /** When the webhook last delivered an action with a right signature, ISO 8601. */
  readonly heardAt: string | null;
}

/** What is stored about a webhook before Trello is asked to make it. */
export interface WebhookRecords {
  want(hook: Pick<StoredWebhook, "callbackURL" | "idModel" | "kind">, at: string): Promise<void>;
  unwant(callbackURL: string, at: string): Promise<void>;
}

/** The stored webhooks and the events that they delivered. The secret for the signatures is never stored. */
export interface WebhookStore extends WebhookRecords {
  /** The webhook with this key in its URL; null if there is none. */
  get(key: string): Promise<StoredWebhook | null>;
  /** All webhooks in use, the oldest first. */
  wanted(): Promise<readonly StoredWebhook[]>;
  /**
   * Stores an event once, even if several webhooks delivered it. false if it was stored before. `at`: when it arrived.
   */
  hear(key: string, event: MembershipEvent | null, at: string): Promise<boolean>;
  /** Stores events of a feed, each once. */
  learn(events: readonly MembershipEvent[]): Promise<void>;
  /** The events after `since` up to `until` (ISO 8601), sorted by time and id. */
  events(since: string, until: string): Promise<readonly MembershipEvent[]>;
}

/** What tools need of webhooks. */
export interface Webhooks {
  /** Makes the URL for a webhook. CONFIG_INVALID with the missing setting, if Trello cannot reach this server. */
  addressFor(idModel: string): string;
  wanted(): Promise<readonly StoredWebhook[]>;
  learn(events: readonly MembershipEvent[]): Promise<void>;
  events(since: string, until: string): Promise<readonly MembershipEvent[]>;
}

/** The path at which webhooks arrive, before the key. */
export const WEBHOOK_PATH = "/webhooks/trello";

/** The key: the last part of a webhook's URL. */
export function keyIn(callbackURL: string): string {
  return callbackURL.slice(callbackURL.lastIndexOf("/") + 1);
}
