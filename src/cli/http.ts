import { startHttp } from "../transport/http.ts";
import { aborted, type Command, type CommandIo } from "./support/command.ts";
import { gateOf } from "./support/gate.ts";
import { createMeters, type Meters } from "./support/meters.ts";
import { clock } from "./support/product.ts";
import { createReadiness } from "./support/readiness.ts";
import { sandboxWorld } from "./support/sandboxed.ts";
import { servicePages } from "./support/service.ts";
import { serve } from "./support/serve.ts";
import { type Flags, readFlags } from "./support/settings.ts";
import type { Service } from "./support/tenants.ts";
import { receiverOf } from "./support/webhook-receiver.ts";

/** Serves MCP over Streamable HTTP until the process is stopped. */
export const run: Command = async (io) => {
  const flags = readFlags("http", io.args);
  const sandbox = sandboxWorld(flags, io.env) !== null;
  const claim = flags.settings.IDENTITY_TENANT_CLAIM ?? io.env["IDENTITY_TENANT_CLAIM"] ?? "";
  const tenants = !sandbox && claim.trim() !== "";
  const meters = createMeters({ tenants });
  const service = tenants
    ? await (await import("./support/tenants.ts")).serveTenants(io, meters.meterOf)
    : await serveOne(io, flags, meters);
  const { config, log, products } = service;
  try {
    const server = await startHttp(service.factory, {
      ...config.http,
      gate: await gateOf({ ...service, io, sandboxed: sandbox }),
      log,
      store: service.store.clientSessions,
      pages: config.http.authorization === null ? null : await servicePages({ ...service, sandbox }),
      webhooks: service.webhooks,
      ready: service.ready,
      hurry: service.hurry,
      metrics: {
        token: config.http.metricsToken?.reveal() ?? null,
        text: (sessions) => meters.metrics.read(products(), sessions, service.rotation.notTaken()),
      },
    });
    log("info", { url: server.url }, "listening");
    io.onHangup?.(() => void service.rotation.look("all"));
    await aborted(io.stop);
    await server.close();
  } finally {
    await service.close();
    await meters.close();
  }
  return 0;
};

/**
 * Starts a service without tenants. All its users share one store, one gateway and one engine (together: one product).
 */
async function serveOne(io: CommandIo, flags: Flags<"http">, { meterOf }: Meters): Promise<Service> {
  const serving = await serve(io, sandboxWorld(flags, io.env), "http", meterOf);
  try {
    const { product, needed, room } = await serving.loaded();
    return {
      ...serving,
      log: product.log,
      store: product.store,
      needed,
      roomOf: async () => room,
      products: () => [product],
      webhooks: receiverOf(product),
      ready: createReadiness(product, clock),
    };
  } catch (thrown) {
    await serving.close();
    throw thrown;
  }
}
