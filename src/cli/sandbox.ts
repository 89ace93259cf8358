import { AppError } from "../domain/error.ts";
import { SEED, startSandbox } from "../sandbox/index.ts";
import { aborted, type Command, print, UsageError } from "./support/command.ts";
import { readWorld } from "./support/sandboxed.ts";
import { readFlags } from "./support/settings.ts";

/**
 * Runs only the sandbox, without an MCP server. Prints the settings that a server needs to use the sandbox, as lines
 * for a shell.
 */
export const run: Command = async (io) => {
  const { values } = readFlags("sandbox", io.args);
  const port = Number(values.port ?? 0);
  if (!/^\d{1,5}$/.test(values.port ?? "0") || port > 65_535) {
    throw new UsageError("--port takes a whole number from 0 to 65535.");
  }
  const world = readWorld(values.world);
  const sandbox = await startSandbox({ port, world }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.syscall !== "listen") throw cause;
    throw new AppError("CONFIG_INVALID", `The sandbox cannot listen on port ${port} (${cause.code}).`, {
      next: "Give --port a free port, or leave it out.",
      cause,
    });
  });
  print(
    io.stdout,
    "# The sandbox: an emulated Trello and Atlassian. Its credentials work nowhere else.",
    ...Object.entries(sandbox.env).map(([name, value]) => `export ${name}='${value}'`),
    "# To try `login` by OAuth 2.0, unset TRELLO_API_KEY, TRELLO_API_TOKEN and TRELLO_API_SECRET, and set this:",
    `# export TRELLO_OAUTH2_CLIENT_ID='${SEED.oauth2.public.id}'`,
    "# Ctrl+C ends it.",
  );
  await aborted(io.stop);
  await sandbox.close();
  return 0;
};
