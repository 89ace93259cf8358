import { runStdio } from "../transport/stdio.ts";
import { aborted, type Command } from "./support/command.ts";
import { sandboxWorld } from "./support/sandboxed.ts";
import { serve } from "./support/serve.ts";
import { readFlags } from "./support/settings.ts";

/** Serves MCP on standard input and output until the input ends. */
export const run: Command = async (io) => {
  const { values, settings } = readFlags("stdio", io.args);
  const serving = await serve(io, settings, sandboxWorld(values));
  try {
    await Promise.race([runStdio(serving.factory, { log: serving.product.log }), aborted(io.stop)]);
  } finally {
    await serving.close();
  }
  return 0;
};
