import { readFile } from "node:fs/promises";
import type { Config } from "../../config/config.ts";
import { toAppError } from "../../domain/error.ts";
import type { WatchedFiles } from "./watched-files.ts";

/** What was read again. `config` is null if nothing of it can be used. */
export interface Reread {
  readonly config: Config | null;
  /** A line for each mistake in the files. */
  readonly problems: readonly string[];
}

export interface Rereading {
  /** Reads the settings at the start. CONFIG_INVALID if they have mistakes. */
  first(): Promise<Config>;
  /**
   * Reads the settings again. If they have mistakes, each changed file is tried by itself beside the old contents of
   * the others: so a half-written file of one tenant does not hold back the new token of another.
   */
  again(): Promise<Reread>;
}

/** `load` reads all settings, with the function that it gets for files. */
export function createRereading(
  files: WatchedFiles,
  load: (read: (path: string) => Promise<string>) => Promise<Config>,
): Rereading {
  /** The contents with which the settings were right the last time. */
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
      // A file that is named for the first time is read as it is.
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
