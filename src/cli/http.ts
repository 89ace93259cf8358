import { startHttp } from "../transport/http.ts";
import { aborted, type Command } from "./support/command.ts";
import { sandboxWorld } from "./support/sandboxed.ts";
import { serve } from "./support/serve.ts";
import { readFlags } from "./support/settings.ts";

/** Serves MCP over Streamable HTTP until the process is told to stop. */
export const run: Command = async (io) => {
  const { values, settings } = readFlags("http", io.args);
  const serving = await serve(io, settings, sandboxWorld(values));
  const { config } = serving;
  try {
    const { log, store } = (await serving.loaded()).product;
    const server = await startHttp(serving.factory, {
      host: config.http.host,
      port: config.http.port,
      sessions: config.http.sessions,
      log,
      ready: () =>
        store.facts.get("ready").then(
          () => true,
          () => false,
        ),
    });
    log("info", { url: server.url }, "listening");
    await aborted(io.stop);
    await server.close();
  } finally {
    await serving.close();
  }
  return 0;
};
