import { join } from "node:path";
import Libsql from "libsql";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createEngine, type Engine } from "../../src/engine/engine.ts";
import { SEED } from "../../src/sandbox/index.ts";
import type { Store } from "../../src/store/store.ts";
import { newFolder } from "../store/backends.ts";
import { failure } from "../support/failure.ts";
import { confirm, type Stack, startStack, writesIn } from "../support/stack.ts";
import { openStoreAt } from "../support/wiring.ts";

const REMOVE = { workspace: SEED.workspaces.standard.id, member: SEED.leaver.id };
/** A tool that asks nobody: the plan, its record and the run are stored in one call. */
const DEMOTE = { workspace: SEED.workspaces.standard.id, member: SEED.successor.id, role: "normal" };

let stack: Stack;
let store: Store;
let engine: Engine;
let path: string;
/** The connections that the product opened, to give SQLite itself the trouble. */
let connections: readonly Libsql.Database[];
beforeEach(async () => {
  const exec = vi.spyOn(Libsql.prototype, "exec");
  stack = await startStack({ sandbox: { rateLimits: false } });
  path = join(await newFolder(), "identity.db");
  exec.mockClear();
  store = await openStoreAt(path);
  connections = [...new Set(exec.mock.contexts as Libsql.Database[])].filter(
    // The budgets have a file of their own.
    (each) => each.prepare("SELECT 1 FROM sqlite_master WHERE name = 'audit'").all([]).length > 0,
  );
  engine = createEngine({ ...stack.deps, store });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await store.close();
  await stack.close();
});

/** In the store's own connections. */
const pragma = (text: string) => {
  for (const connection of connections) connection.exec(`PRAGMA ${text}`);
};
/** From outside, as another program would. */
const outside = (sql: string) => {
  const other = new Libsql(path);
  other.exec(`PRAGMA foreign_keys = OFF; ${sql}`);
  other.close();
};
const refuse = (table: string) =>
  `CREATE TRIGGER no_${table} BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END`;

/** No page can be added, and those that are there have no room for a text. */
const fill = () => {
  for (const connection of connections) {
    connection.exec("PRAGMA max_page_count = 1");
    const insert = connection.prepare("INSERT OR IGNORE INTO facts VALUES (?, 'x', 'x')");
    for (const bytes of [8000, 2000, 500, 100]) {
      try {
        for (let row = 0; ; row += 1) insert.run([`${row}`.padEnd(bytes, "x")]);
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: "SQLITE_FULL" });
      }
    }
  }
};

/** Why nothing can be recorded. */
const TROUBLE: Readonly<Record<string, () => void>> = {
  "the disk is full": fill,
  "the store is read-only": () => pragma("query_only = ON"),
  "the table of records is gone": () => outside("DROP TABLE audit"),
  "the end of the chain is gone": () => outside("DELETE FROM audit_head"),
  "the newest record was cut": () => outside("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)"),
  "no record can be added": () => outside(refuse("audit")),
  "no journal record can be added": () => outside(refuse("journal")),
  "the journal is gone": () => outside("DROP TABLE journal"),
};

/** Each request of these has its journal record; only the end of the run cannot be recorded, so the run does not end. */
const JOURNAL_GOES_ON = new Set(["no record can be added", "the disk is full"]);

function intents(): number {
  const other = new Libsql(path);
  const [row] = other.prepare("SELECT count(*) AS n FROM journal WHERE state = 'sent'").all([]) as {
    n: number;
  }[];
  other.close();
  return row?.n ?? 0;
}

describe.each(Object.entries(TROUBLE))("%s", (what, trouble) => {
  test("after the yes: nothing is sent", async () => {
    const plan = await confirm({ engine, caller: stack.caller }, "remove_from_workspace", REMOVE);
    trouble();
    expect(await failure(engine.apply(plan.id, stack.caller))).toMatchObject({ code: "STORE_FAILED" });
    expect(writesIn(stack.sandbox)).toEqual([]);
  });

  test("in the middle of a run: nothing more is sent, and every request was recorded before", async () => {
    const plan = await confirm({ engine, caller: stack.caller }, "remove_from_workspace", REMOVE);
    let sent = 0;
    const caller = {
      ...stack.caller,
      onProgress: ({ done }: { readonly done: number }) => {
        if (done !== 6) return;
        trouble();
        sent = writesIn(stack.sandbox).length;
      },
    };
    expect(await failure(engine.apply(plan.id, caller))).toMatchObject({ code: "STORE_FAILED" });
    expect(sent).toBeGreaterThan(0);
    const requests = writesIn(stack.sandbox).length;
    if (JOURNAL_GOES_ON.has(what)) return expect(requests).toBeLessThanOrEqual(intents());
    // What was recorded before was on its way.
    expect(requests).toBeLessThanOrEqual(sent + 6);
    expect(requests).toBeLessThan(plan.effects.length);
  });
});

test.each(["the store is read-only", "the table of records is gone", "no record can be added"])(
  "%s: a change that asks nobody is not made",
  async (what) => {
    const plan = await engine.propose("set_workspace_role", DEMOTE, stack.caller);
    TROUBLE[what]?.();
    expect(await failure(engine.storePlan(plan))).toMatchObject({ code: "STORE_FAILED" });
    expect(await failure(engine.apply(plan.id, stack.caller))).toMatchObject({ code: expect.any(String) });
    expect(writesIn(stack.sandbox)).toEqual([]);
  },
);
