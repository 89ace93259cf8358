import { canonicalJson, type Json } from "../domain/json.ts";
import type { Database } from "./schema.ts";
import type { FactStore } from "./store.ts";

/**
 * Facts about upstreams that were learned from earlier answers, each under a key. `now` returns the time (milliseconds
 * since 1970) at which a fact is stored.
 */
export function createFactStore(database: Database, now: () => number): FactStore {
  return {
    async get(key) {
      const row = await database.read((tx) =>
        tx.selectFrom("facts").select("value").where("key", "=", key).executeTakeFirst(),
      );
      return row ? (JSON.parse(row.value) as Json) : null;
    },
    async setOnce(key, value) {
      const fact = { value: canonicalJson(value), learnt_at: new Date(now()).toISOString() };
      const { numInsertedOrUpdatedRows = 0n } = await database.write((tx) =>
        tx
          .insertInto("facts")
          .values({ key, ...fact })
          .onConflict((conflict) => conflict.column("key").doNothing())
          .executeTakeFirst(),
      );
      return numInsertedOrUpdatedRows > 0n;
    },
    async set(key, value) {
      const fact = { value: canonicalJson(value), learnt_at: new Date(now()).toISOString() };
      await database.write((tx) =>
        tx
          .insertInto("facts")
          .values({ key, ...fact })
          .onConflict((conflict) => conflict.column("key").doUpdateSet(fact))
          .execute(),
      );
    },
  };
}
