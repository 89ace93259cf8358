import { open, stat } from "node:fs/promises";
import { AppError } from "../domain/error.ts";

// SQLite goes on writing into a file that was deleted or replaced, and reads what was overwritten from its own memory.

/** Which file it is, whatever it is called. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
}

export async function fileIdentity(path: string): Promise<FileIdentity> {
  const { dev, ino } = await stat(path, { bigint: true });
  return { dev, ino };
}

/** The first four bytes of a write-ahead log (https://www.sqlite.org/fileformat2.html#walformat). */
const WAL_MAGIC: readonly number[] = [0x377f0682, 0x377f0683];

/**
 * STORE_FAILED if the store at `path` is not the file that was opened, or its log is damaged. The database itself is
 * not opened here: closing it again would take away the locks that SQLite holds on it in this process.
 */
export async function assertSameFile(path: string, opened: FileIdentity): Promise<void> {
  const now = await fileIdentity(path).catch(() => null);
  if (now === null || now.dev !== opened.dev || now.ino !== opened.ino) {
    throw new AppError("STORE_FAILED", "The file of the store was deleted or replaced while it was in use.", {
      next: "Stop this server. Put the file of IDENTITY_STORE_URL back from a backup, or begin with a new one. Then look at the people of the last run with get_member_access: its record is lost.",
    });
  }
  const header = await readStart(`${path}-wal`, 4);
  if (header !== null && !WAL_MAGIC.includes(header.readUInt32BE(0))) {
    throw new AppError("STORE_FAILED", "The log beside the store was overwritten while it was in use.", {
      next: "Stop this server, put the store of IDENTITY_STORE_URL back from a backup, and check its disk.",
    });
  }
}

/** The first bytes of a file; null if it has fewer or is not there, as a log is that was not written yet. */
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
