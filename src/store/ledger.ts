import { type Budget, type Ledger, LONGEST_PAUSE_MS } from "../domain/budget.ts";
import { joined, MARGIN_MS } from "./charges.ts";
import { connect, type Connection, storeFailure, whenFree } from "./sqlite-connection.ts";

/** Requests that are older than a day are deleted from the ledger. Every rate window is shorter than a day. */
const ABANDONED_MS = 86_400_000;

const TABLES = `
  CREATE TABLE IF NOT EXISTS starts (budget TEXT NOT NULL, at REAL NOT NULL, cost INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS starts_budget ON starts (budget, at, cost);
  CREATE TABLE IF NOT EXISTS pauses (budget TEXT PRIMARY KEY NOT NULL, at REAL NOT NULL, until REAL NOT NULL);
`;

/**
 * A rate ledger: it knows how many requests were sent, and when. It is in a file that all processes of this machine
 * share, or in memory.
 */
export interface OpenLedger extends Ledger {
  close(): void;
}

/**
 * Opens the rate ledger at a path, or in memory for `:memory:`.
 * The ledger stores the time of each request, so that no period as long as the rate window has more requests than the
 * limit.
 * Times come from `monotonic` (milliseconds): all processes of the machine share this clock, and it never goes back
 * (`process.hrtime`). The clock is read while the lock is held, so the times are in order. The clock begins again when
 * the machine starts, so a time in the future is from before that start and does not count.
 */
export async function openLedger(path: string, monotonic: () => number): Promise<OpenLedger> {
  try {
    const connection = await connect(path, "normal");
    await whenFree(connection, () => connection.exec(`BEGIN IMMEDIATE; ${TABLES} COMMIT`));
    const now = monotonic();
    await whenFree(connection, () =>
      connection.prepare("DELETE FROM starts WHERE at > ? OR at < ?").run([now, now - ABANDONED_MS]),
    );
    return ledgerOn(connection, monotonic);
  } catch (thrown) {
    throw storeFailure(thrown);
  }
}

function ledgerOn(connection: Connection, monotonic: () => number): OpenLedger {
  const log = statements(connection);
  const locked = async <T>(work: (now: number) => T): Promise<T> => {
    // Refuses a request to a closed ledger. Without this check the request would work, because prepared statements stay
    // usable after the connection is closed.
    if (!connection.open) throw storeFailure(new Error("the store is closed"));
    try {
      return await whenFree(connection, () => {
        log.begin.run();
        const answer = work(monotonic());
        log.commit.run();
        return answer;
      });
    } catch (thrown) {
      if (connection.open && connection.inTransaction) connection.exec("ROLLBACK");
      throw storeFailure(thrown);
    }
  };

  const pausedFor = (id: string, now: number): number => {
    const [pause] = log.pause.all(id, now);
    // A pause counts for at most LONGEST_PAUSE_MS, because an earlier version of this program may have stored a longer
    // pause.
    return pause ? Math.max(0, Math.min(pause.until, pause.at + LONGEST_PAUSE_MS) - now) : 0;
  };
  const used = (budget: Budget, now: number): number =>
    log.used.all(budget.id, now - budget.windowMs - MARGIN_MS, now)[0]?.used ?? 0;

  const waitFor = (budget: Budget, cost: number, now: number): number => {
    log.forget.run(budget.id, now - budget.windowMs - MARGIN_MS, now);
    let over = used(budget, now) + cost - budget.limit;
    if (over > 0) {
      for (const start of log.oldest.all(budget.id)) {
        over -= start.cost;
        if (over <= 0)
          return Math.max(start.at + budget.windowMs + MARGIN_MS - now, pausedFor(budget.id, now));
      }
    }
    return pausedFor(budget.id, now);
  };

  return {
    async take(budgets) {
      const wanted = joined(budgets);
      return await locked((now) => {
        const wait = Math.max(0, ...wanted.map(({ budget, cost }) => waitFor(budget, cost, now)));
        if (wait > 0) return Math.ceil(wait);
        for (const { budget, cost } of wanted) log.add.run(budget.id, now, cost);
        return 0;
      });
    },
    async answered(budgets, takenAt) {
      const wanted = joined(budgets);
      await locked((now) => {
        for (const { budget, cost } of wanted)
          log.move.run(now, budget.id, cost, now - budget.windowMs - MARGIN_MS, takenAt);
      });
    },
    async pause(id, ms) {
      await locked((now) => {
        const until = now + Math.max(Math.min(ms, LONGEST_PAUSE_MS), pausedFor(id, now));
        log.setPause.run(id, now, until);
      });
    },
    remaining(budgets) {
      return locked((now) =>
        budgets.map((budget) =>
          pausedFor(budget.id, now) > 0 ? 0 : Math.max(0, budget.limit - used(budget, now)),
        ),
      );
    },
    close() {
      connection.close();
    },
  };
}

function statements(connection: Connection) {
  const write = (sql: string) => {
    const statement = connection.prepare(sql);
    return { run: (...values: readonly (string | number)[]): unknown => statement.run([...values]) };
  };
  // Every query is read with `all` and never with `get`, because libsql keeps a statement open until all its rows are
  // read.
  const read = <Row>(sql: string) => {
    const statement = connection.prepare(sql);
    return { all: (...values: readonly (string | number)[]) => statement.all([...values]) as Row[] };
  };
  return {
    begin: write("BEGIN IMMEDIATE"),
    commit: write("COMMIT"),
    forget: write("DELETE FROM starts WHERE budget = ? AND (at <= ? OR at > ?)"),
    add: write("INSERT INTO starts (budget, at, cost) VALUES (?, ?, ?)"),
    move: write(
      "UPDATE starts SET at = ? WHERE rowid = (SELECT rowid FROM starts WHERE budget = ? AND cost = ? AND at > ? AND at <= ? ORDER BY at DESC LIMIT 1)",
    ),
    used: read<{ used: number }>(
      "SELECT total(cost) AS used FROM starts WHERE budget = ? AND at > ? AND at <= ?",
    ),
    oldest: read<{ at: number; cost: number }>("SELECT at, cost FROM starts WHERE budget = ? ORDER BY at"),
    pause: read<{ at: number; until: number }>("SELECT at, until FROM pauses WHERE budget = ? AND at <= ?"),
    setPause: write("INSERT OR REPLACE INTO pauses (budget, at, until) VALUES (?, ?, ?)"),
  };
}
