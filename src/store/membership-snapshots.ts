import type { MembershipSnapshot, SnapshotStore } from "../domain/membership.ts";
import { type Database, instant, type Tx } from "./schema.ts";

/**
 * For each principal (signed-in person or owner of the Trello token), the newest 50 snapshots of memberships are kept.
 * A cursor that needs an older snapshot is refused.
 */
const KEPT = 50;

/** The stored snapshots of memberships, newest first. The oldest are deleted. */
export function createSnapshotStore(database: Database): SnapshotStore {
  return {
    async put(snapshot) {
      const { id, at, principal } = snapshot;
      await database.write(async (tx) => {
        await tx
          .insertInto("membership_snapshots")
          .values({ id, at: instant(at), principal, snapshot: JSON.stringify(snapshot) })
          .execute();
        const old = await tx
          .selectFrom("membership_snapshots")
          .select("id")
          .where("principal", "=", principal)
          .orderBy("at", "desc")
          .orderBy("id", "desc")
          .execute();
        const gone = old.slice(KEPT).map((row) => row.id);
        if (gone.length > 0) await tx.deleteFrom("membership_snapshots").where("id", "in", gone).execute();
      });
    },
    async get(id) {
      const row = await database.read((tx) =>
        tx.selectFrom("membership_snapshots").select("snapshot").where("id", "=", id).executeTakeFirst(),
      );
      return row ? (JSON.parse(row.snapshot) as MembershipSnapshot) : null;
    },
    async newest(principal) {
      const row = await database.read((tx) =>
        tx
          .selectFrom("membership_snapshots")
          .select("snapshot")
          .where("principal", "=", principal)
          .orderBy("at", "desc")
          .orderBy("id", "desc")
          .executeTakeFirst(),
      );
      return row ? (JSON.parse(row.snapshot) as MembershipSnapshot) : null;
    },
  };
}

/** Creates the table of membership snapshots (version 6 of the store). */
export async function addSnapshots(tx: Tx): Promise<void> {
  await tx.schema
    .createTable("membership_snapshots")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("principal", "text", (column) => column.notNull())
    .addColumn("snapshot", "text", (column) => column.notNull())
    .execute();
  await tx.schema
    .createIndex("membership_snapshots_principal")
    .on("membership_snapshots")
    .columns(["principal", "at", "id"])
    .execute();
}
