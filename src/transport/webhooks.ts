import { createHmac, timingSafeEqual } from "node:crypto";
import express, { type RequestHandler, type Response, Router } from "express";
import { eventOf, type MembershipEvent } from "../domain/membership-event.ts";
import type { Log } from "../domain/runtime.ts";
import type { StoredWebhook, WebhookStore } from "../domain/webhook.ts";
import { refuse } from "./refusal.ts";

export interface WebhookReceiverDeps {
  /**
   * The app's secrets with which Trello signs webhooks: the present secret and, after a change of the secret, also the
   * former one.
   */
  readonly secrets: readonly string[];
  readonly store: Pick<WebhookStore, "get" | "hear">;
  /** ISO 8601. */
  readonly now: () => string;
  readonly log: Log;
  /** Called once for each new event, after it is stored. */
  readonly heard: (event: MembershipEvent) => void;
}

const MAX_BODY = "1mb";
const NOTHING = "There is nothing at this address.";
/** The form of the last part of a webhook's URL. cli/support/webhook-address.ts makes this part. */
const KEY = /^[\w-]{22}$/;
/** HMAC-SHA1 has 20 bytes. */
const SIGNATURE_BYTES = 20;

/**
 * Receives Trello's webhooks. Trello sends no token and no Origin. Instead, the signature over the body and the stored
 * URL proves that Trello sent the request.
 * - HEAD is answered with 200, because Trello tests the URL with HEAD before it makes a webhook.
 * - A POST is answered with 200 if its event was stored, was known before, or is of a kind that this server does not
 *   store.
 * - 410 makes Trello delete a webhook, so this server sends it only for webhooks that it deleted.
 */
export function createWebhookReceiver(deps: WebhookReceiverDeps): RequestHandler {
  const { secrets, store, log } = deps;

  async function findHook(key: string, response: Response, next: () => void): Promise<void> {
    const hook = KEY.test(key) ? await store.get(key) : null;
    if (hook === null) return refuse(response, 404, NOTHING);
    if (hook.deletedAt !== null) return refuse(response, 410, "This webhook was deleted.");
    response.locals["hook"] = hook;
    next();
  }

  async function takeIn(body: unknown, signature: string | undefined, response: Response): Promise<void> {
    const hook = response.locals["hook"] as StoredWebhook;
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    if (!secrets.some((secret) => isSigned(bytes, hook, signature, secret))) {
      log(
        "warn",
        { kind: hook.kind, idModel: hook.idModel },
        "a webhook without Trello's signature was refused",
      );
      return refuse(response, 401, "The signature was not made with the secret of this Trello app.");
    }
    const event = eventOf(actionIn(bytes));
    if ((await store.hear(hook.key, event, deps.now())) && event) deps.heard(event);
    response.status(200).end();
  }

  const router = Router({ caseSensitive: true, strict: true });
  router.head("/:key", (request, response, next) => {
    if (!KEY.test(request.params.key)) return next();
    response.status(200).end();
  });
  router.post(
    "/:key",
    (request, response, next) => findHook(request.params.key, response, next),
    express.raw({ type: () => true, limit: MAX_BODY, inflate: false }),
    (request, response) => takeIn(request.body, request.get("x-trello-webhook"), response),
  );
  router.use((_request, response) => refuse(response, 404, NOTHING));
  return router;
}

/**
 * Whether the signature is base64 of HMAC-SHA1 over the bytes of the body and the URL exactly as it was sent to Trello
 * (developer.atlassian.com/cloud/trello/guides/rest-api/webhooks). The URL comes from the store, not from the request.
 * Otherwise a body that was signed for one webhook would be accepted at another.
 */
function isSigned(
  body: Buffer,
  { callbackURL }: StoredWebhook,
  header: string | undefined,
  secret: string,
): boolean {
  const given = Buffer.from(header ?? "", "base64");
  const right = createHmac("sha1", secret).update(body).update(callbackURL, "utf8").digest();
  return given.length === SIGNATURE_BYTES && timingSafeEqual(given, right);
}

/**
 * The action in a signed body; null if the body is not JSON. Such a body is still answered with 200, so that Trello
 * does not send it again.
 */
function actionIn(bytes: Buffer): unknown {
  try {
    const parsed: unknown = JSON.parse(bytes.toString("utf8"));
    return typeof parsed === "object" && parsed !== null && "action" in parsed ? parsed.action : null;
  } catch {
    return null;
  }
}
