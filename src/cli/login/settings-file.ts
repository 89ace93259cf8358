import { lstat, open, rename, rm } from "node:fs/promises";
import { AppError } from "../../domain/error.ts";

/** A file that only its owner can read, kept ready before there is anything to write. */
export interface SettingsFile {
  /** Writes once, all or nothing. */
  write(text: string): Promise<void>;
  /** Takes away what was not written. */
  discard(): Promise<void>;
}

/**
 * Makes the file at once (mode 0600), so that a token is not obtained and then has no place. An existing one is left
 * alone (CONFLICT) unless `force`; it is then replaced at the end, in one step. `random` names the file until then.
 */
export async function reserve(path: string, force: boolean, random: string): Promise<SettingsFile> {
  const existing = await lstat(path).catch(() => null);
  if (existing && (!force || existing.isDirectory())) {
    throw new AppError("CONFLICT", "The file for the settings exists already.", {
      next: existing.isDirectory()
        ? "Name a file, not a folder."
        : "Name another one, or replace it by --force.",
      details: { path },
    });
  }
  const target = existing ? `${path}.${random}` : path;
  const file = await open(target, "wx", 0o600).catch((cause: unknown) => {
    throw new AppError("CONFIG_INVALID", "The file for the settings cannot be made.", {
      next: "Name one in a folder that exists and that you may write to.",
      cause,
    });
  });
  let written = false;
  return {
    async write(text) {
      await file.writeFile(text);
      await file.sync();
      await file.close();
      if (target !== path) await rename(target, path);
      written = true;
    },
    async discard() {
      if (written) return;
      await file.close();
      await rm(target, { force: true });
    },
  };
}
