import { canonicalJson, type Json } from "../domain/json.ts";
import type { Database } from "./schema.ts";
import type { FactStore } from "./store.ts";

/**
 * The facts about upstreams that this server learned from earlier answers. Each fact has a key. `now`: the clock
 * (milliseconds since 1970) for the time that is stored with a fact.
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
