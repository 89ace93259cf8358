import { createHash } from "node:crypto";
import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { CompiledQuery } from "kysely";
import type PgBoss from "pg-boss";
import type { Carried, Dispatcher } from "./dispatcher.ts";
import { UNFINISHED } from "./leases.ts";
import { type Pool, postgresFailure, schemaOf } from "./postgres-connection.ts";
import { queueOf, startQueue } from "./postgres-queue.ts";
import { after, type Database, type ReadTx, type Tx } from "./schema.ts";

/**
 * How often (ms) a process looks for tickets (FETCH_MS), and for unfinished runs that no process works on (SWEEP_MS).
 */
const FETCH_MS = 750;
const SWEEP_MS = 1_000;
/**
 * After 5 seconds, a ticket that no process has used is replaced by a new ticket. A ticket is lost if its process ends.
 */
const TICKET_LIFE_MS = 5_000;
const MOST_SWEPT = 50;
/** If a process could not prepare to continue runs, it tries again after this time (ms). */
const PREPARE_PAUSE_MS = 15_000;
/**
 * If a run could not be finished, no process tries the run again for this time (ms). Each further wait is twice as
 * long.
 */
const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 600_000;
/**
 * If the process with a ticket is not allowed to continue the run, the run gets its next ticket after this time (ms).
 * Another process may then get that ticket.
 */
const LEFT_PAUSE_MS = 60_000;

/** Creates the table of tickets: for each run, its newest ticket, and the time at which the run is to be continued. */
export function ticketsTable(tenant: string | null): string {
  const schema = schemaOf(tenant);
  return `
  create table if not exists ${schema}.tickets (
    run_id text collate "C" primary key references ${schema}.runs (id) on delete cascade,
    n integer not null,
    due_at text collate "C" not null
  )`;
}

/**
 * A ticket asks one process to continue a run. `n`: the number of this ticket, counted for each run. `pauseMs`: how
 * long the ticket was held back.
 */
interface Ticket {
  readonly runId: string;
  readonly n: number;
  readonly pauseMs: number;
}

/**
 * Gives unfinished runs to processes as tickets, through the queue pg-boss. A ticket is only a hint: the lease decides
 * which process works on a run. So an old ticket or two tickets for one run do no harm, and a lost ticket is replaced.
 */
export function createPostgresDispatcher(pool: Pool, database: Database, tenant: string | null): Dispatcher {
  const queue = queueOf(tenant);
  const stopping = new AbortController();
  const { signal } = stopping;
  // Each run that is carried listens.
  setMaxListeners(0, signal);
  const carrying = new Set<Promise<void>>();
  const loops: Promise<void>[] = [];
  let isPrepared = false;

  /** Gives a ticket to each unfinished run that no process works on, in the transaction that finds the run. */
  async function sweep(boss: PgBoss): Promise<void> {
    // The first query takes no lock. Usually it is enough, because each unfinished run has a process that works on it.
    const seen = await database.read((tx) => unheld(tx, database));
    if (seen.length === 0) return;
    await database.write(async (tx) => {
      for (const run of await unheld(tx, database))
        await put(boss, tx, { runId: run.id, n: (run.n ?? 0) + 1, pauseMs: 0 });
    });
  }

  /** Replaces the newest ticket of a run by a new ticket. */
  async function put(boss: PgBoss, tx: Tx, ticket: Ticket): Promise<void> {
    const { runId, n, pauseMs } = ticket;
    const due = { n, due_at: after(await database.now(tx, ""), pauseMs) };
    await tx.updateTable("runs").set({ owner: null, lease_until: null }).where("id", "=", runId).execute();
    await tx
      .insertInto("tickets")
      .values({ run_id: runId, ...due })
      .onConflict((conflict) => conflict.column("run_id").doUpdateSet(due))
      .execute();
    const within = { db: { executeSql: (text: string, values: unknown[]) => runWithin(tx, text, values) } };
    await boss.deleteJob(queue, ticketId(runId, n - 1), within);
    await boss.send(queue, ticket, {
      ...within,
      id: ticketId(runId, n),
      // Runs without a pause come first. Runs with a pause wait for an upstream (Trello or Atlassian).
      priority: pauseMs === 0 ? 1 : 0,
      ...(pauseMs > 0 && { startAfter: Math.ceil(pauseMs / 1000) }),
    });
  }

  /** Prepares this process to continue runs. Until that has succeeded, only other processes continue runs. */
  async function prepareOnce(
    boss: PgBoss,
    prepare: Parameters<Dispatcher["start"]>[1]["prepare"],
  ): Promise<void> {
    if (isPrepared || (await boss.getQueueSize(queue)) === 0) return;
    try {
      await prepare(signal);
      isPrepared = true;
    } catch (thrown) {
      await sleep(PREPARE_PAUSE_MS, undefined, { signal, ref: false }).catch(() => {});
      throw thrown;
    }
  }

  async function take(boss: PgBoss, carry: Parameters<Dispatcher["start"]>[0], free: number): Promise<void> {
    if (free <= 0 || !isPrepared) return;
    for (const job of await boss.fetch<Ticket>(queue, { batchSize: free })) {
      const work = follow(boss, job.data, carry).catch(() => {});
      carrying.add(work);
      void work.finally(() => carrying.delete(work));
    }
  }

  async function follow(
    boss: PgBoss,
    ticket: Ticket,
    carry: Parameters<Dispatcher["start"]>[0],
  ): Promise<void> {
    const carried = await carry(ticket.runId, signal).catch((): Carried => "failed");
    // A process that stops gives its runs back unchanged, so that another process can find them.
    if (signal.aborted) return;
    await database.write(async (tx) => {
      const held = await ticketed(tx).where("runs.id", "=", ticket.runId).executeTakeFirst();
      const isOurs = held?.n === ticket.n && held.owner === null && UNFINISHED.includes(held.state);
      const pauseMs = pauseAfter(carried, ticket);
      if (isOurs && pauseMs > 0) await put(boss, tx, { ...ticket, n: ticket.n + 1, pauseMs });
      else
        await boss.deleteJob(queue, ticketId(ticket.runId, ticket.n), {
          db: { executeSql: (text, values) => runWithin(tx, text, values) },
        });
    });
  }

  /**
   * Repeats a search until the process stops. If a search fails, for example because the database does not answer, the
   * error is reported and the search is repeated.
   */
  async function repeat(everyMs: number, round: () => Promise<void>, failed: (error: unknown) => void) {
    while (!signal.aborted) {
      await round().catch((thrown: unknown) => {
        if (!signal.aborted) failed(postgresFailure(thrown));
      });
      await sleep(everyMs, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  return {
    async start(carry, { slots, prepare, failed }) {
      const boss = await startQueue(pool, queue, failed);
      if (signal.aborted) return;
      loops.push(
        repeat(SWEEP_MS, () => sweep(boss), failed),
        repeat(
          FETCH_MS,
          async () => {
            await prepareOnce(boss, prepare);
            await take(boss, carry, slots - carrying.size);
          },
          failed,
        ),
      );
    },
    async stop() {
      stopping.abort();
      await Promise.all(loops);
      await Promise.all(carrying);
    },
  };
}

/** Unfinished runs that need a new ticket: their lease has expired, or their ticket was not used in time. */
async function unheld(tx: ReadTx, database: Database) {
  const now = await database.now(tx, "");
  return await ticketed(tx)
    .where("runs.state", "in", [...UNFINISHED])
    .where((is) =>
      is.or([
        is.and([is("runs.owner", "is not", null), is("runs.lease_until", "<=", now)]),
        is.and([
          is("runs.owner", "is", null),
          is.or([is("tickets.due_at", "is", null), is("tickets.due_at", "<=", after(now, -TICKET_LIFE_MS))]),
        ]),
      ]),
    )
    .orderBy("runs.started_at")
    .limit(MOST_SWEPT)
    .execute();
}

function ticketed(tx: ReadTx) {
  return tx
    .selectFrom("runs")
    .leftJoin("tickets", "tickets.run_id", "runs.id")
    .select(["runs.id", "runs.owner", "runs.state", "tickets.n"]);
}

/** 0: the ticket has no effect. */
function pauseAfter(carried: Carried, { pauseMs }: Ticket): number {
  if (carried === "ended") return 0;
  if (carried === "left") return LEFT_PAUSE_MS;
  return Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, pauseMs * 2));
}

async function runWithin(tx: Tx, text: string, values: unknown[]) {
  const { rows } = await tx.executeQuery(CompiledQuery.raw(text, values));
  return { rows: [...rows] };
}

/**
 * The id of a ticket. It is computed from the run and the number, so the same ticket is never stored twice. pg-boss
 * needs the form of a UUID.
 */
function ticketId(runId: string, n: number): string {
  const hex = createHash("sha256").update(`${runId}:${n}`).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}
