import type { ClientSession, ClientSessions, SessionHold } from "../domain/client-session.ts";
import type { Json } from "../domain/json.ts";
import { createSessionMail } from "./session-mail.ts";
import { createSessionStreams } from "./session-streams.ts";
import { after, type Database, inBatches, type ReadTx, type Tx } from "./schema.ts";

/**
 * The time of a session's last use is stored at most once a minute. If sessions live less than 20 minutes, it is stored
 * at most once in a twentieth of their life. The value is in ms.
 */
const TOUCH_MS = 60_000;

/**
 * The sessions of clients with a protocol version before 2026-07-28. They are in the store, so they stay when a process
 * ends, and every process can use them.
 */
export function createClientSessions(database: Database): ClientSessions {
  return {
    ...createSessionMail(database),
    ...createSessionStreams(database),
    open: (id, session, { max, lifeMs, busy, now }) =>
      database.write(async (tx) => {
        const at = await database.now(tx, now);
        await clearExpired(tx, at);
        const [all, own] = [await countOf(tx), await countOf(tx, session.owner)];
        const hasEnough = session.owner !== null && own >= mostOfOne(max);
        if (hasEnough || all >= max) {
          const victim = await leastNeeded(tx, { owner: hasEnough ? session.owner : null, at, busy });
          if (victim === null) return false;
          await remove(tx, victim);
        }
        await tx
          .insertInto("client_sessions")
          .values({
            id,
            owner: session.owner,
            initialize: JSON.stringify(session.initialize),
            is_new: 1,
            used_at: await nextUse(tx, at),
            expires_at: after(at, lifeMs),
            call_until: null,
            stream_until: null,
          })
          .execute();
        return true;
      }),
    async use(id, owner, { idleMs, now }) {
      const found = await database.read(async (tx) => {
        const row = await tx
          .selectFrom("client_sessions")
          .select(["owner", "initialize", "is_new", "used_at", "expires_at"])
          .where("id", "=", id)
          .executeTakeFirst();
        return row && { row, at: await database.now(tx, now) };
      });
      if (!found || found.row.owner !== owner || found.row.expires_at <= found.at) return null;
      const { row, at } = found;
      const session: ClientSession = { owner, initialize: JSON.parse(row.initialize) as Json };
      if (row.is_new === 0 && at < after(row.used_at, Math.min(TOUCH_MS, idleMs / 20))) return session;
      const isThere = await database.write(async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable("client_sessions")
          .set({ is_new: 0, used_at: await nextUse(tx, at), expires_at: after(at, idleMs) })
          .where("id", "=", id)
          .executeTakeFirst();
        return numUpdatedRows > 0n;
      });
      return isThere ? session : null;
    },
    hold: (kind, ids, { holdMs, idleMs, now }) =>
      database.write(async (tx) => {
        const at = await database.now(tx, now);
        const change = { [columnOf(kind)]: after(at, holdMs), expires_at: after(at, idleMs) };
        for (const batch of inBatches(ids))
          await tx.updateTable("client_sessions").set(change).where("id", "in", batch).execute();
        return await thoseThere(tx, ids, at);
      }),
    async release(kind, id) {
      await database.write((tx) =>
        tx
          .updateTable("client_sessions")
          .set({ [columnOf(kind)]: null })
          .where("id", "=", id)
          .execute(),
      );
    },
    alive: (ids, now) => database.read(async (tx) => thoseThere(tx, ids, await database.now(tx, now))),
    end: (id) => database.write((tx) => remove(tx, id)),
    count: (now) =>
      database.read(async (tx) => {
        const { count } = await tx
          .selectFrom("client_sessions")
          .select((eb) => eb.fn.countAll().as("count"))
          .where("expires_at", ">", await database.now(tx, now))
          .executeTakeFirstOrThrow();
        return Number(count);
      }),
  };
}

/** The most sessions that one known caller may have. */
function mostOfOne(max: number): number {
  return Math.max(1, Math.ceil(max / 2));
}

/**
 * The session that is ended to make room for a new session; null if every session has a call under way. The owner with
 * the most sessions loses one, so that one owner cannot keep the others out. `owner`: if set, only sessions of this
 * owner may be ended; null: sessions of all owners.
 */
async function leastNeeded(
  tx: ReadTx,
  how: { readonly owner: string | null; readonly at: string; readonly busy: ReadonlySet<string> },
): Promise<string | null> {
  const { owner, at, busy } = how;
  let counted = tx.selectFrom("client_sessions").select((eb) => ["owner", eb.fn.countAll().as("count")]);
  if (owner !== null) counted = counted.where("owner", "=", owner);
  const counts = (await counted.groupBy("owner").execute()).map(({ count, ...row }) => ({
    ...row,
    count: Number(count),
  }));
  const unowned = counts.find((row) => row.owner === null)?.count;
  for (const count of [...new Set(counts.map((row) => row.count))].sort((a, b) => b - a)) {
    const idle = await tx
      .selectFrom("client_sessions")
      .select("id")
      .where((eb) => {
        const owners = eb
          .selectFrom("client_sessions")
          .select("owner")
          .groupBy("owner")
          .having((having) => having.fn.countAll(), "=", count);
        const isOfThem = owner === null ? eb("owner", "in", owners) : eb("owner", "=", owner);
        return unowned === count ? eb.or([isOfThem, eb("owner", "is", null)]) : isOfThem;
      })
      .where((eb) => eb.or([eb("call_until", "is", null), eb("call_until", "<=", at)]))
      .orderBy((eb) => eb.case().when("stream_until", ">", at).then(1).else(0).end())
      .orderBy("used_at")
      .limit(busy.size + 1)
      .execute();
    const first = idle.find(({ id }) => !busy.has(id));
    if (first) return first.id;
  }
  return null;
}

function columnOf(kind: SessionHold): "call_until" | "stream_until" {
  return kind === "call" ? "call_until" : "stream_until";
}

/**
 * The time of a use of a session. It is always later than all stored times, so that the order is clear even within one
 * millisecond.
 */
async function nextUse(tx: Tx, at: string): Promise<string> {
  const { last } = await tx
    .selectFrom("client_sessions")
    .select((eb) => eb.fn.max("used_at").as("last"))
    .executeTakeFirstOrThrow();
  const next = last === null ? at : after(last, 1);
  return next > at ? next : at;
}

async function countOf(tx: ReadTx, owner?: string | null): Promise<number> {
  if (owner === null) return 0;
  let query = tx.selectFrom("client_sessions").select((eb) => eb.fn.countAll().as("count"));
  if (owner !== undefined) query = query.where("owner", "=", owner);
  return Number((await query.executeTakeFirstOrThrow()).count);
}

async function thoseThere(tx: ReadTx, ids: readonly string[], at: string): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  for (const batch of inBatches(ids)) {
    const rows = await tx
      .selectFrom("client_sessions")
      .select("id")
      .where("id", "in", batch)
      .where("expires_at", ">", at)
      .execute();
    for (const { id } of rows) there.add(id);
  }
  return there;
}

async function clearExpired(tx: Tx, at: string): Promise<void> {
  const { numDeletedRows } = await tx
    .deleteFrom("client_sessions")
    .where("expires_at", "<=", at)
    .executeTakeFirst();
  if (numDeletedRows === 0n) return;
  for (const table of ["client_mail", "client_streams"] as const)
    await tx
      .deleteFrom(table)
      .where("session_id", "not in", (eb) => eb.selectFrom("client_sessions").select("id"))
      .execute();
}

async function remove(tx: Tx, id: string): Promise<void> {
  for (const table of ["client_mail", "client_streams"] as const)
    await tx.deleteFrom(table).where("session_id", "=", id).execute();
  await tx.deleteFrom("client_sessions").where("id", "=", id).execute();
}

/** Creates the tables of client sessions and of the messages for them. */
export async function addClientSessions(tx: Tx): Promise<void> {
  await tx.schema
    .createTable("client_sessions")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("owner", "text")
    .addColumn("initialize", "text", (column) => column.notNull())
    .addColumn("is_new", "integer", (column) => column.notNull())
    .addColumn("used_at", "text", (column) => column.notNull())
    .addColumn("expires_at", "text", (column) => column.notNull())
    .addColumn("call_until", "text")
    .addColumn("stream_until", "text")
    .execute();
  for (const column of ["used_at", "expires_at", "owner"] as const) {
    await tx.schema.createIndex(`client_sessions_${column}`).on("client_sessions").column(column).execute();
  }
  await tx.schema
    .createTable("client_mail")
    .addColumn("session_id", "text", (column) => column.notNull())
    .addColumn("address", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("message", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("client_mail_key", ["session_id", "address"])
    .execute();
}
