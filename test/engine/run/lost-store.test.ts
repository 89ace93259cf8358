import { existsSync } from "node:fs";
import { open, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createEngine } from "../../../src/engine/engine.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { newFolder } from "../../store/backends.ts";
import { failure } from "../../support/failure.ts";
import { confirm, type Stack, startStack, writesIn } from "../../support/stack.ts";
import { openStoreAt } from "../../support/wiring.ts";

const REMOVE = { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id };

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ sandbox: { rateLimits: false } });
});
afterEach(() => stack.close());

const overwrite = async (path: string, from: number, to?: number) => {
  const { size } = await stat(path);
  const file = await open(path, "r+");
  const bytes = Math.max(0, (to ?? size) - from);
  await file.write(Buffer.alloc(bytes, 0xa5), 0, bytes, from);
  await file.close();
};

/** What can happen to the files of a store while a server works on it. */
const DAMAGE: Readonly<Record<string, (path: string) => Promise<void>>> = {
  "all of it deleted": async (path) => {
    for (const end of ["", "-wal", "-shm"]) await rm(`${path}${end}`, { force: true });
  },
  "the database deleted": (path) => rm(path),
  "its folder moved away": (path) => rename(dirname(path), `${dirname(path)}-moved`),
  "replaced by an empty file": async (path) => {
    await rm(path);
    await writeFile(path, "");
  },
  "replaced by its own copy": async (path) => {
    const copy = await readFile(path);
    await rm(path);
    await writeFile(path, copy);
  },
  "the database and its log cut to nothing": async (path) => {
    await truncate(path, 0);
    await truncate(`${path}-wal`, 0).catch(() => {});
  },
  "the log overwritten": (path) => overwrite(`${path}-wal`, 0),
  "the log overwritten behind its first page": (path) => overwrite(`${path}-wal`, 4096),
};

test.each(Object.keys(DAMAGE))("%s: nothing more is sent, and the run does not pass", async (what) => {
  const folder = join(await newFolder(), "store");
  const path = join(folder, "identity.db");
  const store = await openStoreAt(path);
  const engine = createEngine({ ...stack.deps, store });
  const plan = await confirm({ engine, caller: stack.caller }, "remove_from_workspace", REMOVE);
  let sent = 0;
  let damaged: Promise<void> | undefined;
  const damage = async () => {
    await DAMAGE[what]?.(path);
    sent = writesIn(stack.sandbox).length;
  };
  const caller = {
    ...stack.caller,
    onProgress: ({ done }: { readonly done: number }) => {
      if (done !== 6) return;
      damaged = damage();
    },
  };
  try {
    const error = await failure(engine.apply(plan.id, caller));
    await damaged;
    expect(error).toMatchObject({ code: "STORE_FAILED", applied: "yes" });
    // Those whose intent was kept before the damage were on their way.
    expect(writesIn(stack.sandbox).length).toBeLessThanOrEqual(sent + 6);
    expect(writesIn(stack.sandbox).length).toBeLessThan(plan.effects.length);
  } finally {
    await store.close().catch(() => {});
    if (existsSync(`${folder}-moved`)) await rm(`${folder}-moved`, { recursive: true });
  }
});
