import type { ColumnDefinitionBuilder } from "kysely";
import { AppError } from "../domain/error.ts";
import type { Plan } from "../domain/plan.ts";
import type { Evidence } from "../domain/run.ts";
import { GENESIS } from "./chain.ts";
import { addClientSessions } from "./client-sessions.ts";
import { addTrelloGrants } from "./grants.ts";
import { addSnapshots } from "./membership-snapshots.ts";
import { addPageSessions } from "./page-sessions.ts";
import { addReviews } from "./reviews.ts";
import { addSignOffs } from "./sign-offs.ts";
import { addWebhooks } from "./webhooks.ts";
import { type Database, inBatches, type Tx } from "./schema.ts";

/** The steps from version to version. A released step is never changed: a new change is a new step at the end. */
const STEPS: readonly ((tx: Tx) => Promise<void>)[] = [
  createTables,
  addRunSummaries,
  addStopped,
  addEffectPeople,
  addReviews,
  addSnapshots,
  addPageSessions,
  addTrelloGrants,
  addSignOffs,
  addClientSessions,
  addWebhooks,
];

/**
 * Brings the tables of a store to the newest version. `now`: milliseconds since 1970. If several processes open a new
 * store at once, one of them creates the tables. STORE_FAILED if a newer version of this program wrote the store.
 */
export async function migrate(database: Database, now: () => number): Promise<void> {
  await database.write(async (tx) => {
    await tx.schema
      .createTable("schema_version")
      .ifNotExists()
      .addColumn("version", "integer", (column) => column.primaryKey())
      .addColumn("applied_at", "text", (column) => column.notNull())
      .execute();
    const row = await tx
      .selectFrom("schema_version")
      .select("version")
      .orderBy("version", "desc")
      .limit(1)
      .executeTakeFirst();
    const done = row?.version ?? 0;
    if (done > STEPS.length) {
      throw new AppError("STORE_FAILED", "A newer version of this server wrote the store.", {
        next: "Upgrade this server, or set IDENTITY_STORE_URL to another store.",
      });
    }
    for (const [offset, step] of STEPS.slice(done).entries()) {
      await step(tx);
      const applied_at = new Date(now()).toISOString();
      await tx
        .insertInto("schema_version")
        .values({ version: done + offset + 1, applied_at })
        .execute();
    }
  });
}

const required = (column: ColumnDefinitionBuilder) => column.notNull();

/** Creates the tables of version 1 of the store. */
async function createTables(tx: Tx): Promise<void> {
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

/** Version 2: columns for lists of runs, and an index for the runs of one principal. */
async function addRunSummaries(tx: Tx): Promise<void> {
  await tx.schema
    .alterTable("runs")
    .addColumn("tool", "text", (column) => column.notNull().defaultTo(""))
    .execute();
  await tx.schema
    .alterTable("runs")
    .addColumn("summary", "text", (column) => column.notNull().defaultTo(""))
    .execute();
  await tx.schema.alterTable("runs").addColumn("result", "text").execute();
  await tx.schema
    .createIndex("runs_principal")
    .on("runs")
    .columns(["principal", "started_at", "id"])
    .execute();
  // Plans are read one at a time, because each can be large.
  for (const { id } of await tx.selectFrom("runs").select("id").execute()) {
    const { plan, evidence } = await tx
      .selectFrom("runs")
      .innerJoin("plans", "plans.id", "runs.plan_id")
      .select(["plans.plan", "runs.evidence"])
      .where("runs.id", "=", id)
      .executeTakeFirstOrThrow();
    const { tool, summary } = JSON.parse(plan) as Pick<Plan, "tool" | "summary">;
    const result = evidence === null ? null : (JSON.parse(evidence) as Pick<Evidence, "result">).result;
    await tx.updateTable("runs").set({ tool, summary, result }).where("id", "=", id).execute();
  }
}

/** Version 3: a column for the reason why a run was stopped. */
async function addStopped(tx: Tx): Promise<void> {
  await tx.schema.alterTable("runs").addColumn("stopped", "text").execute();
}

/** Version 4: the people who lose something by an effect. For earlier runs: one person for each destructive effect. */
async function addEffectPeople(tx: Tx): Promise<void> {
  await tx.schema
    .createTable("effect_people")
    .addColumn("run_id", "text", (column) => column.notNull().references("runs.id"))
    .addColumn("effect", "integer", required)
    .addColumn("person", "text", required)
    .addPrimaryKeyConstraint("effect_people_key", ["run_id", "effect", "person"])
    .execute();
  await tx.schema.createIndex("effects_sent").on("effects").columns(["state", "sent_at"]).execute();
  for (const { id } of await tx.selectFrom("runs").select("id").execute()) {
    const { plan } = await tx
      .selectFrom("runs")
      .innerJoin("plans", "plans.id", "runs.plan_id")
      .select("plans.plan")
      .where("runs.id", "=", id)
      .executeTakeFirstOrThrow();
    const { effects } = JSON.parse(plan) as Pick<Plan, "effects">;
    const destructive = await tx
      .selectFrom("effects")
      .select("effect")
      .where("run_id", "=", id)
      .where("destructive", "=", 1)
      .execute();
    const rows = destructive.flatMap(({ effect }) => {
      const { idMember, from, scimId, accountId, email } = effects[effect]?.target ?? {};
      const person = idMember || from || scimId || accountId || email;
      return person ? [{ run_id: id, effect, person: person.toLowerCase() }] : [];
    });
    for (const batch of inBatches(rows))
      await tx
        .insertInto("effect_people")
        .values([...batch])
        .execute();
  }
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
