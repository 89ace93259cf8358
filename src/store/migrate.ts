import { AppError } from "../domain/error.ts";
import type { Database } from "./database.ts";
import type { Tx } from "./schema.ts";
import { createTables } from "./tables.ts";

/** In order; a released step never changes, a new need is a new step. */
const STEPS: readonly ((tx: Tx) => Promise<void>)[] = [createTables];

/**
 * Brings the tables up to date; `now` is milliseconds since 1970. Of processes that open a new store at once one
 * creates it and the others find it done. STORE_FAILED where a newer version of the product wrote the store.
 */
export async function migrate(database: Database, now: () => number): Promise<void> {
  await database.write(async (tx) => {
    await tx.schema
      .createTable("schema_version")
      .ifNotExists()
      .addColumn("version", "integer", (column) => column.primaryKey())
      .addColumn("applied_at", "text", (column) => column.notNull())
      .execute();
    const row = await tx
      .selectFrom("schema_version")
      .select("version")
      .orderBy("version", "desc")
      .limit(1)
      .executeTakeFirst();
    const done = row?.version ?? 0;
    if (done > STEPS.length) {
      throw new AppError("STORE_FAILED", "The store was written by a newer version of this server.", {
        next: "Upgrade this server, or set IDENTITY_STORE_URL to another store.",
      });
    }
    for (const [offset, step] of STEPS.slice(done).entries()) {
      await step(tx);
      const applied_at = new Date(now()).toISOString();
      await tx
        .insertInto("schema_version")
        .values({ version: done + offset + 1, applied_at })
        .execute();
    }
  });
}
