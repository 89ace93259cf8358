import { readFile } from "node:fs/promises";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import type { Variable } from "../config/settings.ts";
import type { CommandIo } from "./command.ts";

/** The configuration from a command's environment and flags. */
export async function configure(
  io: Pick<CommandIo, "env" | "machine">,
  settings: Readonly<Partial<Record<Variable, string>>>,
  needs: { readonly trello: boolean },
): Promise<Config> {
  return await loadConfig({
    env: io.env,
    flags: settings,
    machine: io.machine,
    readFile: (path) => readFile(path, "utf8"),
    needsTrello: needs.trello,
  });
}
