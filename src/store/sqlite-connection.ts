import { existsSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type Libsql from "libsql";
import { AppError } from "../domain/error.ts";
import { type Failure, storeFailed } from "./failure.ts";
import { lockHolders } from "./sqlite-file.ts";

export type Connection = Libsql.Database;

/**
 * SQLite blocks the whole process while it waits for a lock. So one attempt takes at most 250 ms and is then repeated.
 */
const BUSY_BLOCKS_MS = 250;
const BUSY_PAUSE_MS = 20;
const BUSY_ATTEMPTS = 80;

/**
 * Opens a SQLite file in write-ahead mode. With `full`, each commit is written to the disk at once. With `normal`, a
 * power failure may lose the last commits but nothing else (https://www.sqlite.org/pragma.html#pragma_synchronous).
 */
export async function connect(path: string, durability: "full" | "normal"): Promise<Connection> {
  const inMemory = path === ":memory:";
  if (!inMemory) await createFile(resolve(path));
  // The SQLite library is loaded only here, so that commands that open no store start faster.
  const { default: Database } = await import("libsql");
  const connection = new Database(path, { timeout: BUSY_BLOCKS_MS });
  paths.set(connection, path);
  // Two processes may open a new file at the same moment and both set write-ahead mode. So this is repeated until the
  // other process has finished.
  const mode = await whenFree(connection, () => connection.prepare("PRAGMA journal_mode = WAL").all());
  if (!inMemory && !JSON.stringify(mode).includes('"wal"')) {
    connection.close();
    throw new AppError("STORE_FAILED", "The store is on a disk that several processes cannot share.", {
      next: "Set IDENTITY_STORE_URL to a file on a local disk.",
    });
  }
  connection.exec(`PRAGMA synchronous = ${durability}`);
  connection.exec("PRAGMA foreign_keys = ON");
  return connection;
}

/** Opens the file of an open store a second time. The new connection reads what is really on the disk. */
export async function reopen(path: string): Promise<Connection> {
  const { default: Database } = await import("libsql");
  return new Database(path, { timeout: BUSY_BLOCKS_MS });
}

/** The file path of each connection. It is kept here, because libsql does not return it. */
const paths = new WeakMap<Connection, string>();

/**
 * Calls `attempt` repeatedly, for about 20 s, while another process holds SQLite's lock. Then throws STORE_FAILED with
 * the id of that process. A process that hangs keeps the lock until it is ended.
 */
export async function whenFree<T>(
  connection: Connection,
  attempt: () => T,
  mostAttempts = BUSY_ATTEMPTS,
): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return attempt();
    } catch (thrown) {
      if (!isBusy(thrown)) throw thrown;
      if (attempts >= mostAttempts) throw await lockedError(connection, thrown);
      await sleep(BUSY_PAUSE_MS);
    }
  }
}

async function lockedError(connection: Connection, cause: unknown): Promise<AppError> {
  const holders = await lockHolders(paths.get(connection) ?? "");
  const known = storeFailure(cause);
  if (holders.length === 0) return known;
  const pids = holders.join(" ");
  return new AppError("STORE_FAILED", `${known.message.replace(/\.$/, "")}: ${pids}.`, {
    next: `Try again in a moment. If that does not help, the process ${pids} is stopped or hangs: end it with \`kill -9 ${pids}\`. Its run is continued by the next process.`,
    retry: "later",
    cause,
    details: { holders },
  });
}

/**
 * Creates the file so that only this user can read it, because it contains names and emails. SQLite's additional files
 * get the same mode.
 */
async function createFile(path: string): Promise<void> {
  await createFolder(dirname(path));
  const file = await open(path, "a", 0o600);
  await file.close();
}

/**
 * Creates the folder, and the folders that contain it. Node's own `mkdir` with `recursive` is not used, because it
 * never returns if a folder cannot be created, for example in /proc.
 */
async function createFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : null;
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || dirname(path) === path || existsSync(dirname(path))) throw thrown;
    await createFolder(dirname(path));
    await mkdir(path, { mode: 0o700 }).catch((again: unknown) => {
      if (!existsSync(path)) throw again;
    });
  }
}

const LOCKED: Failure = {
  sentence: "The store is locked by another process.",
  next: "Try again in a moment. If that does not help, end the process that uses the file of IDENTITY_STORE_URL.",
  passes: true,
};
const FULL: Failure = {
  sentence: "The disk of the store is full.",
  next: "Make free space on the disk that holds the file of IDENTITY_STORE_URL, then try again.",
  passes: true,
};
const READ_ONLY: Failure = {
  sentence: "This user is not allowed to write the store.",
  next: "Give this user write permission on the file of IDENTITY_STORE_URL and on its folder.",
  passes: false,
};
const DAMAGED: Failure = {
  sentence: "The store is damaged or is not a database.",
  next: "Restore the file of IDENTITY_STORE_URL from a backup, or set IDENTITY_STORE_URL to a new file.",
  passes: false,
};
const UNOPENABLE: Failure = {
  sentence: "The store cannot be opened.",
  next: "Check that the path in IDENTITY_STORE_URL is a file, or a new name in a folder of this user.",
  passes: false,
};
const DISK: Failure = {
  sentence: "The disk of the store failed to read or write.",
  next: "Check the disk that holds the file of IDENTITY_STORE_URL; it must be a local disk.",
  passes: true,
};
const OTHER: Failure = {
  sentence: "The store failed.",
  next: "Look at the server log for the cause, then try again.",
  passes: false,
};

/**
 * The meaning of errors, by SQLite's primary result code (https://www.sqlite.org/rescode.html) or the operating
 * system's code.
 */
const BY_CODE: Readonly<Record<string, Failure>> = {
  SQLITE_BUSY: LOCKED,
  SQLITE_LOCKED: LOCKED,
  SQLITE_PROTOCOL: LOCKED,
  SQLITE_FULL: FULL,
  ENOSPC: FULL,
  EDQUOT: FULL,
  SQLITE_READONLY: READ_ONLY,
  SQLITE_PERM: READ_ONLY,
  EACCES: READ_ONLY,
  EPERM: READ_ONLY,
  EROFS: READ_ONLY,
  SQLITE_CORRUPT: DAMAGED,
  SQLITE_NOTADB: DAMAGED,
  SQLITE_CANTOPEN: UNOPENABLE,
  EISDIR: UNOPENABLE,
  ENOTDIR: UNOPENABLE,
  ENOENT: UNOPENABLE,
  EEXIST: UNOPENABLE,
  SQLITE_IOERR: DISK,
  EIO: DISK,
};

/** Whether the error says that another connection held SQLite's lock. */
function isBusy(thrown: unknown): boolean {
  return primaryCode(thrown) === "SQLITE_BUSY";
}

/** Turns an error of SQLite into STORE_FAILED with a next step. An AppError is returned as it is. */
export function storeFailure(thrown: unknown): AppError {
  return storeFailed(thrown, (failed) => BY_CODE[primaryCode(failed)] ?? OTHER);
}

function primaryCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "";
  // A SyntaxError means that a stored JSON text cannot be read, so the database is damaged.
  if (thrown instanceof SyntaxError) return "SQLITE_CORRUPT";
  // libsql gives no error code if a database cannot be opened, so the beginning of the message is compared.
  if (thrown.message.startsWith("ConnectionFailed")) return "SQLITE_CANTOPEN";
  const code = "code" in thrown && typeof thrown.code === "string" ? thrown.code : "";
  // An extended code, for example SQLITE_IOERR_WRITE, begins with the primary code SQLITE_IOERR.
  return code.startsWith("SQLITE_") ? code.split("_").slice(0, 2).join("_") : code;
}
