import { Router, type RequestHandler } from "express";
import { createWebhookReceiver } from "../../transport/webhooks.ts";
import { clock, type Product } from "./product.ts";

const now = () => new Date(clock.now()).toISOString();

/** The receiver of a product's webhooks; null if it cannot check their signature. */
export function receiverOf({ config, store, log, heard = () => {} }: Product): RequestHandler | null {
  const secret = config.trello?.apiSecret?.reveal();
  if (secret === undefined) return null;
  return createWebhookReceiver({ secret, store: store.webhooks, now, log, heard });
}

/**
 * The receiver of a service with tenants. The address of a tenant's webhook names the tenant. An unknown tenant gets the answers of an
 * unknown webhook, so the answers do not tell which tenants there are.
 */
export function receiverOfTenants(productOf: (tenant: string) => Promise<Product | null>): RequestHandler {
  const store = { get: async () => null, hear: async () => false };
  const nothing = createWebhookReceiver({ secret: "", store, now, log: () => {}, heard: () => {} });
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
