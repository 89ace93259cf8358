import { z } from "zod";
import type { MembershipEvent } from "./membership-event.ts";
import { wireFlag, wireText } from "./wire.ts";

/** What a webhook of Trello watches. A workspace's webhook tells no membership of a board, so each board has its own. */
export type WatchedKind = "board" | "workspace" | "enterprise";

/** A webhook of the token, as Trello shows it (GET /tokens/{token}/webhooks). */
export const trelloWebhook = z.object({
  id: z.string(),
  idModel: z.string(),
  callbackURL: z.string(),
  /** False after it ended: by hand, or after 30 days of more than 1,000 failures. */
  active: wireFlag.transform((active) => active !== false),
  consecutiveFailures: z.number().nullish().catch(null),
  firstConsecutiveFailDate: wireText,
});
export type TrelloWebhook = z.infer<typeof trelloWebhook>;

/** A webhook that this server made. It is stored before Trello is asked, because Trello calls the address at once. */
export interface StoredWebhook {
  /** The random part of the address. */
  readonly key: string;
  /** The address exactly as Trello got it. The signature covers this text. */
  readonly callbackURL: string;
  readonly idModel: string;
  readonly kind: WatchedKind;
  /** ISO 8601. */
  readonly madeAt: string;
  /** ISO 8601: when this server deleted it; null while it is wanted. */
  readonly deletedAt: string | null;
  /** ISO 8601: when it last brought an action with a right signature. */
  readonly heardAt: string | null;
}

/** What the gateway writes down before it asks Trello. */
export interface WebhookRecords {
  want(hook: Pick<StoredWebhook, "callbackURL" | "idModel" | "kind">, at: string): Promise<void>;
  unwant(callbackURL: string, at: string): Promise<void>;
}

/** The store of webhooks and of what they brought. It never has the secret that signs. */
export interface WebhookStore extends WebhookRecords {
  /** null if there is no webhook with that address. */
  get(key: string): Promise<StoredWebhook | null>;
  /** All that are wanted, the oldest first. */
  wanted(): Promise<readonly StoredWebhook[]>;
  /** Stores an event once, whichever webhook brought it. False if it is known. `at` is when it came. */
  hear(key: string, event: MembershipEvent | null, at: string): Promise<boolean>;
  /** The events after `since` until `until` (ISO 8601), by time and then by id. */
  events(since: string, until: string): Promise<readonly MembershipEvent[]>;
}

/** What tools need of webhooks. */
export interface Webhooks {
  /** The address for a model's webhook. CONFIG_INVALID, with what to set, if Trello cannot reach this server. */
  addressFor(idModel: string): string;
  wanted(): Promise<readonly StoredWebhook[]>;
  events(since: string, until: string): Promise<readonly MembershipEvent[]>;
}

/** The path of the receiver, in front of a webhook's key. */
export const WEBHOOK_PATH = "/webhooks/trello";

/** The key in a webhook's address: the last part of the path. */
export function keyIn(callbackURL: string): string {
  return callbackURL.slice(callbackURL.lastIndexOf("/") + 1);
}
