import { noMeter } from "../domain/runtime.ts";
import { startHttp } from "../transport/http.ts";
import { createWebhookReceiver } from "../transport/webhooks.ts";
import { aborted, type Command } from "./support/command.ts";
import { gateOf } from "./support/gate.ts";
import { createServiceMetrics } from "./support/metrics.ts";
import { clock } from "./support/product.ts";
import { createReadiness } from "./support/readiness.ts";
import { sandboxWorld } from "./support/sandboxed.ts";
import { servicePages } from "./support/service.ts";
import { serve } from "./support/serve.ts";
import { readFlags } from "./support/settings.ts";

/** Serves MCP over Streamable HTTP until the process is stopped. */
export const run: Command = async (io) => {
  const flags = readFlags("http", io.args);
  const world = sandboxWorld(flags, io.env);
  const metrics = createServiceMetrics();
  let closeTraces = async (): Promise<void> => {};
  const serving = await serve(io, flags.settings, world, "http", async ({ http }, log) => {
    if (http.traces === null) return { ...noMeter, ...metrics.meter };
    const { startTraces } = await import("./support/traces.ts");
    const traces = startTraces(http.traces, log);
    closeTraces = traces.close;
    return { ...metrics.meter, tracer: traces.tracer };
  });
  const { config } = serving;
  try {
    const { product, needed, room } = await serving.loaded();
    const { log, store } = product;
    const sandbox = world !== null;
    const pages =
      config.http.authorization === null
        ? null
        : await servicePages({ config, store, roomOf: async () => room, sandbox, log });
    const secret = config.trello?.apiSecret?.reveal() ?? null;
    const now = () => new Date(clock.now()).toISOString();
    const server = await startHttp(serving.factory, {
      ...config.http,
      gate: await gateOf({ io, config, sandboxed: sandbox, needed, log }),
      log,
      store: product.store.clientSessions,
      pages,
      webhooks:
        secret === null
          ? null
          : createWebhookReceiver({ secret, store: store.webhooks, now, log, heard: () => {} }),
      ready: createReadiness(product, clock),
      hurry: serving.hurry,
      metrics: {
        token: config.http.metricsToken?.reveal() ?? null,
        text: (sessions) => metrics.read(product, sessions),
      },
    });
    log("info", { url: server.url }, "listening");
    await aborted(io.stop);
    await server.close();
  } finally {
    await serving.close();
    await closeTraces();
  }
  return 0;
};
