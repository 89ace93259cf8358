import type { Review, ReviewStore } from "../domain/review.ts";
import { type Database, instant, type Tx } from "./schema.ts";

/** Stored access reviews. A review never changes after it is stored. */
export function createReviewStore(database: Database): ReviewStore {
  return {
    async put(review) {
      const { id, at, principal } = review;
      await database.write((tx) =>
        tx
          .insertInto("reviews")
          .values({ id, at: instant(at), principal, review: JSON.stringify(review) })
          .execute(),
      );
    },
    async get(id) {
      const row = await database.read((tx) =>
        tx.selectFrom("reviews").select("review").where("id", "=", id).executeTakeFirst(),
      );
      return row ? (JSON.parse(row.review) as Review) : null;
    },
  };
}

/** Creates the table of reviews (version 5 of the store). */
export async function addReviews(tx: Tx): Promise<void> {
  await tx.schema
    .createTable("reviews")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("principal", "text", (column) => column.notNull())
    .addColumn("review", "text", (column) => column.notNull())
    .execute();
}
