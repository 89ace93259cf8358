import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openStore, type StoreDeps } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { MEMORY } from "../support/memory.ts";

/** A store that keeps the contract of store.ts. `newUrl` names an empty one, removed when the test ends. */
export interface Backend {
  readonly name: string;
  newUrl(): Promise<string>;
}

export const SQLITE: Backend = {
  name: "SQLite file",
  newUrl: async () => `sqlite:${join(await newFolder(), "store.db")}`,
};

export const BACKENDS: readonly Backend[] = [SQLITE];

/** Milliseconds on the clock that processes of one machine share. */
function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Opens a store and closes it when the test ends. */
export async function opened(url: string, over: Partial<StoreDeps> = {}): Promise<Store> {
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
