import type { Review } from "../domain/review.ts";
import { type Database, instant } from "./schema.ts";
import type { ReviewStore } from "./store.ts";

/** Access reviews as they were made; none of them changes afterwards. */
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
