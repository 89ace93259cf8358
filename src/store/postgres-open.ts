import type { Ledger } from "../domain/budget.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { migrate } from "./migrate.ts";
import {
  assertUsableServer,
  createPool,
  type Pool,
  postgresFailure,
  SCHEMA,
  startAlone,
} from "./postgres-connection.ts";
import { createPostgresDispatcher, TICKETS_TABLE } from "./postgres-dispatcher.ts";
import { LEDGER_FUNCTIONS, LEDGER_TABLES, openPostgresLedger } from "./postgres-ledger.ts";
import { createPostgres } from "./postgres.ts";
import type { Database } from "./schema.ts";

/**
 * Opens the store in the PostgreSQL database of a `postgres:` URL. Only one process at a time creates what is missing.
 * If the store cannot be opened, throws STORE_FAILED with what to do. No message repeats the URL, because it has a
 * password.
 */
export async function openPostgres(
  url: string,
  now: () => number,
): Promise<{ readonly database: Database; readonly ledger: Ledger; readonly dispatcher: Dispatcher }> {
  try {
    const pool = createPool(url);
    const database = createPostgres(pool);
    try {
      await startAlone(pool, async () => {
        await assertUsableServer(pool);
        await createSchema(pool);
        await migrate(database, now);
        await pool.query(TICKETS_TABLE);
      });
      const ledger = await openPostgresLedger(pool);
      return { database, ledger, dispatcher: createPostgresDispatcher(pool, database) };
    } catch (thrown) {
      await database.close();
      throw thrown;
    }
  } catch (thrown) {
    throw postgresFailure(thrown);
  }
}

/** Creates only what is missing. So a user who may not create a schema can use one that an administrator created. */
async function createSchema(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ there: boolean }>("select to_regnamespace($1) is not null as there", [
    SCHEMA,
  ]);
  if (!rows[0]?.there) await pool.query(`create schema ${SCHEMA}`);
  await pool.query(LEDGER_TABLES);
  const { rows: functions } = await pool.query<{ name: string }>(
    "select proname as name from pg_proc where pronamespace = to_regnamespace($1)",
    [SCHEMA],
  );
  const there = new Set(functions.map(({ name }) => name));
  for (const [name, text] of Object.entries(LEDGER_FUNCTIONS)) if (!there.has(name)) await pool.query(text);
}
