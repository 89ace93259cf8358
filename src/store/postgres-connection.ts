import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { AppError } from "../domain/error.ts";
import { type Failure, storeFailed } from "./failure.ts";

export type Pool = pg.Pool;

/** The PostgreSQL schema that contains the tables of this program. Other programs may use the same database. */
export const SCHEMA = "identity";

/**
 * The PostgreSQL schema of a tenant. Hyphens of the tenant's name become `_`. The name itself contains no `_`, so two
 * tenants never have the same schema.
 */
export function schemaOf(tenant: string | null): string {
  return tenant === null ? SCHEMA : `${SCHEMA}_tenant_${tenant.replaceAll("-", "_")}`;
}

/**
 * One process opens at most this many connections. A run sends six requests at the same time, and each needs a
 * connection for a few milliseconds.
 */
const MOST_CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 10_000;
/**
 * The numbers of two PostgreSQL advisory locks. The process that writes takes the first lock, so that only one process
 * writes. A process that prepares the database when it starts takes the second lock.
 */
const WRITER_LOCK = 7_310_401;
const START_LOCK = 7_310_402;
const LOCK_TIMEOUT_MS = 20_000;
/**
 * If a process hangs in the middle of a transaction, PostgreSQL ends the transaction after 4 seconds, so that other
 * processes can go on.
 */
const IDLE_TIMEOUT_MS = 4_000;
const START_POLL_MS = 100;
const START_POLLS = 600;
const OLDEST_SERVER = 140_000;

/** Begins a transaction for reading. All its queries see the same state of the database. */
export const BEGIN_READ = `begin isolation level repeatable read read only; set local idle_in_transaction_session_timeout = ${IDLE_TIMEOUT_MS}`;

/**
 * Begins a transaction for writing. Only one such transaction runs at a time, as with SQLite's `begin immediate`, so a
 * transaction may first read and then write.
 * The isolation level is `read committed`, because a stricter level would fix the visible data before the transaction
 * has the lock. Each tenant has its own lock.
 */
export function beginWrite(schema: string): string {
  const lock = schema === SCHEMA ? WRITER_LOCK : `${WRITER_LOCK}, hashtext('${schema}')`;
  return `begin isolation level read committed; set local lock_timeout = ${LOCK_TIMEOUT_MS}; set local idle_in_transaction_session_timeout = ${IDLE_TIMEOUT_MS}; select pg_advisory_xact_lock(${lock})`;
}

/** Prepares connections to the database of a `postgres:` URL. The first query opens a connection. */
export function createPool(url: string): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: MOST_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: "trello-identity-mcp",
  });
  // PostgreSQL may close a connection at any time, and an error without a listener would end this process. The first
  // listener is for connections in use, the second for unused connections. The query that used the connection reports
  // the error.
  pool.on("connect", (client) => client.on("error", () => {}));
  pool.on("error", () => {});
  return pool;
}

/**
 * The preparations of the database by this process, such as creating tables. They are done one after another. If many
 * were done at the same time, each would wait for a connection that another one holds.
 */
const starting = new WeakMap<Pool, Promise<unknown>>();

/**
 * Does the work that prepares the database when the program starts, such as creating tables. No other such work is done
 * at the same time, in this process or in another.
 */
export async function startAlone<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  const before = starting.get(pool) ?? Promise.resolve();
  const mine = before.then(() => startLocked(pool, work));
  starting.set(
    pool,
    mine.catch(() => {}),
  );
  return await mine;
}

/**
 * Waits until no other process prepares the database, and then does the work. If the lock is not free, this process
 * asks again later. It does not wait inside the database, because that would delay the creation of an index in the
 * other process.
 */
async function startLocked<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    for (let polls = 1; !(await hasStartLock(client)); polls += 1) {
      if (polls === START_POLLS) throw postgresFailure({ code: "55P03" });
      await sleep(START_POLL_MS);
    }
    const answer = await work();
    await client.query("commit");
    return answer;
  } catch (thrown) {
    await client.query("rollback").catch(() => {});
    throw thrown;
  } finally {
    client.release();
  }
}

/**
 * Tries to take the lock for the start, in a transaction of its own. The end of the transaction releases the lock. A
 * lock of the session would not work, because a connection pooler may use another connection for each transaction.
 */
async function hasStartLock(client: pg.PoolClient): Promise<boolean> {
  await client.query("begin");
  const { rows } = await client.query<{ locked: boolean }>(
    `select pg_try_advisory_xact_lock(${START_LOCK}) as locked`,
  );
  if (rows[0]?.locked) return true;
  await client.query("rollback");
  return false;
}

/** Throws STORE_FAILED if the database cannot be used, for example because its text encoding is not UTF-8. */
export async function assertUsableServer(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ encoding: string; version: number }>(
    "select current_setting('server_encoding') as encoding, current_setting('server_version_num')::integer as version",
  );
  const [{ encoding, version } = { encoding: "", version: 0 }] = rows;
  if (version < OLDEST_SERVER) {
    throw new AppError("STORE_FAILED", "The PostgreSQL of the store is older than version 14.", {
      next: "Upgrade PostgreSQL, or set IDENTITY_STORE_URL to a newer PostgreSQL server.",
    });
  }
  if (encoding !== "UTF8") {
    throw new AppError("STORE_FAILED", "The database of the store does not keep text as UTF-8.", {
      next: "Make a database with encoding UTF8 and set IDENTITY_STORE_URL to it.",
    });
  }
}

const UNREACHABLE: Failure = {
  sentence: "The PostgreSQL database of the store does not answer.",
  next: "Check that PostgreSQL runs at the host and port of IDENTITY_STORE_URL, then try again.",
  passes: true,
};
const LOCKED: Failure = {
  sentence: "The store is busy: another process holds its lock.",
  next: "Try again in a moment.",
  passes: true,
};
const FULL: Failure = {
  sentence: "The database of the store has no room left.",
  next: "Free space on the disk of PostgreSQL, then try again.",
  passes: true,
};
const READ_ONLY: Failure = {
  sentence: "The database of the store accepts no changes.",
  next: "Set IDENTITY_STORE_URL to the primary server, because a standby server accepts no changes.",
  passes: false,
};
const REFUSED: Failure = {
  sentence: "PostgreSQL refused the user, the password or the database of the store.",
  next: "Check IDENTITY_STORE_URL. The user must be allowed to log in there and to own the schema `identity`.",
  passes: false,
};
const DAMAGED: Failure = {
  sentence: "The store is damaged.",
  next: "Restore the database of IDENTITY_STORE_URL from a backup.",
  passes: false,
};
const OTHER: Failure = {
  sentence: "The store failed.",
  next: "Look at the log of the server and of PostgreSQL for the cause, then try again.",
  passes: false,
};

/**
 * The meaning of an error by the first characters of its code. The code is PostgreSQL's SQLSTATE
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html) or a code of the operating system.
 */
const BY_CODE: readonly (readonly [string, Failure])[] = [
  ["08", UNREACHABLE],
  ["57P0", UNREACHABLE],
  ["53300", UNREACHABLE],
  ["25P03", UNREACHABLE],
  ["ECONN", UNREACHABLE],
  ["ETIMEDOUT", UNREACHABLE],
  ["EHOSTUNREACH", UNREACHABLE],
  ["ENETUNREACH", UNREACHABLE],
  ["ENOTFOUND", UNREACHABLE],
  ["EAI_AGAIN", UNREACHABLE],
  ["EPIPE", UNREACHABLE],
  ["ENOENT", UNREACHABLE],
  ["40001", LOCKED],
  ["40P01", LOCKED],
  ["55P03", LOCKED],
  ["53", FULL],
  ["25006", READ_ONLY],
  ["28", REFUSED],
  ["3D000", REFUSED],
  ["42501", REFUSED],
  ["XX001", DAMAGED],
  ["XX002", DAMAGED],
];

/**
 * Messages of the package `pg` without an error code. They mean that the connection was lost or could not be opened in
 * time.
 */
const GONE = /terminated|not queryable|timeout exceeded|timeout expired|ended unexpectedly/i;

/** Turns an error of PostgreSQL into STORE_FAILED with a next step. An AppError is returned as it is. */
export function postgresFailure(thrown: unknown): AppError {
  return storeFailed(thrown, failureOf);
}

function failureOf(thrown: unknown): Failure {
  // The error means that a stored JSON text cannot be read. So the database is damaged.
  if (thrown instanceof SyntaxError) return DAMAGED;
  const code = codeOf(thrown);
  const known = BY_CODE.find(([start]) => code.startsWith(start));
  if (known) return known[1];
  return code === "" && thrown instanceof Error && GONE.test(thrown.message) ? UNREACHABLE : OTHER;
}

function codeOf(thrown: unknown): string {
  const { code } = (thrown ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? code : "";
}
