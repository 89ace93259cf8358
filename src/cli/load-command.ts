import { setFlagsFromString } from "node:v8";
import type { Command } from "./support/command.ts";

const COMMANDS: Readonly<Record<string, () => Promise<{ readonly run: Command }>>> = {
  stdio: () => loadSmall(() => import("./stdio.ts")),
  http: () => loadSmall(() => import("./http.ts")),
  demo: () => import("./demo.ts"),
  sandbox: () => import("./sandbox.ts"),
  doctor: () => import("./doctor.ts"),
  login: () => import("./login.ts"),
  logout: () => import("./logout.ts"),
  init: () => import("./init.ts"),
  approvals: () => import("./approvals.ts"),
  runs: () => import("./runs.ts"),
  watch: () => import("./watch.ts"),
  policy: () => import("./policy.ts"),
  audit: () => import("./audit.ts"),
  completion: () => import("./completion.ts"),
  help: () => import("./help.ts"),
  version: () => import("./version.ts"),
};

/** Loads the code of the command that the user typed, and no other command. UsageError if there is no such command. */
export async function loadCommand(
  argv: readonly string[],
): Promise<{ readonly run: Command; readonly args: readonly string[] }> {
  const { name, args } = split(argv);
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!load) throw (await import("./support/commands.ts")).unknownCommand(name);
  const { run } = await load();
  return { run, args };
}

/** If the user types no command, the command is `stdio`, because MCP clients start the server without a command. */
function split(argv: readonly string[]): { readonly name: string; readonly args: readonly string[] } {
  const [first, ...rest] = argv;
  if (argv.some((arg) => arg === "--help" || arg === "-h")) {
    return { name: "help", args: first === undefined || first.startsWith("-") ? [] : [first] };
  }
  if (first === "--version" || first === "-v") return { name: "version", args: [] };
  if (first === undefined || first.startsWith("-")) return { name: "stdio", args: argv };
  return { name: first, args: rest };
}

/**
 * While code is being loaded, V8 (the JavaScript engine) enlarges its memory for new objects. A server that only waits
 * would then keep 8 MB that it does not need. So this function fixes the size before it loads the code. `serve.ts` lets
 * the memory grow again when the whole program is loaded.
 */
function loadSmall<T>(load: () => Promise<T>): Promise<T> {
  setFlagsFromString("--semi-space-growth-factor=1");
  return load();
}
