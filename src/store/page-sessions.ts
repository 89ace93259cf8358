import type { PageSession, PageSessions } from "../domain/sign-in.ts";
import { type Database, instant, type Tx } from "./schema.ts";

/** The sessions of people who are signed in on the approval pages. */
export function createPageSessions(database: Database): PageSessions {
  return {
    async put(id, session, now) {
      const row = { id, expires_at: instant(session.expiresAt), session: JSON.stringify(session) };
      await database.write(async (tx) => {
        await tx.deleteFrom("page_sessions").where("expires_at", "<=", instant(now)).execute();
        await tx.insertInto("page_sessions").values(row).execute();
      });
    },
    async get(id, now) {
      const row = await database.read((tx) =>
        tx
          .selectFrom("page_sessions")
          .select("session")
          .where("id", "=", id)
          .where("expires_at", ">", instant(now))
          .executeTakeFirst(),
      );
      return row ? (JSON.parse(row.session) as PageSession) : null;
    },
    async remove(id) {
      await database.write((tx) => tx.deleteFrom("page_sessions").where("id", "=", id).execute());
    },
  };
}

/** Creates the table of sessions on the approval pages (version 7 of the store). */
export async function addPageSessions(tx: Tx): Promise<void> {
  await tx.schema
    .createTable("page_sessions")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("expires_at", "text", (column) => column.notNull())
    .addColumn("session", "text", (column) => column.notNull())
    .execute();
}
