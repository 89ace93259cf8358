import type { MembershipEvent } from "../domain/membership-event.ts";
import { keyIn, type StoredWebhook, type WebhookStore } from "../domain/webhook.ts";
import { type Database, inBatches, instant, type Tables, type Tx } from "./schema.ts";

/** The stored webhooks of this server, and the events that the webhooks delivered. Each event is stored only once. */
export function createWebhookStore(database: Database): WebhookStore {
  return {
    async want({ callbackURL, idModel, kind }, at) {
      const row = {
        callback_url: callbackURL,
        id_model: idModel,
        kind,
        made_at: instant(at),
        deleted_at: null,
      };
      await database.write((tx) =>
        tx
          .insertInto("webhooks")
          .values({ key: keyIn(callbackURL), heard_at: null, ...row })
          .onConflict((conflict) => conflict.column("key").doUpdateSet(row))
          .execute(),
      );
    },
    async unwant(callbackURL, at) {
      await database.write((tx) =>
        tx
          .updateTable("webhooks")
          .set({ deleted_at: instant(at) })
          .where("key", "=", keyIn(callbackURL))
          .where("deleted_at", "is", null)
          .execute(),
      );
    },
    async get(key) {
      const row = await database.read((tx) =>
        tx.selectFrom("webhooks").selectAll().where("key", "=", key).executeTakeFirst(),
      );
      return row ? hookOf(row) : null;
    },
    async wanted() {
      const rows = await database.read((tx) =>
        tx
          .selectFrom("webhooks")
          .selectAll()
          .where("deleted_at", "is", null)
          .orderBy("made_at")
          .orderBy("key")
          .execute(),
      );
      return rows.map(hookOf);
    },
    async hear(key, event, at) {
      return await database.write(async (tx) => {
        await tx
          .updateTable("webhooks")
          .set({ heard_at: instant(at) })
          .where("key", "=", key)
          .execute();
        if (event === null) return false;
        const known = await tx
          .selectFrom("membership_events")
          .select("id")
          .where("id", "=", event.id)
          .executeTakeFirst();
        if (known) return false;
        await tx.insertInto("membership_events").values(rowOf(event)).execute();
        return true;
      });
    },
    async learn(events) {
      if (events.length === 0) return;
      await database.write(async (tx) => {
        for (const batch of inBatches(events)) {
          const ids = batch.map(({ id }) => id);
          const known = await tx
            .selectFrom("membership_events")
            .select("id")
            .where("id", "in", ids)
            .execute();
          const seen = new Set(known.map(({ id }) => id));
          for (const event of batch) {
            // An action is stored only once, because the feeds of a board and of its workspace both contain it.
            if (seen.has(event.id)) continue;
            seen.add(event.id);
            await tx.insertInto("membership_events").values(rowOf(event)).execute();
          }
        }
      });
    },
    async events(since, until) {
      const rows = await database.read((tx) =>
        tx
          .selectFrom("membership_events")
          .select("event")
          .where("at", ">", instant(since))
          .where("at", "<=", instant(until))
          .orderBy("at")
          .orderBy("id")
          .execute(),
      );
      return rows.map(({ event }) => JSON.parse(event) as MembershipEvent);
    },
  };
}

function rowOf(event: MembershipEvent): Tables["membership_events"] {
  return { id: event.id, at: instant(event.at), event: JSON.stringify(event) };
}

function hookOf(row: Tables["webhooks"]): StoredWebhook {
  return {
    key: row.key,
    callbackURL: row.callback_url,
    idModel: row.id_model,
    kind: row.kind,
    madeAt: row.made_at,
    deletedAt: row.deleted_at,
    heardAt: row.heard_at,
  };
}

/** Creates the tables of webhooks and of their events. */
export async function addWebhooks(tx: Tx): Promise<void> {
  await tx.schema
    .createTable("webhooks")
    .addColumn("key", "text", (column) => column.primaryKey().notNull())
    .addColumn("callback_url", "text", (column) => column.notNull())
    .addColumn("id_model", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("made_at", "text", (column) => column.notNull())
    .addColumn("deleted_at", "text")
    .addColumn("heard_at", "text")
    .execute();
  await tx.schema
    .createTable("membership_events")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("event", "text", (column) => column.notNull())
    .execute();
  await tx.schema.createIndex("membership_events_at").on("membership_events").columns(["at", "id"]).execute();
}
