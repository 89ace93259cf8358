import type { ClientSessions, StreamEvent } from "../domain/client-session.ts";
import { after, type Database, type Tx } from "./schema.ts";

/** How long (ms) after the end of a call its stream can be resumed. */
const KEPT_MS = 5 * 60_000;
/**
 * If a stream has not ended after this time (ms), the process that answered the call has ended without closing the
 * stream. No call takes so long, because no call waits longer than an hour for the decision on a plan.
 */
const DEAD_MS = 2 * 3600_000;

/** The streams of answers that a client can resume after a lost connection, in any process with the same store. */
export function createSessionStreams(database: Database): Pick<ClientSessions, "keepStream" | "streamAfter"> {
  return {
    keepStream: ({ session, stream, events, isEnded }, now) =>
      database.write(async (tx) => {
        const at = await database.now(tx, now);
        await tx
          .deleteFrom("client_streams")
          .where((eb) =>
            eb.or([
              eb("at", "<=", after(at, -DEAD_MS)),
              eb.and([eb("is_ended", "=", 1), eb("at", "<=", after(at, -KEPT_MS))]),
            ]),
          )
          .execute();
        const row = { at, events: JSON.stringify(events), is_ended: isEnded ? (1 as const) : (0 as const) };
        await tx
          .insertInto("client_streams")
          .values({ session_id: session, stream, ...row })
          .onConflict((conflict) => conflict.columns(["session_id", "stream"]).doUpdateSet(row))
          .execute();
      }),
    async streamAfter({ session, stream }, n) {
      const row = await database.read((tx) =>
        tx
          .selectFrom("client_streams")
          .select(["events", "is_ended"])
          .where("session_id", "=", session)
          .where("stream", "=", stream)
          .executeTakeFirst(),
      );
      if (!row) return null;
      const events = (JSON.parse(row.events) as readonly StreamEvent[]).filter((event) => event.n > n);
      return { events, isEnded: row.is_ended === 1 };
    },
  };
}

/** Creates the table of streams that can be resumed. */
export async function addClientStreams(tx: Tx): Promise<void> {
  await tx.schema
    .createTable("client_streams")
    .addColumn("session_id", "text", (column) => column.notNull())
    .addColumn("stream", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("is_ended", "integer", (column) => column.notNull())
    .addColumn("events", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("client_streams_key", ["session_id", "stream"])
    .execute();
}
