import { Router, type RequestHandler } from "express";
import { createWebhookReceiver } from "../../transport/webhooks.ts";
import { clock, type Product } from "./product.ts";

const now = () => new Date(clock.now()).toISOString();

/**
 * The receiver of webhooks for one product (the parts of the whole service or of one tenant). null if the settings have
 * no API secret, because signatures cannot be checked without it.
 */
export function receiverOf({ config, store, log, heard = () => {} }: Product): RequestHandler | null {
  const { apiSecret, previousSecret } = config.trello ?? {};
  if (!apiSecret) return null;
  const secrets = [apiSecret, previousSecret].flatMap((secret) => (secret ? [secret.reveal()] : []));
  return createWebhookReceiver({ secrets, store: store.webhooks, now, log, heard });
}

/**
 * The receiver for a service with tenants. The address of a webhook names its tenant. If the tenant is unknown, the
 * answer is the same as for an unknown webhook, so that no one can find out which tenants exist.
 */
export function receiverOfTenants(productOf: (tenant: string) => Promise<Product | null>): RequestHandler {
  const store = { get: async () => null, hear: async () => false };
  const nothing = createWebhookReceiver({ secrets: [], store, now, log: () => {}, heard: () => {} });
  const receivers = new WeakMap<Product, RequestHandler>();
  const router = Router({ caseSensitive: true, strict: true });
  async function receiver(tenant: string): Promise<RequestHandler> {
    const product = await productOf(tenant);
    if (product === null) return nothing;
    const made = receivers.get(product) ?? receiverOf(product) ?? nothing;
    receivers.set(product, made);
    return made;
  }
  router.use("/:tenant", (request, response, next) =>
    receiver(request.params.tenant).then((handle) => handle(request, response, next), next),
  );
  router.use(nothing);
  return router;
}
