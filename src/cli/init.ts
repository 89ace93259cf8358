import { constants } from "node:fs";
import { copyFile, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, posix, win32 } from "node:path";
import type { Machine } from "../config/data-folder.ts";
import { AppError } from "../domain/error.ts";
import { type Command, type CommandIo, print, UsageError } from "./support/command.ts";
import { readFlags } from "./support/settings.ts";

/** Prints the configuration of a client, or merges it into the client's file and keeps a copy of the old file. */
export const run: Command = async (io) => {
  const { values } = readFlags("init", io.args);
  const { client } = values;
  if (client === undefined || !isClient(client)) {
    throw new UsageError(`init needs --client with one of ${Object.keys(CLIENTS).join(", ")}.`);
  }
  const target = CLIENTS[client];
  const path = target.path(io.machine, io.env);
  const entry = serverEntry(target, io.program, values.sandbox ?? false);
  if (!values.write) {
    print(io.stdout, JSON.stringify({ [target.section]: { "trello-identity": entry } }, null, 2));
    print(io.stderr, `Put this into ${path}, or run the command again with --write.`);
    return 0;
  }
  const { backup } = await mergeEntry(path, target.section, "trello-identity", entry);
  print(io.stdout, `Wrote ${path}${backup === null ? "" : `; the file as it was is ${backup}`}.`);
  if (!values.sandbox) print(io.stdout, "Fill in the empty settings there, then restart the client.");
  return 0;
};

export interface ClientTarget {
  /** The member of the file that holds servers. */
  readonly section: "mcpServers" | "servers";
  /** Whether an entry says `type: "stdio"`. */
  readonly typed: boolean;
  path(machine: Machine, env: CommandIo["env"]): string;
}

/** Where each client reads its servers, from its own documentation. */
export const CLIENTS = {
  // modelcontextprotocol.io/docs/develop/connect-local-servers
  "claude-desktop": { section: "mcpServers", typed: false, path: claudeDesktop },
  // code.claude.com/docs/en/mcp: project scope
  "claude-code": {
    section: "mcpServers",
    typed: true,
    path: (machine) => under(machine, machine.folder, ".mcp.json"),
  },
  // code.visualstudio.com/docs/copilot/customization/mcp-servers: workspace scope
  vscode: {
    section: "servers",
    typed: true,
    path: (machine) => under(machine, machine.folder, ".vscode", "mcp.json"),
  },
  // cursor.com/docs/context/mcp: global scope
  cursor: {
    section: "mcpServers",
    typed: false,
    path: (machine) => under(machine, machine.home, ".cursor", "mcp.json"),
  },
} as const satisfies Record<string, ClientTarget>;

export function isClient(name: string): name is keyof typeof CLIENTS {
  return Object.hasOwn(CLIENTS, name);
}

/** How a client starts this program. The settings are empty, because a person fills them in and no secret is copied. */
export function serverEntry(target: ClientTarget, program: string, sandbox: boolean) {
  return {
    ...(target.typed ? { type: "stdio" } : {}),
    command: "node",
    args: [program, "stdio", ...(sandbox ? ["--sandbox"] : [])],
    ...(sandbox ? {} : { env: EMPTY_SETTINGS }),
  };
}

const EMPTY_SETTINGS = {
  TRELLO_API_KEY: "",
  TRELLO_API_TOKEN: "",
  ATLASSIAN_SCIM_DIRECTORY_ID: "",
  ATLASSIAN_SCIM_TOKEN: "",
  ATLASSIAN_ORG_ID: "",
  ATLASSIAN_ORG_API_KEY: "",
};

function claudeDesktop({ platform, home }: Machine, env: CommandIo["env"]): string {
  const file = "claude_desktop_config.json";
  if (platform === "win32")
    return win32.join(env["APPDATA"] || win32.join(home, "AppData", "Roaming"), "Claude", file);
  if (platform === "darwin") return posix.join(home, "Library", "Application Support", "Claude", file);
  return posix.join(env["XDG_CONFIG_HOME"] || posix.join(home, ".config"), "Claude", file);
}

function under({ platform }: Machine, ...parts: readonly string[]): string {
  return platform === "win32" ? win32.join(...parts) : posix.join(...parts);
}

type JsonObject = Record<string, unknown>;

/**
 * Sets `file[section][name]` in a JSON file. Everything else stays, and so do the settings (`env`) of an earlier entry.
 * `backup` is a copy of the old file, or null if there was no file. CONFIG_INVALID if the file is not JSON.
 */
export async function mergeEntry(
  path: string,
  section: string,
  name: string,
  entry: { readonly env?: Readonly<Record<string, string>> },
): Promise<{ readonly backup: string | null }> {
  const text = await readIfThere(path);
  const file = text === null || text.trim() === "" ? {} : parse(text, path);
  const servers = member(file, section, path);
  const env = { ...entry.env, ...member(member(servers, name, path), "env", path) };
  servers[name] = { ...entry, ...(Object.keys(env).length > 0 ? { env } : {}) };
  file[section] = servers;

  const backup = text === null ? null : await backUp(path);
  await mkdir(dirname(path), { recursive: true });
  // A second file that is renamed, so that a client never reads half a file. It will have secrets, so only the owner can read it.
  const draft = `${path}.${process.pid}.new`;
  const mode = text === null ? 0o600 : (await stat(path)).mode & 0o777;
  await writeFile(draft, `${JSON.stringify(file, null, 2)}\n`, { mode });
  await rename(draft, path);
  return { backup };
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new AppError("CONFIG_INVALID", `${path} cannot be read.`, {
      next: "Give this user the right to read it, or leave out --write and paste the configuration by hand.",
      cause: thrown,
    });
  }
}

function parse(text: string, path: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Some clients accept comments. They would be lost here, so such a file is refused.
  }
  throw new AppError("CONFIG_INVALID", `${path} is not plain JSON, so nothing was changed.`, {
    next: "Leave out --write and paste the configuration by hand.",
  });
}

function member(object: JsonObject, name: string, path: string): JsonObject {
  const value = object[name];
  if (value === undefined) return {};
  if (isObject(value)) return value;
  throw new AppError("CONFIG_INVALID", `${name} in ${path} is not an object, so nothing was changed.`, {
    next: "Leave out --write and paste the configuration by hand.",
  });
}

/** Copies the file to `<path>.backup-<n>`, the first free name. */
async function backUp(path: string): Promise<string> {
  for (let n = 1; ; n += 1) {
    const backup = `${path}.backup-${n}`;
    try {
      await copyFile(path, backup, constants.COPYFILE_EXCL);
      return backup;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
    }
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
