import { AppError } from "../domain/error.ts";

interface Failure {
  readonly sentence: string;
  readonly next: string;
  /** Whether the same call may succeed later as it is. */
  readonly passes: boolean;
}

const LOCKED: Failure = {
  sentence: "The store is locked by another process.",
  next: "Try again in a moment; if that does not help, end the process that holds the file of IDENTITY_STORE_URL.",
  passes: true,
};
const FULL: Failure = {
  sentence: "The disk of the store is full.",
  next: "Free space on the disk that holds the file of IDENTITY_STORE_URL, then try again.",
  passes: true,
};
const READ_ONLY: Failure = {
  sentence: "The store may not be written.",
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
  next: "Check that the path in IDENTITY_STORE_URL is a file, or can be made one, in a folder of this user.",
  passes: false,
};
const DISK: Failure = {
  sentence: "The disk of the store failed to read or write.",
  next: "Check the disk that holds the file of IDENTITY_STORE_URL; it must be a local one.",
  passes: true,
};
const OTHER: Failure = {
  sentence: "The store failed.",
  next: "Look at the server log for the cause, then try again.",
  passes: false,
};

/** By primary result code of SQLite (https://www.sqlite.org/rescode.html) or error code of the operating system. */
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

/** Whether another connection held the lock that was asked for. */
export function isBusy(thrown: unknown): boolean {
  return primaryCode(thrown) === "SQLITE_BUSY";
}

/** Whatever a SQLite call threw as STORE_FAILED with a next step; an AppError stays as it is. */
export function storeFailure(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  const failure = BY_CODE[primaryCode(thrown)] ?? OTHER;
  return new AppError("STORE_FAILED", failure.sentence, {
    next: failure.next,
    retry: failure.passes ? "later" : "never",
    cause: thrown,
  });
}

function primaryCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "";
  // Stored JSON that no longer parses.
  if (thrown instanceof SyntaxError) return "SQLITE_CORRUPT";
  // libsql gives a failed open no code.
  if (thrown.message.startsWith("ConnectionFailed")) return "SQLITE_CANTOPEN";
  const code = "code" in thrown && typeof thrown.code === "string" ? thrown.code : "";
  // Extended codes append to the primary one, for example SQLITE_IOERR_WRITE.
  return code.startsWith("SQLITE_") ? code.split("_").slice(0, 2).join("_") : code;
}
