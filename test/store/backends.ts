import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openStore, type ServiceStore, type StoreDeps } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { newDatabase, query, SERVER_VARIABLE, STILL_TEMPLATE } from "../postgres/databases.ts";
import { MEMORY } from "../support/memory.ts";

/** A store that keeps the contract of store.ts. */
export interface Backend {
  readonly name: string;
  /**
   * Names an empty store, removed when the test ends. Its own clock, if it has one, stands at noon of the fixtures
   * unless it is to be `ticking`.
   */
  newUrl(clock?: "ticking"): Promise<string>;
  /** Moves the clock of every store of the test, for those that do not go by the times that their callers tell. */
  timeIs(time: string | number): Promise<void>;
}

export const SQLITE: Backend = {
  name: "SQLite file",
  newUrl: async () => `sqlite:${join(await newFolder(), "store.db")}`,
  timeIs: async () => {},
};

const databases = new Set<string>();

const POSTGRES: Backend = {
  name: "PostgreSQL",
  async newUrl(clock) {
    if (clock === "ticking") return await newDatabase();
    const url = await newDatabase(STILL_TEMPLATE);
    databases.add(url);
    onTestFinished(() => void databases.delete(url));
    return url;
  },
  async timeIs(time) {
    const seconds = (typeof time === "number" ? time : Date.parse(time)) / 1000;
    for (const url of databases)
      await query(url, "update identity.still_clock set at = to_timestamp($1)", [seconds]);
  },
};

/** SQLite, or PostgreSQL for `npm run test:postgres`. */
export const BACKENDS: readonly Backend[] =
  process.env[SERVER_VARIABLE] === undefined ? [SQLITE] : [POSTGRES];

/** Milliseconds on the clock that processes of one machine share. */
function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Opens a store and closes it when the test ends. */
export async function opened(url: string, over: Partial<StoreDeps> = {}): Promise<Store> {
  return await openedService(url, over);
}

/** The same, as a service for several tenants opens it. */
export async function openedService(url: string, over: Partial<StoreDeps> = {}): Promise<ServiceStore> {
  const store = await openStore(url, {
    now: Date.now,
    monotonic: machineMs,
    isDestructive: ({ op }) => op.startsWith("remove_"),
    losersOf: ({ effects }) =>
      effects.map(({ op, target }) => (op.startsWith("remove_") ? [target["idMember"] ?? ""] : [])),
    ...over,
  });
  onTestFinished(() => store.close());
  return store;
}

export async function newStore(backend: Backend, over: Partial<StoreDeps> = {}): Promise<Store> {
  return await opened(await backend.newUrl(), over);
}

/** A folder of its own, removed when the test ends. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(MEMORY, "store-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
