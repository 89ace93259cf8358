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

/** The store's tables in the SQLite file at `path`, or in memory for `:memory:`. */
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
 * Kysely's driver with one change: a writing transaction takes the write lock at its start. If two transactions read
 * first and locked later, SQLite would refuse one of them in the middle of its work.
 */
function lockingDriver(connection: Connection): SqliteDriver {
  return Object.assign(new SqliteDriver({ database: connection }), {
    async beginTransaction(_opened: unknown, settings?: TransactionSettings): Promise<void> {
      const begin = settings?.accessMode === "read only" ? "begin" : "begin immediate";
      await whenFree(connection, () => connection.exec(begin));
    },
    async rollbackTransaction(): Promise<void> {
      // After a full or failing disk, SQLite has rolled back already; a second rollback would hide the first error. A
      // closed connection has rolled back too, and libsql ends the process if it is asked again.
      if (connection.open && connection.inTransaction) connection.exec("rollback");
    },
  });
}

function fail(thrown: unknown): never {
  throw storeFailure(thrown);
}
