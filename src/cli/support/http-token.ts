import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "../../config/config.ts";
import { dataFolder } from "../../config/data-folder.ts";
import { AppError } from "../../domain/error.ts";
import type { CommandIo } from "./command.ts";

export interface KeptToken {
  readonly token: string;
  readonly file: string;
  /** Whether it was made just now. */
  readonly isNew: boolean;
}

const FILE = "http-token";

/**
 * The bearer token of `http`, from the file beside the store. It is made at the first start. CONFIG_INVALID if the file cannot be
 * used, or if other users of the machine can read it.
 */
export function keptToken(
  config: Pick<Config, "storeUrl">,
  { env, machine }: Pick<CommandIo, "env" | "machine">,
): KeptToken {
  const file = join(folderOf(config.storeUrl.reveal()) ?? dataFolder(machine, env), FILE);
  try {
    return { token: readToken(file), file, isNew: false };
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw unusable(file, thrown);
  }
  try {
    const isNew = makeToken(file);
    // Another process may have been faster: then its token counts.
    return { token: readToken(file), file, isNew };
  } catch (thrown) {
    throw thrown instanceof AppError ? thrown : unusable(file, thrown);
  }
}

/** The folder of a store in a file; null for another store. */
function folderOf(storeUrl: string): string | null {
  const path = storeUrl.startsWith("sqlite:") ? storeUrl.slice("sqlite:".length) : ":memory:";
  return path === ":memory:" ? null : dirname(path);
}

function readToken(file: string): string {
  // Windows has no such bits.
  if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0) {
    throw new AppError("CONFIG_INVALID", `Other users of this machine can read ${file}.`, {
      next: "Delete the file, because its bearer token may be known, and start again: a new one is made.",
    });
  }
  const token = readFileSync(file, "utf8").trim();
  if (/^[\w.~+/-]{16,}=*$/.test(token)) return token;
  throw new AppError("CONFIG_INVALID", `${file} has no bearer token of 16 characters or more.`, {
    next: "Delete the file and start again: a new token is made.",
  });
}

/** Makes the file with a token in one step, so that no process reads half a token; false if it is there already. */
function makeToken(file: string): boolean {
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

function unusable(file: string, cause: unknown): AppError {
  return new AppError("CONFIG_INVALID", `The bearer token in ${file} cannot be read or made.`, {
    next: "Give this user the right to write there, or set IDENTITY_HTTP_TOKEN.",
    cause,
  });
}
