import type PgBoss from "pg-boss";
import { type Pool, startAlone } from "./postgres-connection.ts";

/**
 * The queue library (pg-boss) has its own PostgreSQL schema, because another program in the database may use another
 * version of the library.
 */
const QUEUE_SCHEMA = "identity_queue";

/** The name of the queue: one queue for the service, and one for each tenant. */
export function queueOf(tenant: string | null): string {
  return tenant === null ? "runs" : `runs_${tenant}`;
}

/** The queue library is loaded only here, so that commands that continue no runs start faster. */
export async function startQueue(
  pool: Pool,
  queue: string,
  failed: (error: unknown) => void,
): Promise<PgBoss> {
  const { default: Boss } = await import("pg-boss");
  const boss = new Boss({
    db: { executeSql: (text, values) => pool.query(text, values) },
    schema: QUEUE_SCHEMA,
    // The queue library does not delete old tickets (a ticket asks a process to continue a run). The process that uses
    // a ticket deletes it.
    schedule: false,
    supervise: false,
  });
  boss.on("error", failed);
  await startAlone(pool, async () => {
    await boss.start();
    if ((await boss.getQueue(queue)) === null)
      await boss.createQueue(queue, { name: queue, retryLimit: 0, expireInHours: 23, retentionDays: 30 });
  });
  return boss;
}
