import { runStdio } from "../transport/stdio.ts";
import { aborted, type Command, type CommandIo, print } from "./support/command.ts";
import { programText } from "./support/program.ts";
import { sandboxWorld } from "./support/sandboxed.ts";
import { serve } from "./support/serve.ts";
import { readFlags } from "./support/settings.ts";
import { terminalWidth, wrap } from "./support/wrap.ts";

/** Serves MCP over standard input and output until the input ends. */
export const run: Command = async (io) => {
  const flags = readFlags("stdio", io.args);
  const serving = await serve(io, sandboxWorld(flags, io.env), "stdio");
  const { factory, log } = serving;
  print(io.stderr, ...terminalLines(io));
  const heard = { message: false };
  io.stdin.once("data", () => (heard.message = true));
  try {
    await Promise.race([runStdio(factory, { log }), aborted(io.stop), serving.failed]);
    // If the input ended without a message, a user tried the command by hand. Then the whole program is loaded, so that
    // the user sees errors such as a store that cannot be opened.
    if (!heard.message && !io.stop.aborted) await serving.loaded();
  } finally {
    await serving.close();
  }
  return 0;
};

/**
 * The lines that the server prints if a person started the server in a terminal. There are no lines if an MCP client
 * started the server.
 */
export function terminalLines({
  stdin,
  stderr,
  program,
}: Pick<CommandIo, "stdin" | "stderr" | "program">): readonly string[] {
  if (!stdin.isTTY) return [];
  const command = programText(program);
  return wrap(
    `The server waits for an MCP client. A client starts it by itself: \`${command} init\` writes the client's configuration, and \`${command} help\` shows all commands. Ctrl-C ends the server.`,
    terminalWidth(stderr),
  );
}
