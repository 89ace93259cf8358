import type { ColumnDefinitionBuilder } from "kysely";
import { AppError } from "../domain/error.ts";
import type { Plan } from "../domain/plan.ts";
import type { Evidence } from "../domain/run.ts";
import { addClientSessions } from "./client-sessions.ts";
import { createTables } from "./first-tables.ts";
import { addTrelloGrants } from "./grants.ts";
import { addSnapshots } from "./membership-snapshots.ts";
import { addPageSessions } from "./page-sessions.ts";
import { addReviews } from "./reviews.ts";
import { addClientStreams } from "./session-streams.ts";
import { addSignOffs } from "./sign-offs.ts";
import { addWebhooks } from "./webhooks.ts";
import { type Database, inBatches, type ReadTx, type Tx } from "./schema.ts";

/**
 * The steps from one version of the store to the next. A released step is never changed; a new change is a new step at
 * the end.
 */
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
  addClientStreams,
];

/**
 * Brings the tables of a store to the newest version. `now`: milliseconds since 1970. If several processes open a new
 * store at the same time, only one of them creates the tables. STORE_FAILED if a newer version of this program wrote
 * the store.
 */
export async function migrate(database: Database, now: () => number): Promise<void> {
  // Most starts find the newest version. They need no lock, so they need not wait for the writes of other processes.
  const found = await database.read(newestVersion).catch(() => 0);
  if (found === STEPS.length) return;
  await database.write(async (tx) => {
    await tx.schema
      .createTable("schema_version")
      .ifNotExists()
      .addColumn("version", "integer", (column) => column.primaryKey())
      .addColumn("applied_at", "text", (column) => column.notNull())
      .execute();
    const done = await newestVersion(tx);
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

/** The version of the store; 0 for a new store. Throws if the table of versions does not exist. */
async function newestVersion(tx: ReadTx): Promise<number> {
  const row = await tx
    .selectFrom("schema_version")
    .select("version")
    .orderBy("version", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.version ?? 0;
}

const required = (column: ColumnDefinitionBuilder) => column.notNull();

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

/** Version 3: a column for the reason for which a run was stopped. */
async function addStopped(tx: Tx): Promise<void> {
  await tx.schema.alterTable("runs").addColumn("stopped", "text").execute();
}

/**
 * Version 4: a table of the people who lose something by an effect. For runs that earlier versions stored, each
 * destructive effect gets one person in the table.
 */
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
