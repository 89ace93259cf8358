import { readFile } from "node:fs/promises";
import type { Config } from "../../config/config.ts";
import { toAppError } from "../../domain/error.ts";
import type { WatchedFiles } from "./watched-files.ts";

/** The result of reading the settings again. `config` is null if nothing in them can be used. */
export interface Reread {
  readonly config: Config | null;
  /** A line for each mistake in the files. */
  readonly problems: readonly string[];
}

export interface Rereading {
  /** Reads the settings at the start. CONFIG_INVALID if they have mistakes. */
  first(): Promise<Config>;
  /**
   * Reads the settings again. If they have mistakes, each changed file is tried separately: its new contents with the
   * old contents of all other files. So a half-written file of one tenant does not stop another tenant from getting its
   * new token.
   */
  again(): Promise<Reread>;
}

/**
 * Makes the object that reads the settings again. `load` reads all settings. It reads each file by calling `read`, so
 * that this object can give it the old or the new contents of a file.
 */
export function createRereading(
  files: WatchedFiles,
  load: (read: (path: string) => Promise<string>) => Promise<Config>,
): Rereading {
  /** The contents of the files when the settings were last correct. */
  let right = new Map<string, string>();

  /** The settings with the files as they are now. */
  async function whole(): Promise<Config> {
    const read = new Map<string, string>();
    const config = await load(async (path) => {
      const text = await files.read(path);
      read.set(path, text);
      return text;
    });
    right = read;
    return config;
  }

  async function oneByOne(): Promise<Config | null> {
    let config: Config | null = null;
    for (const path of files.paths()) {
      const text = await readFile(path, "utf8").catch(() => null);
      if (text === null || text === right.get(path)) continue;
      const tried = new Map(right).set(path, text);
      // If the settings name a file for the first time, it has no old contents, so it is read now.
      const from = async (file: string) => tried.get(file) ?? (await files.read(file));
      const made = await load(from).catch(() => null);
      if (made === null) continue;
      config = made;
      right = tried;
    }
    return config;
  }

  return {
    first: whole,
    async again() {
      try {
        return { config: await whole(), problems: [] };
      } catch (thrown) {
        const { message, details } = toAppError(thrown);
        const problems = (details["problems"] as readonly string[] | undefined) ?? [message];
        return { config: await oneByOne(), problems };
      }
    },
  };
}
