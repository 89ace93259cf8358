import { readFile, stat } from "node:fs/promises";

/** The files from which the settings were read. */
export interface WatchedFiles {
  /** Reads a file, and watches it from now on. Rejects if the file cannot be read. */
  read(path: string): Promise<string>;
  /** Watches a file that other code has read. */
  watch(path: string): Promise<void>;
  /** Whether a watched file has changed since it was last read. */
  haveChanged(): Promise<boolean>;
  /** The watched files. */
  paths(): readonly string[];
}

export function createWatchedFiles(): WatchedFiles {
  const seen = new Map<string, string>();
  // The state is noted before the file is read. So if the file changes during the reading, the change is noticed later
  // and the file is read again.
  const watch = async (path: string) => {
    seen.set(path, await stateOf(path));
  };
  return {
    watch,
    async read(path) {
      await watch(path);
      return await readFile(path, "utf8");
    },
    async haveChanged() {
      for (const [path, state] of seen) if ((await stateOf(path)) !== state) return true;
      return false;
    },
    paths: () => [...seen.keys()],
  };
}

/**
 * A text for the state of a file, which differs after each change. `stat` follows links, because some systems (such as
 * Kubernetes) replace a file by a link to another file.
 */
async function stateOf(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch (thrown) {
    return String((thrown as NodeJS.ErrnoException).code);
  }
}
