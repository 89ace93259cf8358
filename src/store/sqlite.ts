import {
  Kysely,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from "kysely";
import { type Database, instant, type Tables } from "./schema.ts";
import { connect, type Connection, reopen, storeFailure, whenFree } from "./sqlite-connection.ts";
import { assertSameFile, fileIdentity } from "./sqlite-file.ts";

/** Opens the tables of the store in a SQLite file, or in memory for `:memory:`. */
export async function openSqlite(path: string): Promise<Database> {
  const connection = await connect(path, "full").catch(fail);
  const kysely = queriesOn(connection);
  const file = path === ":memory:" ? null : await fileIdentity(path).catch(fail);
  const read: Database["read"] = (work) =>
    kysely.transaction().setAccessMode("read only").execute(work).catch(fail);
  return {
    read,
    async readAnew(work) {
      if (file === null) return await read(work);
      try {
        await assertSameFile(path, file);
        const anew = queriesOn(await reopen(path));
        try {
          return await anew.transaction().setAccessMode("read only").execute(work);
        } finally {
          await anew.destroy();
        }
      } catch (thrown) {
        return fail(thrown);
      }
    },
    write: (work) => kysely.transaction().execute(work).catch(fail),
    now: async (_tx, callers) => instant(callers),
    close: () => kysely.destroy().catch(fail),
  };
}

function queriesOn(connection: Connection): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => lockingDriver(connection),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}

/**
 * The database driver of Kysely, with one change: a transaction for writing takes the lock for writing when it begins.
 * Without the change, SQLite would refuse one of two transactions that both read first and write later.
 */
function lockingDriver(connection: Connection): SqliteDriver {
  return Object.assign(new SqliteDriver({ database: connection }), {
    async beginTransaction(_opened: unknown, settings?: TransactionSettings): Promise<void> {
      const begin = settings?.accessMode === "read only" ? "begin" : "begin immediate";
      await whenFree(connection, () => connection.exec(begin));
    },
    async rollbackTransaction(): Promise<void> {
      // Rolls back only if the connection is open and a transaction is open. If the disk is full or fails, SQLite has
      // already rolled back, and a second rollback would hide the first error. If the connection is closed, a rollback
      // would crash this process.
      if (connection.open && connection.inTransaction) connection.exec("rollback");
    },
  });
}

function fail(thrown: unknown): never {
  throw storeFailure(thrown);
}
