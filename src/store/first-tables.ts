import type { ColumnDefinitionBuilder } from "kysely";
import { GENESIS } from "./chain.ts";
import type { Tx } from "./schema.ts";

const required = (column: ColumnDefinitionBuilder) => column.notNull();

/** Creates the tables of version 1 of the store. */
export async function createTables(tx: Tx): Promise<void> {
  await createPlansAndRuns(tx);
  await createEffects(tx);
  await createAudit(tx);
  await tx.schema
    .createTable("identity_links")
    .addColumn("email", "text", required)
    .addColumn("source", "text", required)
    .addColumn("id_member", "text", required)
    .addColumn("account_id", "text", required)
    .addColumn("scim_id", "text", required)
    .addColumn("seen_at", "text", required)
    .addPrimaryKeyConstraint("identity_links_key", ["email", "source", "id_member", "account_id", "scim_id"])
    .execute();
  await tx.schema
    .createIndex("identity_links_member")
    .on("identity_links")
    .columns(["id_member", "seen_at"])
    .execute();
  await tx.schema
    .createTable("facts")
    .addColumn("key", "text", (column) => column.primaryKey().notNull())
    .addColumn("value", "text", required)
    .addColumn("learnt_at", "text", required)
    .execute();
}

async function createPlansAndRuns(tx: Tx): Promise<void> {
  await tx.schema
    .createTable("plans")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("state", "text", required)
    .addColumn("created_at", "text", required)
    .addColumn("expires_at", "text", required)
    .addColumn("plan", "text", required)
    .addColumn("decision", "text")
    .execute();
  await tx.schema.createIndex("plans_state").on("plans").columns(["state", "expires_at"]).execute();
  await tx.schema
    .createTable("runs")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("plan_id", "text", (column) => column.notNull().unique().references("plans.id"))
    .addColumn("principal", "text", required)
    .addColumn("effects", "integer", required)
    .addColumn("state", "text", required)
    .addColumn("owner", "text")
    .addColumn("lease_until", "text")
    .addColumn("evidence", "text")
    .addColumn("started_at", "text", required)
    .addColumn("ended_at", "text")
    .execute();
  await tx.schema.createIndex("runs_state").on("runs").columns(["state", "started_at"]).execute();
  await tx.schema.createIndex("runs_started").on("runs").columns(["started_at", "id"]).execute();
  await tx.schema
    .createTable("journal")
    .addColumn("run_id", "text", (column) => column.notNull().references("runs.id"))
    .addColumn("n", "integer", required)
    .addColumn("effect", "integer", required)
    .addColumn("state", "text", required)
    .addColumn("at", "text", required)
    .addColumn("error", "text")
    .addColumn("requests", "integer", required)
    .addPrimaryKeyConstraint("journal_key", ["run_id", "n"])
    .execute();
}

async function createEffects(tx: Tx): Promise<void> {
  await tx.schema
    .createTable("effects")
    .addColumn("run_id", "text", (column) => column.notNull().references("runs.id"))
    .addColumn("effect", "integer", required)
    .addColumn("op", "text", required)
    .addColumn("id_organization", "text")
    .addColumn("destructive", "integer", required)
    .addColumn("state", "text", required)
    .addColumn("sent_at", "text")
    .addColumn("applied_at", "text")
    .addPrimaryKeyConstraint("effects_key", ["run_id", "effect"])
    .execute();
  await tx.schema
    .createIndex("effects_applied")
    .on("effects")
    .columns(["op", "applied_at", "run_id", "effect"])
    .execute();
  await tx.schema
    .createIndex("effects_applied_in")
    .on("effects")
    .columns(["id_organization", "op", "applied_at", "run_id", "effect"])
    .execute();
  await tx.schema
    .createIndex("effects_counted")
    .on("effects")
    .columns(["destructive", "state", "sent_at"])
    .execute();
}

async function createAudit(tx: Tx): Promise<void> {
  await tx.schema
    .createTable("audit")
    .addColumn("seq", "integer", (column) => column.primaryKey().notNull())
    .addColumn("body", "text", required)
    .addColumn("previous", "text", required)
    .addColumn("hash", "text", required)
    .execute();
  await tx.schema
    .createTable("audit_head")
    .addColumn("id", "integer", (column) => column.primaryKey().notNull())
    .addColumn("seq", "integer", required)
    .addColumn("hash", "text", required)
    .execute();
  await tx.insertInto("audit_head").values({ id: 1, seq: 0, hash: GENESIS }).execute();
}
