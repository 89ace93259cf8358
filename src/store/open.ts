import { AppError } from "../domain/error.ts";
import { createAuditLog } from "./audit.ts";
import { createFactStore } from "./facts.ts";
import { createIdentityLinks } from "./links.ts";
import type { Counting } from "./journal.ts";
import { migrate } from "./migrate.ts";
import { createPlanStore } from "./plans.ts";
import { createReviewStore } from "./reviews.ts";
import { createRunStore } from "./runs.ts";
import type { Store } from "./store.ts";

export interface StoreDeps extends Counting {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds on a clock that runs only forward and that all processes of the machine share (`process.hrtime`). */
  readonly monotonic: () => number;
}

/**
 * Opens the store that IDENTITY_STORE_URL names and brings its tables up to date: `sqlite:PATH`, or `sqlite::memory:`
 * for one that ends with the process. CONFIG_INVALID for any other URL, STORE_FAILED if it cannot be opened.
 */
export async function openStore(url: string, deps: StoreDeps): Promise<Store> {
  const path = sqlitePath(url);
  // Loaded here so that a command without a store does not pay for it at its start.
  const { openSqlite } = await import("./sqlite.ts");
  const { openLedger } = await import("./ledger.ts");
  const database = await openSqlite(path);
  try {
    await migrate(database, deps.now);
    const ledger = await openLedger(path === ":memory:" ? path : `${path}-budget`, deps.monotonic);
    return {
      plans: createPlanStore(database, deps),
      runs: createRunStore(database),
      audit: createAuditLog(database),
      links: createIdentityLinks(database),
      facts: createFactStore(database, deps.now),
      reviews: createReviewStore(database),
      ledger,
      async close() {
        ledger.close();
        await database.close();
      },
    };
  } catch (thrown) {
    await database.close();
    throw thrown;
  }
}

// The URL may hold a password, so no message repeats it.
function sqlitePath(url: string): string {
  if (/^postgres(ql)?:/.test(url)) {
    throw new AppError("CONFIG_INVALID", "PostgreSQL is not supported yet.", {
      next: "Set IDENTITY_STORE_URL to sqlite:PATH, or leave it out.",
    });
  }
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  if (path === undefined) {
    throw new AppError("CONFIG_INVALID", "IDENTITY_STORE_URL names no store.", {
      next: "Set IDENTITY_STORE_URL to sqlite:PATH, or leave it out.",
    });
  }
  return path;
}
