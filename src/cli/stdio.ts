import { runStdio } from "../transport/stdio.ts";
import { aborted, type Command } from "./support/command.ts";
import { sandboxWorld } from "./support/sandboxed.ts";
import { serve } from "./support/serve.ts";
import { readFlags } from "./support/settings.ts";

/** Serves MCP over standard input and output until the input ends. */
export const run: Command = async (io) => {
  const flags = readFlags("stdio", io.args);
  const serving = await serve(io, sandboxWorld(flags, io.env), "stdio");
  const { factory, log } = serving;
  const heard = { message: false };
  io.stdin.once("data", () => (heard.message = true));
  try {
    await Promise.race([runStdio(factory, { log }), aborted(io.stop), serving.failed]);
    // If the input ended without a message, a user tried the command by hand. Everything is then loaded, so that the
    // user sees an error such as a store that cannot be opened.
    if (!heard.message && !io.stop.aborted) await serving.loaded();
  } finally {
    await serving.close();
  }
  return 0;
};
