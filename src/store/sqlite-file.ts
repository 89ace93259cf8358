import { open, readFile, stat } from "node:fs/promises";
import { AppError } from "../domain/error.ts";

// If the database file is deleted or replaced, SQLite still writes to the old file. If the file is overwritten, SQLite
// still reads old data from memory. So the file is checked.

/** Identifies a file by device and inode, because its name can later belong to another file. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
}

export async function fileIdentity(path: string): Promise<FileIdentity> {
  const { dev, ino } = await stat(path, { bigint: true });
  return { dev, ino };
}

/** A write-ahead log begins with one of these four-byte numbers (https://www.sqlite.org/fileformat2.html#walformat). */
const WAL_MAGIC: readonly number[] = [0x377f0682, 0x377f0683];

/**
 * Throws STORE_FAILED if the file at `path` is no longer the file that was opened, or if its write-ahead log is
 * damaged. The file is not opened as a database, because closing it would release SQLite's locks in this process.
 */
export async function assertSameFile(path: string, opened: FileIdentity): Promise<void> {
  const now = await fileIdentity(path).catch(() => null);
  if (now === null || now.dev !== opened.dev || now.ino !== opened.ino) {
    throw new AppError(
      "STORE_FAILED",
      "The file of the store was deleted or replaced while the server used it.",
      {
        next: "Stop this server. Restore the file of IDENTITY_STORE_URL from a backup, or start with a new file. The record of the last run is lost, so check the people of that run with get_member_access.",
      },
    );
  }
  const header = await readStart(`${path}-wal`, 4);
  if (header !== null && !WAL_MAGIC.includes(header.readUInt32BE(0))) {
    throw new AppError(
      "STORE_FAILED",
      "The log file of the store was overwritten while the server used it.",
      {
        next: "Stop this server, restore the store of IDENTITY_STORE_URL from a backup, and check its disk.",
      },
    );
  }
}

/**
 * The first bytes of a file. null if the file is shorter, or if it does not exist (SQLite creates a log only at the
 * first write).
 */
async function readStart(path: string, bytes: number): Promise<Buffer | null> {
  const file = await open(path, "r").catch(() => null);
  if (file === null) return null;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return bytesRead === bytes ? buffer : null;
  } finally {
    await file.close();
  }
}

/**
 * In write-ahead mode, SQLite's lock for writing is this byte of the file that ends in `-shm`
 * (https://www.sqlite.org/walformat.html#locks).
 */
const WRITE_LOCK_BYTE = 120;

/**
 * The ids of other processes that hold the lock for writing. Only Linux shows locks (proc_locks(5)), and only of
 * processes in the same container. On other systems the result is empty.
 */
export async function lockHolders(path: string): Promise<readonly number[]> {
  const [locks, shm] = await Promise.all([
    readFile("/proc/locks", "utf8").catch(() => ""),
    stat(`${path}-shm`).catch(() => null),
  ]);
  const pids = locks.split("\n").flatMap((line) => {
    const [, , , kind, pid = "", file = "", start = "", end = ""] = line.trim().split(/\s+/);
    const isHeld =
      kind === "WRITE" &&
      Number(start) <= WRITE_LOCK_BYTE &&
      (end === "EOF" || Number(end) >= WRITE_LOCK_BYTE);
    return isHeld && shm !== null && file.endsWith(`:${shm.ino}`) ? [Number(pid)] : [];
  });
  return [...new Set(pids)].filter((pid) => pid > 0 && pid !== process.pid);
}
