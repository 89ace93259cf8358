import { join, parse } from "node:path";
import { AppError } from "../domain/error.ts";
import { createAuditLog } from "./audit.ts";
import { createClientSessions } from "./client-sessions.ts";
import { createFactStore } from "./facts.ts";
import { createGrants } from "./grants.ts";
import { createIdentityLinks } from "./links.ts";
import type { Counting } from "./journal.ts";
import { migrate } from "./migrate.ts";
import { createPlanStore } from "./plans.ts";
import { createSnapshotStore } from "./membership-snapshots.ts";
import { createWebhookStore } from "./webhooks.ts";
import { createPageSessions } from "./page-sessions.ts";
import { createRetention } from "./retention.ts";
import { createReviewStore } from "./reviews.ts";
import { createSignOffStore } from "./sign-offs.ts";
import { createRunStore } from "./runs.ts";
import type { Database } from "./schema.ts";
import type { Store } from "./store.ts";

export interface StoreDeps extends Counting {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds on a clock that all processes of the machine share and that never goes back (`process.hrtime`). */
  readonly monotonic: () => number;
}

/** The store that a process opens. If the service has tenants, this store contains only sign-ins and rate budgets. */
export interface ServiceStore extends Store {
  /**
   * Opens the store of a tenant: a separate file or schema beside this store. Only the rate budgets are shared, because
   * upstreams count requests by credentials. The caller must close the tenant's store before this store.
   */
  tenant(name: string): Promise<Store>;
}

/**
 * Opens the store in IDENTITY_STORE_URL and brings its tables to the newest version: `sqlite:PATH`, `sqlite::memory:`
 * (lost when the process ends), or `postgres://...`. Throws CONFIG_INVALID for another URL, and STORE_FAILED if the
 * store cannot be opened. The code for PostgreSQL is loaded only if it is needed.
 */
export async function openStore(url: string, deps: StoreDeps): Promise<ServiceStore> {
  return /^postgres(ql)?:/.test(url) ? await openOnPostgres(url, deps) : await openOnSqlite(url, deps);
}

async function openOnSqlite(url: string, deps: StoreDeps): Promise<ServiceStore> {
  const path = sqlitePath(url);
  const [{ openSqlite }, { openLedger }] = await Promise.all([import("./sqlite.ts"), import("./ledger.ts")]);
  const openTables = async (file: string) => {
    const database = await openSqlite(file);
    try {
      await migrate(database, deps.now);
      return database;
    } catch (thrown) {
      await database.close();
      throw thrown;
    }
  };
  const database = await openTables(path);
  try {
    const ledger = await openLedger(path === ":memory:" ? path : `${path}-budget`, deps.monotonic);
    const storeIn = (tables: Database): Omit<Store, "close"> => ({
      ...storeOn(tables, deps),
      ledger,
      leaseMs: 15_000,
      dispatcher: null,
    });
    return {
      ...storeIn(database),
      async tenant(name) {
        const tables = await openTables(tenantPath(path, name));
        return { ...storeIn(tables), close: () => tables.close() };
      },
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

/** The path of a tenant's store: for the tenant `acme`, `identity.acme.db` beside `identity.db`. */
function tenantPath(path: string, tenant: string): string {
  if (path === ":memory:") return path;
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}.${tenant}${ext}`);
}

async function openOnPostgres(url: string, deps: StoreDeps): Promise<ServiceStore> {
  const { openPostgres } = await import("./postgres-open.ts");
  const { tenant, ledger, ...own } = await openPostgres(url, deps.now);
  const storeIn = ({ database, dispatcher }: typeof own): Store => ({
    ...storeOn(database, deps),
    ledger,
    // The lease with which a process holds a run is short, because another machine can continue the run only after the
    // lease has expired.
    leaseMs: 9_000,
    dispatcher,
    async close() {
      await dispatcher.stop();
      await database.close();
    },
  });
  return { ...storeIn(own), tenant: async (name) => storeIn(await tenant(name)) };
}

function storeOn(
  database: Database,
  deps: StoreDeps,
): Omit<Store, "ledger" | "leaseMs" | "dispatcher" | "close"> {
  return {
    plans: createPlanStore(database, deps),
    runs: createRunStore(database),
    audit: createAuditLog(database),
    links: createIdentityLinks(database),
    facts: createFactStore(database, deps.now),
    reviews: createReviewStore(database),
    signOffs: createSignOffStore(database),
    snapshots: createSnapshotStore(database),
    webhooks: createWebhookStore(database),
    retention: createRetention(database),
    pageSessions: createPageSessions(database),
    clientSessions: createClientSessions(database),
    grants: (client, key) => createGrants(database, client, key),
  };
}

// No message contains the URL, because the URL may contain a password.
function sqlitePath(url: string): string {
  const path = /^sqlite:(.+)$/.exec(url)?.[1];
  if (path === undefined) {
    throw new AppError("CONFIG_INVALID", "IDENTITY_STORE_URL is not the address of a store.", {
      next: "Set IDENTITY_STORE_URL to sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE, or leave it out.",
    });
  }
  return path;
}
