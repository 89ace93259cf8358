import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Libsql from "libsql";
import { describe, expect, it, onTestFinished } from "vitest";
import { AppError } from "../../src/domain/error.ts";
import { connect, storeFailure, whenFree } from "../../src/store/sqlite-connection.ts";
import { lockHolders } from "../../src/store/sqlite-file.ts";
import { newFolder, opened } from "./backends.ts";
import { aPlan, aRun, NOON } from "./fixtures.ts";

/** What libsql really throws when `work` meets the trouble. */
function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (thrown) {
    return thrown;
  }
  throw new Error("nothing was thrown");
}

async function aTable(): Promise<{ path: string; table: Libsql.Database }> {
  const path = join(await newFolder(), "t.db");
  const table = new Libsql(path);
  table.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT)");
  return { path, table };
}

describe("a failure of SQLite", () => {
  it("is told as a full disk", async () => {
    const { table } = await aTable();
    table.exec("PRAGMA max_page_count = 3");
    const fill = () => table.prepare("INSERT INTO t (x) VALUES (?)").run(["x".repeat(100_000)]);
    expect(storeFailure(thrownBy(fill))).toMatchObject({
      code: "STORE_FAILED",
      message: "The disk of the store is full.",
      retry: "later",
    });
  });

  it("is told as a file that may not be written", async () => {
    const { table } = await aTable();
    table.exec("PRAGMA query_only = ON");
    expect(storeFailure(thrownBy(() => table.exec("DELETE FROM t")))).toMatchObject({
      code: "STORE_FAILED",
      message: "This user is not allowed to write the store.",
      retry: "never",
    });
  });

  it("is told as a lock that another process holds", async () => {
    const { path, table } = await aTable();
    const other = new Libsql(path);
    other.exec("BEGIN IMMEDIATE");
    expect(storeFailure(thrownBy(() => table.exec("BEGIN IMMEDIATE")))).toMatchObject({
      code: "STORE_FAILED",
      message: "The store is locked by another process.",
      retry: "later",
    });
    other.exec("ROLLBACK");
  });

  it("always says what to do next, keeps the cause for the log and shows nothing of it", () => {
    const cause = new Error("secret row contents");
    const error = storeFailure(cause);
    expect(error).toMatchObject({ code: "STORE_FAILED", cause });
    expect(`${error.message} ${error.next}`).not.toContain("secret");
    expect(error.next).toMatch(/\w+ .+\.$/);
  });

  it("leaves an AppError as it is", () => {
    const error = new AppError("CONFLICT", "Taken.", { next: "Look." });
    expect(storeFailure(error)).toBe(error);
  });
});

describe("a lock that is not given back", () => {
  const holding = async (path: string) => {
    const script = `import D from ${JSON.stringify(import.meta.resolve("libsql"))}; const d = new D(${JSON.stringify(path)});
      d.exec("BEGIN IMMEDIATE"); console.log("locked"); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script]);
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    return child;
  };

  it.runIf(process.platform === "linux")(
    "is told with the process that holds it, even a stopped one",
    async () => {
      const path = join(await newFolder(), "store.db");
      const connection = await connect(path, "normal");
      onTestFinished(() => void connection.close());
      const child = await holding(path);
      child.kill("SIGSTOP");
      const error = storeFailure(
        await whenFree(connection, () => connection.exec("BEGIN IMMEDIATE"), 1).catch(
          (thrown: unknown) => thrown,
        ),
      );
      expect(error).toMatchObject({
        code: "STORE_FAILED",
        retry: "later",
        message: `The store is locked by another process: ${child.pid}.`,
        next: expect.stringContaining(`\`kill -9 ${child.pid}\``),
        details: { holders: [child.pid] },
      });
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      await whenFree(connection, () => connection.exec("BEGIN IMMEDIATE"));
      connection.exec("ROLLBACK");
      expect(await lockHolders(path)).toEqual([]);
    },
  );

  it("is told without a process if none can be seen", async () => {
    expect(await lockHolders(join(await newFolder(), "nothing.db"))).toEqual([]);
  });
});

describe("a store in trouble", () => {
  it("waits for a lock without stopping the process, then goes on", async () => {
    const path = join(await newFolder(), "store.db");
    const store = await opened(`sqlite:${path}`);
    const other = new Libsql(path);
    other.exec("BEGIN IMMEDIATE");
    const plan = aPlan();
    const put = store.plans.put(plan);
    // Longer than SQLite itself waits. Were the process blocked meanwhile, the lock would never be given back.
    await sleep(700);
    other.exec("ROLLBACK");
    await put;
    expect((await store.plans.get(plan.id))?.state).toBe("waiting");
    other.close();
  });

  it("undoes the whole of a write that fails in its middle, and goes on", async () => {
    const store = await opened("sqlite::memory:");
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

  it("says that it is damaged where a stored plan no longer parses", async () => {
    const path = join(await newFolder(), "store.db");
    const store = await opened(`sqlite:${path}`);
    const plan = aPlan();
    await store.plans.put(plan);
    const file = new Libsql(path);
    file.exec("UPDATE plans SET plan = substr(plan, 1, 20)");
    file.close();
    await expect(store.plans.get(plan.id)).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: "The store is damaged or is not a database.",
    });
  });

  it("fails as a store also after it was closed", async () => {
    const store = await opened(`sqlite:${join(await newFolder(), "store.db")}`);
    await store.close();
    await expect(store.plans.get("plan_x")).rejects.toMatchObject({ code: "STORE_FAILED" });
    await expect(store.audit.verify()).rejects.toMatchObject({ code: "STORE_FAILED" });
    await expect(async () => store.ledger.remaining([])).rejects.toMatchObject({ code: "STORE_FAILED" });
  });

  it("closed in the middle of writes, answers each of them: written, or failed as a store", async () => {
    const path = join(await newFolder(), "store.db");
    const store = await opened(`sqlite:${path}`);
    const plans = Array.from({ length: 12 }, (_, index) => aPlan({ id: `plan_${index}` }));
    for (const plan of plans) await store.plans.put(plan);
    // Without a decision each is refused within its transaction, which is then to be rolled back.
    const refused = plans.map((plan) =>
      store.plans
        .startRun(plan.id, {
          runId: `run_${plan.id}`,
          principalId: "m9",
          holder: "one",
          at: NOON,
          leaseMs: 1_000,
        })
        .catch((error: unknown) => (error instanceof AppError ? error.code : error)),
    );
    await Promise.race(refused);
    await store.close();
    for (const answer of await Promise.all(refused))
      expect(["CONFIRMATION_PENDING", "STORE_FAILED"]).toContain(answer);
  });
});
