import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { AppError, toAppError } from "../../src/domain/error.ts";
import { beginWrite, createPool, type Pool, postgresFailure } from "../../src/store/postgres-connection.ts";
import { createPostgres } from "../../src/store/postgres.ts";
import { opened } from "../store/backends.ts";
import { aPlan, aRun, NOON, someEffects } from "../store/fixtures.ts";
import { bundleChild, startChild } from "../store/processes.ts";
import { newDatabase, query, databaseWith } from "./databases.ts";

let folder = "";
let program = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "postgres-child-"));
  program = await bundleChild(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function refusal(url: string): Promise<AppError> {
  try {
    await opened(url);
  } catch (thrown) {
    return toAppError(thrown);
  }
  throw new Error("the store opened");
}

describe("opening a store on PostgreSQL", () => {
  it("makes its tables once, when four processes open an empty database at the same moment", async () => {
    for (let round = 0; round < 3; round += 1) {
      const url = await newDatabase("template1");
      const children = await Promise.all([1, 2, 3, 4].map(() => startChild(program, [url, "open", "5"])));
      for (const child of children) child.go();
      const said = await Promise.all(children.map((child) => child.done()));
      expect(said.flat().sort((a, b) => Number(a) - Number(b))).toEqual(
        Array.from({ length: 20 }, (_, n) => n + 1),
      );
    }
  });

  it("leaves what others keep in the same database alone, and is not misled by it", async () => {
    const url = await newDatabase("template1");
    await query(
      url,
      "create table plans (id text); create table runs (id text); insert into plans values ('x')",
    );
    const store = await opened(url);
    const plan = aPlan();
    await store.plans.put(plan);
    expect((await store.plans.get(plan.id))?.plan).toEqual(plan);
    expect(await query(url, "select id from public.plans")).toEqual([{ id: "x" }]);
  });

  it("needs no right to make schemas where an administrator made it", async () => {
    const url = await newDatabase("template1");
    const user = `reader_${process.pid}`;
    await query(url, `create role ${user} login password 'hunter2'`);
    await query(url, `create schema identity authorization ${user}`);
    const store = await opened(url.replace("postgres:password@", `${user}:hunter2@`));
    const run = await aRun(store);
    expect((await store.runs.get(run.id))?.state).toBe("running");
    await store.close();
    await query(url, `drop owned by ${user}; drop role ${user}`);
  });

  it.each([
    [
      "a wrong password",
      (url: string) => url.replace(":password@", ":hunter2@"),
      /refused the user/,
      "never",
    ],
    ["no such database", (url: string) => url.replace(/test_\w+$/, "hunter2"), /refused the user/, "never"],
    ["nothing at the port", (url: string) => url.replace(/:\d+\//, ":1/"), /does not answer/, "later"],
    [
      "no such host",
      (url: string) => url.replace("127.0.0.1", "hunter2.invalid"),
      /does not answer/,
      "later",
    ],
  ] as const)(
    "says what is wrong with %s and repeats nothing of the URL",
    async (_what, change, said, retry) => {
      const error = await refusal(change(await newDatabase()));
      expect(error).toMatchObject({ code: "STORE_FAILED", message: expect.stringMatching(said), retry });
      expect(error.next).toContain("IDENTITY_STORE_URL");
      expect(`${error.message} ${error.next}`).not.toContain("hunter2");
    },
  );

  it("refuses a database that would not give text back as it was", async () => {
    const url = await databaseWith("encoding 'SQL_ASCII' template template0 locale_provider libc locale 'C'");
    expect((await refusal(url)).message).toContain("UTF-8");
  });

  it("refuses a store that a newer version wrote, and leaves it alone", async () => {
    const url = await newDatabase();
    await query(url, "insert into identity.schema_version values (99, '2026-03-01T12:00:00.000Z')");
    expect((await refusal(url)).message).toContain("newer version");
  });
});

describe("a store on PostgreSQL in trouble", () => {
  it("opens while another process holds the writers' lock, if the tables are the newest", async () => {
    const url = await newDatabase();
    const pool = createPool(url);
    onTestFinished(() => pool.end());
    const other = await pool.connect();
    onTestFinished(() => other.release());
    await other.query(beginWrite("identity"));
    await other.query("set local idle_in_transaction_session_timeout = 0");
    const store = await opened(url);
    expect(await store.runs.list({ limit: 1 })).toEqual([]);
    await other.query("rollback");
  });

  it("undoes the whole of a write that fails in its middle, and goes on", async () => {
    const store = await opened(await newDatabase());
    const plan = aPlan({ requires: "none" });
    await store.plans.put(plan);
    const taken = await aRun(store);
    const start = { runId: taken.id, principalId: "m9", holder: "one", at: plan.createdAt, leaseMs: 1000 };
    await expect(store.plans.startRun(plan.id, start)).rejects.toMatchObject({ code: "STORE_FAILED" });
    expect((await store.plans.get(plan.id))?.state).toBe("waiting");
    expect(await store.plans.startRun(plan.id, { ...start, runId: "run_free" })).toMatchObject({
      state: "running",
    });
  });

  it("fails as a store while its connections are ended, idle and in use, and goes on by itself", async () => {
    const url = await newDatabase();
    const store = await opened(url);
    const answers: (string | null)[] = [];
    const work = Array.from({ length: 40 }, async () => {
      const plan = aPlan();
      answers.push(
        await store.plans.put(plan).then(
          () => null,
          (thrown: unknown) => toAppError(thrown).code,
        ),
      );
    });
    await query(
      url,
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    await Promise.all(work);
    expect(new Set(answers.filter((code) => code !== null))).not.toContain("INTERNAL");
    const plan = aPlan();
    await store.plans.put(plan).catch(() => store.plans.put(plan));
    expect((await store.plans.get(plan.id))?.plan).toEqual(plan);
    expect(await store.audit.verify()).toMatchObject({ broken: null, changed: [] });
  });

  it("fails as a store also after it was closed", async () => {
    const store = await opened(await newDatabase());
    await store.close();
    await expect(store.plans.get("plan_x")).rejects.toMatchObject({ code: "STORE_FAILED" });
    await expect(store.audit.verify()).rejects.toMatchObject({ code: "STORE_FAILED" });
    await expect(store.ledger.remaining([])).rejects.toMatchObject({ code: "STORE_FAILED" });
  });

  it("gives the writers' lock back when the process that holds it is stopped within a transaction", async () => {
    const url = await newDatabase();
    const store = await opened(url);
    const run = await aRun(store, { effects: someEffects(5000) });
    const child = await startChild(program, [url, "write", run.id, "one"]);
    child.go();
    await child.saidLines(3);
    // Stopped at some moment of its work, again and again: in a transaction sooner or later.
    for (let stops = 0; stops < 3; stops += 1) {
      child.pause();
      const plan = aPlan();
      await store.plans.put(plan);
      expect(await store.plans.get(plan.id)).not.toBeNull();
      child.resume();
    }
    await child.kill();
  });

  it("waits for the writers' lock with one write at a time, and reads meanwhile", async () => {
    const url = await newDatabase();
    const store = await opened(url);
    const pool = createPool(url);
    onTestFinished(() => pool.end());
    const other = await pool.connect();
    await other.query(beginWrite("identity"));
    await other.query("set local idle_in_transaction_session_timeout = 0");
    const begun = Date.now();
    const plans = Array.from({ length: 9 }, () => aPlan());
    const puts = plans.map((plan) => store.plans.put(plan));
    const waiting = async () =>
      (
        await query<{ n: number }>(
          url,
          "select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())",
        )
      )[0]?.n;
    await vi.waitFor(async () => expect(await waiting()).toBeGreaterThan(0), { timeout: 60_000 });
    expect(await store.plans.get("plan_unknown")).toBeNull();
    // On a machine so slow that a write has no answer for four seconds, the next one goes too.
    expect(await waiting()).toBeLessThanOrEqual(1 + Math.floor((Date.now() - begun) / 4_000));
    await other.query("commit");
    other.release();
    await Promise.all(puts);
    expect(await store.plans.waiting(NOON)).toHaveLength(plans.length);
  });

  it("goes on writing if the connection of one write gives no answer", async () => {
    const url = await newDatabase();
    await opened(url);
    const pool = createPool(url);
    const connect = pool.connect.bind(pool);
    let connections = 0;
    const hanging: Pool = Object.assign<Pool, object>(pool, {
      connect: () => (connections++ === 0 ? new Promise(() => {}) : connect()),
    });
    const database = createPostgres(hanging, "identity", 50);
    onTestFinished(() => database.close());
    const fact = (key: string) =>
      database.write((tx) => tx.insertInto("facts").values({ key, value: "x", learnt_at: NOON }).execute());
    const lost = fact("lost");
    await Promise.all([fact("a"), fact("b")]);
    expect(await query(url, "select key from identity.facts order by key")).toEqual([
      { key: "a" },
      { key: "b" },
    ]);
    expect(await Promise.race([lost.then(() => "written"), Promise.resolve("no answer")])).toBe("no answer");
  });

  it("says that it is damaged if a stored plan no longer parses", async () => {
    const url = await newDatabase();
    const store = await opened(url);
    const plan = aPlan();
    await store.plans.put(plan);
    await query(url, "update identity.plans set plan = substr(plan, 1, 20)");
    await expect(store.plans.get(plan.id)).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: "The store is damaged.",
    });
  });

  it.each([
    [{ code: "57P01" }, "later"],
    [{ code: "53300" }, "later"],
    [{ code: "53100" }, "later"],
    [{ code: "40P01" }, "later"],
    [{ code: "40001" }, "later"],
    [{ code: "08006" }, "later"],
    [{ code: "ECONNRESET" }, "later"],
    [new Error("Connection terminated unexpectedly"), "later"],
    [new Error("Client has encountered a connection error and is not queryable"), "later"],
    [new Error("timeout exceeded when trying to connect"), "later"],
    [{ code: "25006" }, "never"],
    [{ code: "28P01" }, "never"],
    [{ code: "42P01" }, "never"],
    [new Error("secret row contents"), "never"],
  ] as const)(
    "tells %j with what to do, and whether the same call may succeed later (%s)",
    (cause, retry) => {
      const error = postgresFailure(cause);
      expect(error).toMatchObject({ code: "STORE_FAILED", retry, cause });
      expect(`${error.message} ${error.next}`).not.toContain("secret");
      expect(error.next).toMatch(/\w+ .+\.$/);
    },
  );

  it("leaves an AppError as it is", () => {
    const error = new AppError("CONFLICT", "Taken.", { next: "Look." });
    expect(postgresFailure(error)).toBe(error);
  });
});

describe("text on PostgreSQL", () => {
  it("sorts by its bytes, whatever the language of the database, and keeps everything that JSON can hold", async () => {
    const url = await newDatabase();
    const store = await opened(url);
    // By the rules of a language a < B < ä; by bytes B < a < ä.
    const ids = ["plan_a", "plan_B", "plan_ä", "plan_\u{1F600}", "plan_Z", "plan_-"];
    for (const id of ids)
      await store.plans.put(aPlan({ id, summary: 'NUL \u0000, "quotes", \\ and \ud83d' }));
    const waiting = await store.plans.waiting("2026-03-01T12:00:00.000Z");
    const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
    expect(waiting.map(({ plan }) => plan.id)).toEqual([...ids].sort(byBytes));
    expect(waiting[0]?.plan.summary).toBe('NUL \u0000, "quotes", \\ and \ud83d');
    const columns = await query<{ collation_name: string }>(
      url,
      "select distinct collation_name from information_schema.columns where table_schema = 'identity' and data_type = 'text'",
    );
    expect(columns).toEqual([{ collation_name: "C" }]);
  });
});
