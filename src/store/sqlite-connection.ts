import { existsSync } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type Libsql from "libsql";
import { AppError } from "../domain/error.ts";
import { isBusy } from "./sqlite-failure.ts";

export type Connection = Libsql.Database;

/** In milliseconds. SQLite waits for a lock by blocking the process, so it does for a short time, again and again. */
const BUSY_BLOCKS_MS = 250;
const BUSY_PAUSE_MS = 20;
const BUSY_ATTEMPTS = 80;

/**
 * A connection in write-ahead mode. `full` syncs every commit to the disk; `normal` may lose the last commits, but
 * nothing else, when the machine loses power (https://www.sqlite.org/pragma.html#pragma_synchronous).
 */
export async function connect(path: string, durability: "full" | "normal"): Promise<Connection> {
  const inMemory = path === ":memory:";
  if (!inMemory) await createFile(resolve(path));
  // Loaded here because it costs start-up time that commands without a store need not pay.
  const { default: Database } = await import("libsql");
  const connection = new Database(path, { timeout: BUSY_BLOCKS_MS });
  // Switching a new file to write-ahead mode can meet another process doing the same.
  const mode = await whenFree(() => connection.prepare("PRAGMA journal_mode = WAL").all());
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

/** The answer of `attempt`, tried again while another process holds the lock, for about 20 s; then its error. */
export async function whenFree<T>(attempt: () => T): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return attempt();
    } catch (thrown) {
      if (!isBusy(thrown) || attempts === BUSY_ATTEMPTS) throw thrown;
      await sleep(BUSY_PAUSE_MS);
    }
  }
}

/** Only this user may read it: it has names and emails. SQLite gives its side files the same mode. */
async function createFile(path: string): Promise<void> {
  await createFolder(dirname(path));
  const file = await open(path, "a", 0o600);
  await file.close();
}

/** With the folders above it. Node's own `recursive` never comes back where a folder cannot be made, as under /proc. */
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
