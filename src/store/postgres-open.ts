import type { Ledger } from "../domain/budget.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { migrate } from "./migrate.ts";
import {
  assertUsableServer,
  createPool,
  type Pool,
  postgresFailure,
  SCHEMA,
  schemaOf,
  startAlone,
} from "./postgres-connection.ts";
import { createPostgresDispatcher, ticketsTable } from "./postgres-dispatcher.ts";
import { LEDGER_FUNCTIONS, LEDGER_TABLES, openPostgresLedger } from "./postgres-ledger.ts";
import { createPostgres } from "./postgres.ts";
import type { Database } from "./schema.ts";

/** The tables of the service or of one tenant, and the dispatcher of its runs. */
interface Tables {
  readonly database: Database;
  readonly dispatcher: Dispatcher;
}

/**
 * Opens the store in a PostgreSQL database. If tables are missing, one process at a time creates them. Throws
 * STORE_FAILED with the next step if the store cannot be opened. No message contains the URL, because the URL contains
 * a password. A tenant has its own schema, but shares connections and rate budgets with the service.
 */
export async function openPostgres(
  url: string,
  now: () => number,
): Promise<Tables & { readonly ledger: Ledger; tenant(name: string): Promise<Tables> }> {
  try {
    const pool = createPool(url);
    const openTables = async (tenant: string | null): Promise<Tables> => {
      const database = createPostgres(pool, schemaOf(tenant));
      try {
        await startAlone(pool, async () => {
          if (tenant === null) await assertUsableServer(pool);
          await createSchema(pool, schemaOf(tenant));
          if (tenant === null) await createLedger(pool);
          await migrate(database, now);
          await pool.query(ticketsTable(tenant));
        });
        return { database, dispatcher: createPostgresDispatcher(pool, database, tenant) };
      } catch (thrown) {
        await database.close();
        throw postgresFailure(thrown);
      }
    };
    const tables = await openTables(null);
    try {
      return { ...tables, ledger: await openPostgresLedger(pool), tenant: openTables };
    } catch (thrown) {
      await tables.database.close();
      throw thrown;
    }
  } catch (thrown) {
    throw postgresFailure(thrown);
  }
}

/**
 * Creates the schema only if it is missing. So a user without the right to create a schema can use a schema that an
 * administrator created.
 */
async function createSchema(pool: Pool, schema: string): Promise<void> {
  const { rows } = await pool.query<{ there: boolean }>("select to_regnamespace($1) is not null as there", [
    schema,
  ]);
  if (!rows[0]?.there) await pool.query(`create schema ${schema}`);
}

async function createLedger(pool: Pool): Promise<void> {
  await pool.query(LEDGER_TABLES);
  const { rows: functions } = await pool.query<{ name: string }>(
    "select proname as name from pg_proc where pronamespace = to_regnamespace($1)",
    [SCHEMA],
  );
  const there = new Set(functions.map(({ name }) => name));
  for (const [name, text] of Object.entries(LEDGER_FUNCTIONS)) if (!there.has(name)) await pool.query(text);
}
