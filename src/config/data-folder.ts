import { dirname, posix, win32 } from "node:path";

/**
 * The facts that decide in which folder data is stored. They are an argument, so that a test can check the rules of
 * every operating system.
 */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** The user's home folder. */
  readonly home: string;
  /** The current folder, for relative paths. */
  readonly folder: string;
}

/**
 * The user's data folder for this program, always with the last part `trello-identity-mcp`. Linux: `XDG_DATA_HOME` or
 * `~/.local/share` (XDG base directory specification). macOS: `~/Library/Application Support`. Windows:
 * `%LOCALAPPDATA%`.
 */
export function dataFolder(machine: Machine, env: Readonly<Record<string, string | undefined>>): string {
  const { platform, home } = machine;
  if (platform === "win32") {
    return win32.join(env["LOCALAPPDATA"] || win32.join(home, "AppData", "Local"), "trello-identity-mcp");
  }
  if (platform === "darwin") return posix.join(home, "Library", "Application Support", "trello-identity-mcp");
  const xdg = env["XDG_DATA_HOME"];
  // If XDG_DATA_HOME is a relative path, it is ignored, as the XDG specification says.
  const base = xdg && posix.isAbsolute(xdg) ? xdg : posix.join(home, ".local", "share");
  return posix.join(base, "trello-identity-mcp");
}

/** The folder for files that belong to the store: the folder of a SQLite store; otherwise the user's data folder. */
export function storeFolder(
  storeUrl: string,
  machine: Machine,
  env: Parameters<typeof dataFolder>[1],
): string {
  const path = storeUrl.startsWith("sqlite:") ? storeUrl.slice("sqlite:".length) : ":memory:";
  return path === ":memory:" ? dataFolder(machine, env) : dirname(path);
}
