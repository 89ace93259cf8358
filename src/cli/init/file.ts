import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "../../domain/error.ts";

/**
 * The result of writing a file: null if the file already had this text. `backup`: the path of the copy of the old file;
 * null if there was no old file.
 */
export type Written = { readonly backup: string | null } | null;

/**
 * Returns the text of a file, or an empty text if there is no file. Throws CONFIG_INVALID if the file cannot be read.
 */
export async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw new AppError("CONFIG_INVALID", `${path} cannot be read.`, {
      next: "Give this user the right to read the file, or leave out --write and paste the configuration by hand.",
      cause,
    });
  }
}

/**
 * Replaces a file in one step and keeps a copy of the old file. Does nothing if the text is the same. Throws
 * CONFIG_INVALID if the file cannot be written.
 */
export async function replaceFile(path: string, before: string, after: string): Promise<Written> {
  const mode = await modeOf(path);
  if (before === after && mode !== null) return null;
  try {
    await mkdir(dirname(path), { recursive: true });
    const backup = mode === null ? null : await backUp(path);
    // The text is written to a second file, which is then renamed. So the MCP client never reads half a file.
    const draft = `${path}.${process.pid}.new`;
    await writeFile(draft, after, { mode: mode ?? 0o600 });
    await rename(draft, path);
    return { backup };
  } catch (cause) {
    const { code = "unknown" } = cause as NodeJS.ErrnoException;
    throw new AppError("CONFIG_INVALID", `${path} cannot be written (${code}).`, {
      next: "Give this user the right to write there, or leave out --write and paste the configuration by hand.",
      cause,
    });
  }
}

/** The permissions of a file; null if there is no file. */
async function modeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch {
    return null;
  }
}

/**
 * Copies the file to `<path>.backup-<n>`, with the first number that is free. Only the owner can read the copy, because
 * it may contain secrets.
 */
async function backUp(path: string): Promise<string> {
  for (let n = 1; ; n += 1) {
    const backup = `${path}.backup-${n}`;
    try {
      await writeFile(backup, await readFile(path), { flag: "wx", mode: 0o600 });
      return backup;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
    }
  }
}
