import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AppError } from "../../domain/error.ts";

/** A secret that this program makes once and stores in a file. Only the file's owner can read the file. */
export interface KeptSecret {
  readonly text: string;
  readonly file: string;
  /** Whether the secret was made by this call. */
  readonly isNew: boolean;
}

export interface KeptWords {
  /** The name of the file. */
  readonly file: string;
  /** What the secret is, for messages: for example `bearer token`. */
  readonly what: string;
  /** What the user must do after deleting the file, as words for a message. */
  readonly again: string;
  /** The setting that replaces the file. */
  readonly setting: string;
}

/**
 * The secret in a file of `folder`. The secret is made when it is first needed. CONFIG_INVALID if the file cannot be
 * used, or if other users of the machine can read it.
 */
export function keptSecret(folder: string, words: KeptWords): KeptSecret {
  const file = join(folder, words.file);
  try {
    return { text: readSecret(file, words), file, isNew: false };
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw unusable(file, words, thrown);
  }
  try {
    const isNew = makeSecret(file);
    // Another process may have made the file at the same time. Then the secret in that file is used.
    return { text: readSecret(file, words), file, isNew };
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown : unusable(file, words, thrown);
  }
}

function readSecret(file: string, { what, again }: KeptWords): string {
  // Windows has no bits in a file's mode that say who may read the file.
  if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0) {
    throw new AppError("CONFIG_INVALID", `Other users of this machine can read ${file}.`, {
      next: `Other users may know the ${what} in the file. Delete the file, and ${again}.`,
    });
  }
  const text = readFileSync(file, "utf8").trim();
  if (/^[\w.~+/-]{16,}=*$/.test(text)) return text;
  throw new AppError("CONFIG_INVALID", `${file} has no ${what} of 16 characters or more.`, {
    next: `Delete the file and ${again}.`,
  });
}

/** Creates the file with the secret in one step, so that no process reads half of it. false if the file exists. */
function makeSecret(file: string): boolean {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  writeFileSync(draft, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
  try {
    linkSync(draft, file);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw thrown;
  } finally {
    rmSync(draft, { force: true });
  }
}

function unusable(file: string, { what, setting }: KeptWords, cause: unknown): AppError {
  return new AppError("CONFIG_INVALID", `The ${what} in ${file} cannot be read or made.`, {
    next: `Give this user the right to write in that folder, or set ${setting}.`,
    cause,
  });
}
